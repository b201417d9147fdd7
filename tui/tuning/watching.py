"""Consumes a search's events and shows them: a live view, a line a trial, or events as JSON."""

import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path

from rich.console import Console

from bench.study import Study
from bench.tuning_events import StudyEnded, TuningEvent
from engine.errors import DliError
from tui.console import Mode, Output, Pace, make_console, screen, shows_color
from tui.labels import label_table
from tui.tuning import as_json, lines
from tui.tuning.running import read_states
from tui.tuning.session import Record, Session
from tui.tuning.view import TuningView
from tui.tuning.words import summary

Events = Generator[TuningEvent, None, None]
_FRAME_SECONDS = 0.5


def watch(
    events: Events, mode: Mode, root: Path, study: Study, earlier: Iterable[Record] = ()
) -> StudyEnded | None:
    """Consume a search's events, showing them, and return the last one; the stream is closed.

    Args:
        events: the search, not begun yet.
        mode: see `tui.console.choose_mode`.
        root: where its run folders lie.
        study: what is searched.
        earlier: trials and trainings that had ended before, for best, chart and counts.

    Raises:
        DliError: the search's own, once the terminal is as it was.
    """
    session = Session(study, earlier)
    with closing(events):
        if mode == "live":
            _watch_live(events, session, root)
        else:
            _watch_lines(events, session, mode)
    return session.ended


def _watch_lines(events: Events, session: Session, mode: Mode) -> None:
    output = Output(sys.stdout)
    for event in events:
        session.fold(event)
        text = as_json.line(event) if mode == "json" else lines.line(event, session)
        if text is not None:
            output.write(text + "\n")
            output.flush()


def _watch_live(events: Events, session: Session, root: Path) -> None:
    console = make_console()
    view, pace = TuningView(shows_color(console)), Pace(_FRAME_SECONDS)
    try:
        with screen(console) as live:
            for event in events:
                session.fold(event)
                if pace.is_time():
                    with pace.measured():
                        states = read_states(session, root)
                        live.update(view(session, states, console.size), refresh=True)
    except DliError:
        _leave_behind(session, console)
        raise
    _leave_behind(session, console)


def _leave_behind(session: Session, console: Console) -> None:
    """Print what should stay of the live view."""
    console.print(label_table(summary(session)))
