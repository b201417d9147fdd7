"""`dli tui` as it is started: in a real pseudo-terminal, without one, and with nonsense."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.screens.conftest import BEST, RECORDED
from tests.tui.screens.real_terminal import RealTerminal

ENTER_SCREEN, LEAVE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


def test_it_starts_goes_to_a_run_and_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    terminal = RealTerminal(["-m", "tui", "tui", "--runs-dir", str(RECORDED)], tmp_path)
    terminal.wait_for("7 Replay")
    terminal.wait_for("digits")
    terminal.forget()
    terminal.press("3")
    terminal.wait_for("Confusion")
    terminal.press("q")

    assert terminal.end() == 0
    assert LEAVE_SCREEN in terminal.written


def test_it_begins_with_a_run_that_is_named(tmp_path: Path) -> None:
    words = ["-m", "tui", "tui", BEST, "--runs-dir", str(RECORDED), "--ascii"]
    terminal = RealTerminal(words, tmp_path, (80, 24))
    terminal.wait_for("Confusion")
    assert ENTER_SCREEN in terminal.written
    assert not [letter for letter in terminal.text() if "\u2800" <= letter <= "\u28ff"]
    terminal.press("\x03")
    terminal.wait_for("Press ^C again")
    terminal.press("\x03")

    assert terminal.end() == 0


def test_it_ends_when_its_terminal_is_gone_without_a_signal(tmp_path: Path) -> None:
    terminal = RealTerminal(["-m", "tui", "tui", "--runs-dir", str(RECORDED)], tmp_path)
    terminal.wait_for("7 Replay")
    terminal.hang_up()

    assert terminal.process.wait(10) == 128 + signal.SIGHUP


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 9, "needs a terminal"),
        (["--keys", "--theme"], 2, "requires an argument"),
    ],
)
def test_without_a_terminal_it_says_what_to_use(
    words: list[str], code: int, sentence: str, tmp_path: Path
) -> None:
    child = subprocess.run(
        [sys.executable, "-P", "-m", "tui", "tui", *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert child.returncode == code
    assert sentence in child.stderr
    assert "Traceback" not in child.stderr


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["no-such-run"], 5, "unknown run 'no-such-run'"),
        (["--theme", "dli-drak"], 2, "Did you mean 'dli-dark'?"),
    ],
)
def test_nonsense_gets_one_sentence_and_no_screen(
    words: list[str], code: int, sentence: str, tmp_path: Path
) -> None:
    command = ["-m", "tui", "tui", *words, "--runs-dir", str(RECORDED)]
    terminal = RealTerminal(command, tmp_path)

    assert terminal.end() == code
    assert sentence in terminal.text().replace("\r\n", " ")
    assert ENTER_SCREEN not in terminal.written
