"""The whole way of one person through the lab, with real trainings; see `journey`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.slow
def test_a_person_makes_steers_forks_compares_stops_resumes_and_replays_runs(
    tmp_path: Path,
) -> None:
    child = subprocess.run(
        [sys.executable, "-m", "tests.tui.screens.journey", str(tmp_path / "runs")],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=110,
    )  # fmt: skip

    assert child.returncode == 0, child.stderr[-6000:]
