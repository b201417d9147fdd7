"""The trials as a table: one line each, drawn when it comes into sight."""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from bench.records import StudyRecord, TrialRecord
from bench.report.words import short
from bench.space import Dimension
from tui import format as fmt
from tui.palette import Palette, palette_of
from tui.panels.rows import Rows
from tui.study_panels.axes import shared_bounds
from tui.study_panels.snapshot import StudyView
from tui.study_panels.words import (
    glyph,
    in_ascii,
    order_trials,
    state_of,
    state_style,
    strip_of,
    value_of,
    why,
)

_GAP = "  "
_FIXED = (("trial", 6), ("state", 12), ("val", 8), ("epochs", 6), ("time", 9))
_CURVE = 12  # columns of a trial's curve, where there is room
_WIDE = 110
_LEAST, _MOST = 5, 12  # columns of a setting


@dataclass(frozen=True)
class _Setting:
    """A column for a searched setting."""

    path: str
    name: str
    width: int


class TrialTable(Vertical):
    """Shows the trials of a study, the heading above; arrows and clicks choose one."""

    DEFAULT_CSS = """
    TrialTable > Static { height: 1; padding-left: 1; color: $foreground 60%; text-style: bold;
                          text-wrap: nowrap; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    class Chosen(Message):
        """Another trial was chosen."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__()
        self._trials: list[TrialRecord] = []
        self._record: StudyRecord | None = None
        self._best: int | None = None
        self._columns: list[_Setting] = []
        self._scale = 0.0, 1.0  # of the curves
        self._chosen: int | None = None

    def compose(self) -> ComposeResult:
        """Make heading and rows."""
        yield Static()
        yield Rows()

    @property
    def rows(self) -> Rows:
        """The rows."""
        return self.query_one(Rows)

    @property
    def room(self) -> int:
        """Columns of a row, besides the mark of the chosen one."""
        return max(self.rows.scrollable_content_region.width - 1, 1)

    def show(self, view: StudyView, by_value: bool, chosen: int | None) -> None:
        """Show the trials as they are now; the chosen one stays so wherever it moves."""
        assert view.record is not None
        self._record = view.record
        self._trials = order_trials(view.record.trials, by_value)
        best = view.best()
        self._best = best.number if best else None
        bounds = shared_bounds(view)
        self._scale = bounds.y_low, bounds.y_high
        self._draw()
        self.choose(chosen)

    def choose(self, number: int | None) -> None:
        """Choose a trial by its number; the first row if there is none like that."""
        places = [place for place, trial in enumerate(self._trials) if trial.number == number]
        self._chosen = number if places else None
        self.rows.choose(places[0] if places else 0)

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        """Tell which trial was chosen."""
        message.stop()
        number = self._trials[message.index].number if self._trials else None
        if number is not None and number != self._chosen:
            self._chosen = number
            self.post_message(self.Chosen(number))

    def on_resize(self) -> None:
        """Fit the columns."""
        if self._record is not None:
            self._draw()

    def _draw(self) -> None:
        assert self._record is not None
        self._columns = _fitting(self._record, self.room - _used(self.room))
        self.query_one(Static).update(self._heading())
        self.rows.fill(len(self._trials), self._row)

    def _heading(self) -> Text:
        fixed = [name.ljust(width) if name == "state" else name.rjust(width)
                 for name, width in _FIXED]  # fmt: skip
        curve = ["curve".ljust(_CURVE)] * (self.room >= _WIDE)
        names = [_cut(column.name, column.width).rjust(column.width) for column in self._columns]
        hidden = len(self._record.space) - len(names) if self._record else 0
        more = [f"+{hidden}"] * bool(hidden)
        text = Text(_GAP.join([*fixed, *curve, *names, *more]), no_wrap=True)
        return in_ascii(text) if self.app.has_class("-ascii") else text

    def _row(self, index: int) -> Text:
        assert self._record is not None
        palette, plain = palette_of(self.app.current_theme), self.app.has_class("-ascii")
        trial = self._trials[index]
        text = self._facts(trial, palette, plain)
        reason = why(trial)
        if reason:
            text.append(_GAP + reason, state_style(state_of(trial), palette))
        else:
            for column in self._columns:
                value = (
                    fmt.setting(trial.params[column.path]) if column.path in trial.params else ""
                )
                text.append(_GAP + _cut(value, column.width).rjust(column.width))
        text.no_wrap = True
        return in_ascii(text) if plain else text

    def _facts(self, trial: TrialRecord, palette: Palette, plain: bool) -> Text:
        """Return what every trial has."""
        state, is_best = state_of(trial), trial.number == self._best
        style = state_style(state, palette)
        mark = "★" if is_best else "b" if trial.baseline else " "
        value = fmt.percent(value_of(trial))
        strength = "bold" if is_best else "" if state == "complete" else "dim"
        epochs = f"{trial.epochs}/{self._record.epochs}" if self._record else ""
        text = Text.assemble(
            (f"{mark}{trial.number:>5}", f"bold {palette.good}" if is_best else "bold"),
            _GAP,
            (f"{glyph(state, plain)} {state:10}", style),
            _GAP,
            (f"{value:>8}", f"{strength} {style if is_best else ''}".strip()),
            f"{_GAP}{epochs:>6}",
            (f"{_GAP}{fmt.duration(trial.seconds) if trial.seconds else '':>9}", "dim"),
        )
        if self.room >= _WIDE:
            curve = strip_of(trial.curve[-_CURVE:], *self._scale)
            text.append(_GAP + curve.ljust(_CURVE), style)
        return text


def _used(room: int) -> int:
    fixed = sum(width + len(_GAP) for _, width in _FIXED) - len(_GAP)
    return fixed + (_CURVE + len(_GAP)) * (room >= _WIDE)


def _fitting(record: StudyRecord, room: int) -> list[_Setting]:
    """Return columns for the settings, in the order of the space: all narrower, if so all fit."""
    for most in range(_MOST, _LEAST - 1, -1):
        found = [_setting(dimension, record, most) for dimension in record.space]
        if sum(column.width + len(_GAP) for column in found) <= room:
            return found
    shown: list[_Setting] = []
    room -= len(_GAP) + len(f"+{len(record.space)}")  # the heading tells how many are left out
    for column in found:
        room -= column.width + len(_GAP)
        if room < 0:
            break
        shown.append(column)
    return shown


def _setting(dimension: Dimension, record: StudyRecord, most: int) -> _Setting:
    """Return a setting's column: its values are seen whole, its name is cut to `most`."""
    path, name = dimension.path, short(dimension.path, record.space)
    values = [fmt.setting(t.params[path]) for t in record.trials[-200:] if path in t.params]
    longest = max(map(len, values), default=0)
    return _Setting(path, name, max(min(longest, _MOST), min(len(name), most), _LEAST))


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
