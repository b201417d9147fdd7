"""Running `dli` in this process, as its console script does."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tui.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command left behind: its exit code, its data and its talk."""

    code: int
    out: str
    err: str


@pytest.fixture
def dli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    def run(*words: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["dli", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        code = leaving.value.code or 0
        assert isinstance(code, int), "an exit code, not a text that Python prints"
        return Outcome(code, *capsys.readouterr())

    return run
