import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from bench.study import Study
from bench.tuning_events import TuningEvent
from engine.errors import RunError
from tests.tui.terminal import ENTER_SCREEN, LEAVE_SCREEN, Terminal
from tests.tui.tuning.made_up import confirmed, ended, incidents, opened, record, searched
from tui.console import Mode, Output
from tui.tuning import watch

Events = Generator[TuningEvent, None, None]

_WATCH = """
import sys
from pathlib import Path
from tests.tui.tuning.made_up import ended, make_study, searched
from tui.tuning import watch
events = (event for event in [*searched(), ended()])
watch(events, "lines", Path("nowhere"), make_study())
heavy = {"torch", "optuna", "textual"} & set(sys.modules)
sys.exit(f"imports {heavy}" if heavy else 0)
"""


def stream() -> Events:
    yield from [*searched(), *incidents(), *confirmed(), ended()]


def failing() -> Events:
    yield from searched(4)
    raise RunError("every trial fails.")


@pytest.mark.parametrize("mode", ["lines", "json", "live"])
def test_watching_returns_how_the_search_ended(
    study: Study, mode: Mode, terminal: Terminal, tmp_path: Path
) -> None:
    terminal.use()

    assert watch(stream(), mode, tmp_path, study) == ended()
    assert watch((event for event in [opened()]), mode, tmp_path, study) is None


def test_a_pipe_gets_lines_without_control_codes(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watch(stream(), "lines", tmp_path, study)

    out = capsys.readouterr().out
    assert out == Path(__file__).with_name("lines.txt").read_text(encoding="utf-8")
    assert out.replace("\n", "").isprintable()


def test_json_is_a_line_for_each_event_but_ticks(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watch(stream(), "json", tmp_path, study)

    names = [json.loads(text)["event"] for text in capsys.readouterr().out.splitlines()]
    assert names[0] == "StudyOpened"
    assert names[-1] == "StudyEnded"
    assert names.count("TrialEnded") == 12 + 3
    assert "Ticked" not in names


def test_a_terminal_gets_a_live_view_that_leaves_a_summary_behind(
    study: Study, tmp_path: Path, terminal: Terminal
) -> None:
    terminal.use()
    watch(stream(), "live", tmp_path, study)

    text = terminal.text()
    live, _, left = text.partition(LEAVE_SCREEN)
    assert live.startswith(ENTER_SCREEN)
    assert "made_up@0123abcd" in live
    assert "complete  12 of 12 configurations" in left
    assert "trial 11" in left
    assert "dli report made_up" in left.replace("\r\n", " ")
    assert "\x1b[?25h" in text, "the cursor must be back"


@pytest.mark.parametrize("mode", ["lines", "json", "live"])
def test_a_users_error_comes_out_once_the_terminal_is_as_it_was(
    study: Study, tmp_path: Path, mode: Mode, terminal: Terminal
) -> None:
    terminal.use()

    with pytest.raises(RunError, match="every trial fails"):
        watch(failing(), mode, tmp_path, study)

    text = terminal.text()
    assert (LEAVE_SCREEN in text) == (mode == "live")
    if mode == "live":
        left = text.partition(LEAVE_SCREEN)[2]
        assert "ended by an error  4 of 4 configurations" in left
        assert "continues" in left


def test_what_ended_before_can_be_told_and_counts(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = (event for event in [opened(finished=1), ended(finished=1, causes={})])

    watch(events, "lines", tmp_path, study, [record(1)])

    assert "best      val 92.71 %  trial 1  lr=0.152" in capsys.readouterr().out


def test_the_stream_is_closed_when_watching_is_interrupted(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []

    def watched() -> Events:
        try:
            yield from stream()
        finally:
            closed.append(True)

    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Output, "write", interrupt)
    events = watched()
    with pytest.raises(KeyboardInterrupt):
        watch(events, "lines", tmp_path, study)

    assert closed == [True]


def test_lines_need_neither_torch_nor_optuna(tmp_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", _WATCH],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )

    assert child.returncode == 0, child.stderr
    assert "12 of 12 configurations" in child.stdout
