"""Commands that do not compute start fast: they never import torch."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from engine.runs import RunFolder

_RUN_DLI = """
import sys
from tui.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
assert "torch" not in sys.modules, "this command imports torch"
"""


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "train --help",
        "runs",
        "runs --json",
        "show last",
        "show last --json",
        "watch --once",
        "tui --keys",
        "data",
        "models",
    ],
)
def test_a_command_that_does_not_compute_does_not_import_torch(
    command: str, record_run: Callable[[], RunFolder]
) -> None:
    record_run()  # in DLI_RUNS, so that there is something to list and to show

    child = subprocess.run(
        [sys.executable, "-P", "-c", _RUN_DLI, *command.split()],
        capture_output=True,
        text=True,
        check=False,
    )

    assert child.returncode == 0, child.stderr
    assert child.stdout
