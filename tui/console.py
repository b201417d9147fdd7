"""What `dli train` shows while it trains: a live view, a line an epoch, or events as JSON."""

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import IO, Literal, TextIO, cast

from rich.console import Console
from rich.live import Live
from rich.text import Text

from engine.errors import DliError
from engine.events import Event, Intervened, Notice, PhaseChanged, to_json
from engine.history import History
from engine.record import Events, replay
from engine.runs import RunFolder, runs_dir
from tui import curves, lines
from tui.labels import label_table
from tui.live import SMALLEST, Dashboard

Mode = Literal["live", "lines", "json"]
_FRAME_SECONDS = 0.25
_FRAME_SHARE = 0.04  # of the time may go into drawing: training waits for it
_PIPE_WIDTH = 80
_FINAL_CHART_ROWS = 14


class Output(io.TextIOBase):
    """A stream whose reader may go away: from then on, writing to it does nothing.

    A training must survive a closed pipe or a lost terminal until its checkpoint is written.
    """

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self._file = file

    def write(self, text: str) -> int:
        """Write the text; what the encoding does not have becomes a question mark."""
        encoding = self.encoding
        with self._forgiving():
            self._file.write(text.encode(encoding, "replace").decode(encoding))
        return len(text)

    def flush(self) -> None:
        """Pass on what was written."""
        with self._forgiving():
            self._file.flush()

    def isatty(self) -> bool:
        """Tell whether a terminal is at the other end."""
        return self._file.isatty()

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._file.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # ours is always known
        """The stream's encoding."""
        return self._file.encoding or "utf-8"

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            # so that Python's own last flush does not fail either
            with suppress(OSError), Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), self._file.fileno())


def make_console() -> Console:
    """Return the console for results: stdout, plain and 80 columns wide where it is no terminal."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    file = cast(IO[str], Output(sys.stdout))
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False)


def shows_color(console: Console) -> bool:
    """Tell whether colours reach the eye: not in a pipe, and not where NO_COLOR is set."""
    return console.color_system is not None and not console.no_color


def choose_mode(json: bool) -> Mode:
    """Return how to show a run: JSON if asked, a live view on a terminal with room, else lines."""
    if json:
        return "json"
    console = make_console()
    roomy = console.width >= SMALLEST[0] and console.height >= SMALLEST[1]
    is_screen = sys.stdout.isatty() and not console.is_dumb_terminal
    return "live" if is_screen and roomy else "lines"


def watch(events: Events, mode: Mode, folder: RunFolder | None = None) -> History:
    """Consume a run's events, showing them, and return what they tell; the stream is closed.

    Args:
        events: the run, not begun yet.
        mode: see `choose_mode`.
        folder: the folder of a run that is trained here; what it did before it was resumed
            belongs to the history. Without one, another process trains, and this only looks on.

    Raises:
        DliError: the run's own, once the terminal is as it was.
    """
    history = History.of(replay(folder)) if folder else History()
    console = make_console()
    with closing(events):
        if mode == "live":
            _watch_live(events, history, console, folder)
        else:
            tell = _as_json if mode == "json" else lines.line
            _watch_lines(events, history, tell)
    return history


def name_of(folder: RunFolder) -> str:
    """Return what commands take for the run: its id, or its path if it lies elsewhere."""
    at_home = folder.path.resolve().parent == runs_dir().resolve()
    return folder.id if at_home else str(folder.path)


def _as_json(event: Event, history: History) -> str:  # noqa: ARG001  # as `lines.line`
    return to_json(event)


def _watch_lines(
    events: Events, history: History, tell: Callable[[Event, History], str | None]
) -> None:
    output = Output(sys.stdout)
    for event in events:
        history.fold(event)
        text = tell(event, history)
        if text is not None:
            output.write(text + "\n")
            output.flush()


def _watch_live(
    events: Events, history: History, console: Console, folder: RunFolder | None
) -> None:
    dashboard, pace = _dashboard(folder, shows_color(console)), _Pace()
    try:
        with screen(console) as live:
            for event in events:
                history.fold(event)
                if pace.is_due(event):
                    with pace.measured():
                        view = dashboard(history, time.time(), console.size)
                        live.update(view, refresh=True)
    except DliError:
        _leave_behind(history, console)
        raise
    _leave_behind(history, console)


def _dashboard(folder: RunFolder | None, color: bool) -> Dashboard:
    if folder is None:
        return Dashboard("", color, "leaves this view; the run goes on")
    return Dashboard(name_of(folder), color, "checkpoint and stop")


def _leave_behind(history: History, console: Console) -> None:
    """Print what should stay of the live view: the run, its curves and how it ended."""
    if history.started is not None:
        console.print(Text(history.started.run, style="bold"))
    console.print(label_table(lines.described(history)))
    if len(history.epochs) or len(history.steps):
        charts = [curves.loss_chart(history), curves.accuracy_chart(history)]
        shape = (min(console.width, 120), _FINAL_CHART_ROWS)
        console.print(curves.side_by_side(charts, shape, shows_color(console)))
    if history.finished is not None:
        console.print(lines.finished(history.finished))


@contextmanager
def screen(console: Console) -> Iterator[Live]:
    """Give the whole terminal to a live view, and keep it whole.

    What libraries print meanwhile would tear it: that comes on stderr once the view is gone.
    """
    kept = io.StringIO()
    live = Live(
        console=console,
        screen=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    try:
        with redirect_stdout(kept), redirect_stderr(kept), live:
            yield live
    finally:
        with suppress(OSError):
            sys.stderr.write(kept.getvalue())


class Pace:
    """Decides when to draw, so that drawing takes a small share of the time.

    Args:
        seconds: between two frames, at least.
    """

    def __init__(self, seconds: float = _FRAME_SECONDS) -> None:
        self._seconds = seconds
        self._due = 0.0

    def is_time(self) -> bool:
        """Tell whether enough time passed since the last frame."""
        return time.monotonic() >= self._due

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Time the drawing of a frame; a slow one is followed by a long rest."""
        start = time.monotonic()
        yield
        end = time.monotonic()
        self._due = end + max(self._seconds, (end - start) / _FRAME_SHARE)


class _Pace(Pace):
    """Decides which events of a run are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._phase = ""

    def is_due(self, event: Event) -> bool:
        """Tell whether to draw now: enough time passed, or nothing may happen for long."""
        slow = isinstance(event, Intervened | Notice)
        if isinstance(event, PhaseChanged) and event.phase != self._phase:
            slow = {event.phase, self._phase} - {"training", "validating"} != set()
            self._phase = event.phase
        return slow or self.is_time()
