"""What happened in a run, in words as it came, and what its process printed."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from rich.cells import chop_cells
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from tui.console_tail import read_tail
from tui.event_log import Entry, EventLog, Kind, clock_format, clock_text
from tui.panels.panel import Panel
from tui.panels.rows import MARGIN, Rows
from tui.sources import RunView

_SIGNS: dict[Kind, str] = {
    "epoch": " ", "best": "*", "info": "i", "warning": "!", "error": "x", "command": ">",
    "fact": "-",
}  # fmt: skip


class _Layout(NamedTuple):
    """Which event each line of the screen belongs to, and which part of its wrapped text it is."""

    places: NDArray[np.int64]
    parts: NDArray[np.int64]


class LogPanel(Panel):
    """The events of the run, the newest last, or the end of console.log; `/` leaves what fits."""

    DEFAULT_CSS = """
    LogPanel { layout: vertical; height: 1fr; }
    LogPanel > .about { height: 1; padding: 0 1; color: $foreground 70%; text-wrap: nowrap; }
    LogPanel > Input { height: 1; background: $panel; display: none; padding: 0 1 !important; }
    LogPanel.-searching > Input { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "other", "Console", id="log.console"),
        Binding("slash", "search", "Search", id="log.search"),
        Binding("escape", "clear", "Show all", show=False, id="log.clear"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.shows_console = False
        self.needle = ""
        self._log = EventLog()
        self._layout = _Layout(np.arange(0), np.arange(0))
        self._wrapped: dict[int, list[str]] = {}  # the texts that are no epochs, by place
        self._form = ""

    def compose(self) -> ComposeResult:
        """Make the list, and the line to search in."""
        yield Static(classes="about")
        yield Rows(chooses=False)
        yield Input(placeholder="show only lines with ...", compact=True)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Let the arrows scroll."""
        self.query_one(Rows).focus(scroll_visible)
        return self

    def facts(self, view: RunView) -> Hashable:
        """Return what the lines depend on."""
        if self.shows_console:
            return (view.folder, _stamp(view))
        history = view.history
        return (view.folder, len(history.epochs), len(history.resumes), len(history.notices),
                len(history.interventions), history.checkpoint, history.prepared is None,
                history.started is None, history.phase and history.phase.phase,
                history.finished is None)  # fmt: skip

    def redraw(self, view: RunView) -> None:
        """Draw the lines."""
        if self.shows_console:
            self._show_console(view)
        else:
            self._show_events(view)

    @property
    def _width(self) -> int:
        return self.size.width - MARGIN

    def _show_events(self, view: RunView) -> None:
        self._log.take(view.history)
        self._form = clock_format(view.history, view.now)
        is_behind = bool(self.needle) and self._log.prepare()
        places = self._log.places(self.needle)
        self._layout = self._laid_out(places)
        self.query_one(Rows).fill(len(self._layout.places), self._event_line)
        number, total = len(places), len(self._log)
        self._say("events", (number, total), "Nothing has happened yet." if not total else "")
        if is_behind:
            self.set_timer(0.02, self.show_again)

    def _laid_out(self, places: NDArray[np.int64]) -> _Layout:
        """Wrap what is no epoch, and count the lines."""
        heights = np.ones(len(places), dtype=np.int64)
        self._wrapped = {}
        for number in np.flatnonzero(~self._log.are_epochs(places)):
            place = int(places[number])
            self._wrapped[place] = self._wrap(self._log.entry(place).text)
            heights[number] = len(self._wrapped[place])
        starts = np.repeat(np.cumsum(heights) - heights, heights)
        return _Layout(np.repeat(places, heights), np.arange(len(starts)) - starts)

    def _wrap(self, text: str) -> list[str]:
        room = max(self._width - self._indent, 10)
        return [part.plain.rstrip() for part in Text(text).wrap(self.app.console, room)]

    @property
    def _indent(self) -> int:
        return len(clock_text(0, self._form)) + 3

    def _event_line(self, index: int) -> Text:
        place, part = int(self._layout.places[index]), int(self._layout.parts[index])
        entry = self._log.entry(place)
        colour = self._colours[entry.kind]
        text = Text(" " * (self._indent - 1))
        if part == 0:
            head = f"{clock_text(entry.time, self._form)} "
            text = Text.assemble((head, "dim"), (f"{_SIGNS[entry.kind]} ", f"bold {colour}"))
        is_stressed = entry.kind in ("warning", "error", "command")
        body = self._wrapped[place][part] if place in self._wrapped else self._fitted(entry)
        text.append(body, colour if is_stressed else "")
        return self._stressed(Text.assemble(" ", text, no_wrap=True))

    def _fitted(self, entry: Entry) -> str:
        """Return as many parts of an epoch as there is room for."""
        room = self._width - self._indent
        text = entry.parts[0]
        for part in entry.parts[1:]:
            if len(text) + 2 + len(part) <= room:
                text += f"  {part}"
        return text

    def _stressed(self, text: Text) -> Text:
        """Mark what was searched for."""
        if self.needle:
            text.highlight_words([self.needle], "reverse", case_sensitive=False)
        return text

    @property
    def _colours(self) -> dict[Kind, str]:
        palette = self.palette
        return {
            "epoch": "", "best": palette.good, "info": palette.accent, "warning": palette.warn,
            "error": palette.bad, "command": palette.mark, "fact": palette.ghost,
        }  # fmt: skip

    def _show_console(self, view: RunView) -> None:
        found = read_tail(view.folder["console.log"])
        lines = found or []
        matching = [line for line in lines if self.needle.casefold() in line.casefold()]
        wrapped = [part for line in matching for part in chop_cells(line, self._width) or [""]]
        self.query_one(Rows).fill(
            len(wrapped), lambda index: self._stressed(Text(f" {wrapped[index]}", no_wrap=True))
        )
        problem = "Its process has printed nothing." if found == [] else ""
        if found is None:
            problem = "There is no console.log: its terminal has what it printed."
        self._say("console.log", (len(matching), len(lines)), problem)

    def _say(self, what: str, numbers: tuple[int, int], problem: str) -> None:
        shown, total = numbers
        text = f"{what}: {total:,} lines" if what != "events" else f"{total:,} events"
        if self.needle:
            text = f"{shown:,} of {text} hold '{self.needle}'; esc shows all"
        other = "t shows the events" if self.shows_console else "t shows what the process printed"
        about = problem or text
        if len(about) + len(other) + 3 <= self._width:
            about += f"   {other}"
        self.query_one(".about", Static).update(Text(about))

    def action_other(self) -> None:
        """Change between the events and what the process printed."""
        self.shows_console = not self.shows_console
        self.query_one(Rows).follows = True
        self.show_again()

    def action_search(self) -> None:
        """Begin to type what is searched for."""
        self.add_class("-searching")
        self.query_one(Input).focus()

    def action_clear(self) -> None:
        """Show all lines again."""
        self.query_one(Input).value = ""
        self.remove_class("-searching")
        self.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Leave the lines that hold what was typed."""
        self.needle = event.value
        self.query_one(Rows).follows = True
        self.show_again()

    def on_input_submitted(self) -> None:
        """Go back to the lines, which stay as they are."""
        if not self.needle:
            self.remove_class("-searching")
        self.focus()


def _stamp(view: RunView) -> Sequence[int] | None:
    """Return what tells whether console.log changed."""
    try:
        status = view.folder["console.log"].stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
