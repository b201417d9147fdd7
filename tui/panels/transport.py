"""The bar of a replay: how it plays, where it is on the run's time line, and what lies there."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from tui import format as fmt
from tui.palette import Palette, palette_of
from tui.replaying import ReplaySource

if TYPE_CHECKING:
    from tui.app import DliApp

_SIGNS = {"playing": "▶", "paused": "‖", "live": "●", "the end": "■"}
_ASCII_SIGNS = {"playing": ">", "paused": "=", "live": "*", "the end": "#"}
_LEAST_TRACK = 10  # cells
_LABEL = 5  # cells that an epoch's number needs


class Transport(Widget, can_focus=True):
    """A time line in one row; in a second one, where there is room, epochs and marks.

    A click or a drag on it asks for a place, a click on the state for play or pause.
    """

    SCOPED_CSS = False  # the height depends on the screen
    DEFAULT_CSS = """
    Transport { height: 1; padding: 0 1; background: $surface; }
    .-mid Transport { height: 2; }
    .-tall Transport { height: 2; }
    Transport:focus { background: $panel; }
    """

    class Sought(Message):
        """Somebody wants to be at a place, in seconds."""

        def __init__(self, seconds: float) -> None:
            super().__init__()
            self.seconds = seconds

    class Toggled(Message):
        """Somebody wants it to play, or to stop."""

    source: ReplaySource | None = None
    _shown: Hashable = None
    _track = 0, 1  # the first cell of the time line in the content, and how many it has

    def show(self, source: ReplaySource) -> None:
        """Show how the replay stands now."""
        self.source = source
        facts = (source.folder, source.position, source.duration, source.speed, _state(source),
                 source.is_reading, len(source.epoch_ends), self.size, self.app.theme)  # fmt: skip
        if facts != self._shown:
            self._shown = facts
            self.refresh()

    def render(self) -> Text:
        """Draw it."""
        if self.source is None:
            return Text()
        left, right = self._left(self.source), self._right(self.source)
        width = self.content_size.width
        if width - left.cell_len - right.cell_len < _LEAST_TRACK:
            right = Text()
        room = max(width - left.cell_len - right.cell_len, 1)
        self._track = left.cell_len, room
        line = Text.assemble(left, self._line(self.source, room), right, no_wrap=True)
        if self.size.height < 2:
            return line
        return Text("\n").join([line, Text(" " * left.cell_len) + self._labels(self.source, room)])

    @property
    def _palette(self) -> Palette:
        return palette_of(self.app.current_theme)

    @property
    def _is_ascii(self) -> bool:
        lab: DliApp = self.app  # type: ignore[assignment]
        return lab.ascii_only

    def _left(self, source: ReplaySource) -> Text:
        state = _state(source)
        sign = (_ASCII_SIGNS if self._is_ascii else _SIGNS)[state]
        colour = self._palette.good if source.is_playing else self._palette.warn
        return Text.assemble((f"{sign} {state:<7}", f"bold {colour}"), f" {source.speed:>3}x  ")

    def _right(self, source: ReplaySource) -> Text:
        config = source.history.config
        epoch = f"  epoch {len(source.history.epochs)} of {config.epochs}" if config else ""
        reading = "  reading the log" if source.is_reading else ""
        here, whole = fmt.duration(source.position), fmt.duration(source.duration)
        return Text.assemble("  ", (here, "bold"), (f" of {whole}{epoch}{reading}", "dim"))

    def _line(self, source: ReplaySource, room: int) -> Text:
        """Return the time line: what was played, the head, and what is still to come."""
        done, to_come, tick, head = "=-|O" if self._is_ascii else "━─┼●"
        cells = [done] * room
        place = _cell(source, source.position, room)
        cells[place:] = [to_come] * (room - place)
        for end in _spread(source, room).values():
            cells[end] = tick if end > place else cells[end]
        cells[place] = head
        accent = self._palette.accent
        return Text.assemble(
            ("".join(cells[:place]), accent),
            (cells[place], f"bold {accent}"),
            ("".join(cells[place + 1 :]), "dim"),
        )

    def _labels(self, source: ReplaySource, room: int) -> Text:
        """Return the numbers of epochs under their ends, and signs where somebody stepped in."""
        cells = [" "] * room
        for epoch, end in _spread(source, room).items():
            text = str(epoch)
            first = min(max(end - len(text) // 2, 0), room - len(text))
            cells[first : first + len(text)] = text
        marks = {_cell(source, place, room) for place in source.marks}
        sign = "^" if self._is_ascii else "▲"
        line = Text(style="dim")
        for number, cell in enumerate(cells):
            if number in marks:
                line.append(sign, f"not dim {self._palette.mark}")
            else:
                line.append(cell)
        return line

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go where was clicked, and follow the mouse until it is let go."""
        first, _ = self._track
        if event.x - self.gutter.left < first:
            self.post_message(self.Toggled())
            return
        self.capture_mouse()
        self._seek_to(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self.app.mouse_captured is self:
            self._seek_to(event.x)

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()

    def _seek_to(self, x: int) -> None:
        first, room = self._track
        if self.source is not None and x - self.gutter.left <= first + room:
            part = (x - self.gutter.left - first) / max(room - 1, 1)
            self.post_message(self.Sought(min(max(part, 0.0), 1.0) * self.source.duration))


def _state(source: ReplaySource) -> str:
    if source.is_at_end and source.is_live and source.is_playing:
        return "live"
    if source.is_playing:
        return "playing"
    return "the end" if source.is_at_end else "paused"


def _cell(source: ReplaySource, place: float, room: int) -> int:
    """Return the cell of a place on a line of `room` cells."""
    part = place / source.duration if source.duration else 0.0
    return min(round(part * (room - 1)), room - 1)


def _spread(source: ReplaySource, room: int) -> dict[int, int]:
    """Return the cells where epochs end, of as many epochs as can be told apart."""
    ends = {epoch: _cell(source, place, room) for epoch, place in source.end_of_epoch.items()}
    most = max(room // _LABEL, 1)
    step = next((n for n in _STEPS if len(ends) <= n * most), _STEPS[-1])
    return {epoch: cell for epoch, cell in ends.items() if epoch % step == 0}


_STEPS = [factor * 10**power for power in range(5) for factor in (1, 2, 5)]
