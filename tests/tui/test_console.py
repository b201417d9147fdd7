import os
import sys
import warnings
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from engine.errors import DivergedError
from engine.events import Event, PhaseChanged, RunResumed, StepCompleted, from_json
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder
from tests.tui.terminal import ENTER_SCREEN, LEAVE_SCREEN, Terminal
from tui.console import Output, _Pace, choose_mode, make_console, name_of, watch

Events = Generator[Event, None, None]
MakeEvents = Callable[..., Events]


def test_a_pipe_gets_one_aligned_line_an_epoch_without_control_codes(
    make_events: MakeEvents, capsys: pytest.CaptureFixture[str]
) -> None:
    watch(make_events(), "lines")

    out = capsys.readouterr().out
    epochs = [line for line in out.split("\n") if line.startswith("epoch")]
    assert "\x1b" not in out
    assert "\r" not in out
    assert len(epochs) == 15
    assert epochs[2] == (
        "epoch  3/15  loss 1.0261  val loss 0.9460  val accuracy  85.28 %  lr 0.100  "
        "5,120 images/s   1.2 s  best"
    )
    assert len({line.index("val accuracy") for line in epochs}) == 1
    assert out.split("\n")[:3] == [
        "run      20260101-120000-digits-cnn",
        "loading data: digits",
        "data     digits  1,293 train, 144 val, 360 test",
    ]
    assert out.endswith("testing\ncompleted after epoch 15, step 300\n")


def test_json_is_the_events_themselves(
    make_events: MakeEvents, capsys: pytest.CaptureFixture[str]
) -> None:
    watch(make_events(), "json")

    lines = capsys.readouterr().out.splitlines()
    assert [from_json(line) for line in lines] == list(make_events())


@pytest.mark.parametrize("mode", ["lines", "json", "live"])
def test_watching_returns_the_history_of_the_events(
    make_events: MakeEvents, mode: str, terminal: Terminal
) -> None:
    terminal.use()
    assert watch(make_events(), mode) == History.of(make_events())  # type: ignore[arg-type]


def test_the_history_of_a_resumed_run_begins_with_its_log(
    record_run: Callable[..., RunFolder], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = record_run(epochs=3)

    history = watch((event for event in [RunResumed(1.0, 60, 3)]), "lines", folder)

    assert capsys.readouterr().out == "resumed after epoch 3, at step 60\n"
    assert len(history.epochs) == 3
    assert history.started == next(replay(folder))


def test_a_terminal_gets_a_live_view_that_leaves_curves_and_state_behind(
    make_events: MakeEvents, terminal: Terminal
) -> None:
    terminal.use()
    watch(make_events(), "live")

    text = terminal.text()
    live, _, left = text.partition(LEAVE_SCREEN)
    assert live.startswith(ENTER_SCREEN)
    assert "digits" in live
    assert "accuracy" in left
    assert "completed after epoch 15, step 300" in left
    assert "\x1b[?25h" in text, "the cursor must be back"


def test_no_color_is_respected_on_a_terminal(
    make_events: MakeEvents, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.use()
    monkeypatch.setenv("NO_COLOR", "1")

    watch(make_events(), "live")

    text = terminal.text()
    assert "\x1b[38;" not in text
    assert "\x1b[32m" not in text
    assert "· train" in text


def test_a_users_error_comes_out_once_the_terminal_is_as_it_was(
    make_events: MakeEvents, terminal: Terminal
) -> None:
    terminal.use()

    def diverging() -> Events:
        yield from make_events(epochs=2)
        raise DivergedError("the loss is nan.")

    with pytest.raises(DivergedError, match="nan"):
        watch(diverging(), "live")

    assert LEAVE_SCREEN in terminal.text()


@pytest.mark.parametrize("mode", ["lines", "json", "live"])
def test_a_closed_pipe_does_not_end_a_training(
    make_events: MakeEvents, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stdout:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", stdout)
        assert watch(make_events(), mode).finished is not None  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["lines", "live"])
def test_a_lost_terminal_does_not_end_a_training(
    make_events: MakeEvents, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, slave = os.openpty()
    with open(slave, "w", encoding="utf-8") as stdout:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", stdout)
        monkeypatch.setenv("TERM", "xterm")

        def lost() -> Events:
            for number, event in enumerate(make_events()):
                if number == 50:
                    os.close(master)
                yield event

        assert watch(lost(), mode).finished is not None  # type: ignore[arg-type]


def test_what_libraries_say_meanwhile_comes_after_the_view(
    make_events: MakeEvents, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.use()

    def talking() -> Events:
        for event in make_events(epochs=1):
            print("a word on stderr", file=sys.stderr) if isinstance(event, PhaseChanged) else None
            yield event

    watch(talking(), "live")

    assert "a word" not in terminal.text()
    assert "a word on stderr\n" in capsys.readouterr().err


def test_a_stream_is_closed_when_watching_is_interrupted(
    make_events: MakeEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []

    def stream() -> Events:
        try:
            yield from make_events()
        finally:
            closed.append(True)

    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Output, "write", interrupt)
    events = stream()
    with pytest.raises(KeyboardInterrupt):
        watch(events, "lines")

    assert closed == [True]


def test_a_live_view_needs_a_terminal_with_room(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.use()
    assert choose_mode(json=True) == "json"
    assert choose_mode(json=False) == "live"
    monkeypatch.setenv("COLUMNS", "59")
    assert choose_mode(json=False) == "lines"
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "15")
    assert choose_mode(json=False) == "lines"
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("TERM", "dumb")
    assert choose_mode(json=False) == "lines"


def test_a_pipe_is_80_columns_wide_and_gets_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    assert choose_mode(json=False) == "lines"
    assert make_console().width == 80


def test_letters_that_the_encoding_lacks_become_question_marks(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as file:
        Output(file).write("3 → 8")

    assert (tmp_path / "out").read_text() == "3 ? 8"


def test_a_run_is_named_by_its_id_or_where_it_lies_elsewhere_by_its_path(
    record_run: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record_run(epochs=1)

    assert name_of(folder) == folder.id
    monkeypatch.setenv("DLI_RUNS", "/somewhere/else")
    assert name_of(folder) == str(folder.path)


def test_drawing_rests_between_frames_but_not_before_something_slow() -> None:
    pace = _Pace()
    step = StepCompleted(1.0, 1, 1, 1, 2.0, 2.0, 2.0, 0.1, 0.9, 100.0)

    assert pace.is_due(PhaseChanged(1.0, "training"))
    with pace.measured():
        pass
    assert not pace.is_due(step)
    assert not pace.is_due(PhaseChanged(1.0, "validating"))
    assert pace.is_due(PhaseChanged(1.0, "paused"))
    assert pace.is_due(PhaseChanged(1.0, "training"))


def test_no_warning_comes_from_drawing(make_events: MakeEvents, terminal: Terminal) -> None:
    terminal.use()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        watch(make_events(nan_step=30), "live")

    assert caught == []
