"""`dli doctor`: what it finds, and what it says of what is broken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import MachineError

Dli = Callable[..., Any]
_VERSIONS = {"python": "3.13.0", "torch": "2.13.0", "rich": "missing"}


@pytest.fixture
def broken_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.vision.is_broken_pair", lambda: True)


@pytest.fixture(autouse=True)
def _fitting_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.vision.is_broken_pair", lambda: False)


def test_versions_choices_and_folders_are_told(dli: Dli, tmp_path: Path) -> None:
    shown = dli("doctor")

    assert shown.code == 0
    for word in (
        "torch ",
        "textual ",
        "DLI_DATA",
        "DLI_CACHE",
        "device ",
        "precision ",
        "threads ",
    ):
        assert word in shown.out
    assert str(tmp_path / "runs") in shown.out
    assert "Everything that dli needs is here." in shown.out


def test_json_tells_the_same(dli: Dli) -> None:
    found = json.loads(dli("doctor", "--json").out)

    assert found["problems"] == []
    assert found["environment"]["versions"]["torch"].startswith("2.")
    assert len(found["environment"]["reasons"]) == 3
    assert [folder["name"] for folder in found["folders"]] == ["DLI_DATA", "DLI_CACHE", "DLI_RUNS"]
    assert all(folder["free_bytes"] > 0 for folder in found["folders"])


def test_a_broken_pair_is_a_warning_with_its_remedy(dli: Dli, broken_pair: None) -> None:
    shown = dli("doctor")

    assert shown.code == 0
    assert "torchvision's compiled operators do not fit this torch" in shown.err
    assert "pip install" in shown.err


def test_a_missing_package_is_a_problem_with_its_own_exit_code(
    dli: Dli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.environment.versions", lambda: _VERSIONS)

    shown = dli("doctor")

    assert shown.code == MachineError.exit_code
    assert "problem: not installed: rich;" in shown.err
    assert "Everything" not in shown.out


def test_a_folder_that_cannot_be_written_to_is_a_problem(
    dli: Dli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DLI_RUNS", str(tmp_path / "file" / "runs"))

    shown = dli("doctor")

    assert shown.code == MachineError.exit_code
    assert f"{tmp_path / 'file' / 'runs'} cannot be written to; set DLI_RUNS" in shown.err
