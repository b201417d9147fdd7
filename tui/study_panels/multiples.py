"""The trials as small charts on the same axes, with what the pruner demands drawn on them."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from bench.records import TrialRecord
from tui import format as fmt
from tui.palette import Palette, palette_of
from tui.plot import Bounds, pen_of, small_chart
from tui.study_panels.axes import shared_bounds, trial_curves
from tui.study_panels.demands import demand_words
from tui.study_panels.snapshot import StudyView
from tui.study_panels.words import (
    glyph,
    in_ascii,
    order_trials,
    state_of,
    state_style,
    value_of,
)

_LEAST_WIDTH, _GAP = 24, 2
_LEAST_HEIGHT, _MOST_HEIGHT = 6, 14  # with the title and the gap below


class Multiples(ScrollView, can_focus=True):
    """Draws a small chart for each trial; arrows and clicks choose one, and many cost no more."""

    DEFAULT_CSS = """
    Multiples { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
                overflow-x: hidden; background: $background; }
    Multiples > .multiples--chosen { background: $block-cursor-background; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"multiples--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1, 0)", "Trial to the left", show=False, id="multiples.left"),
        Binding("right", "go(1, 0)", "Trial to the right", show=False, id="multiples.right"),
        Binding("up", "go(0, -1)", "Trial above", show=False, id="multiples.up"),
        Binding("down", "go(0, 1)", "Trial below", show=False, id="multiples.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="multiples.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="multiples.page_down"),
        Binding("home", "go_to(0)", "First trial", show=False, id="multiples.first"),
        Binding("end", "go_to(-1)", "Last trial", show=False, id="multiples.last"),
    ]

    class Chosen(Message):
        """Another trial was chosen."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__()
        self._view: StudyView | None = None
        self._trials: list[TrialRecord] = []
        self._place = 0
        self._best: int | None = None
        self._bounds = Bounds(1.0, 2.0, 0.0, 1.0)
        self._drawn: dict[tuple[int, int, bool], list[Text]] = {}

    @property
    def columns(self) -> int:
        """How wide all charts of a line are together."""
        return self.scrollable_content_region.width

    @property
    def across(self) -> int:
        """How many charts stand side by side."""
        return max(1, (self.columns + _GAP) // (_LEAST_WIDTH + _GAP))

    @property
    def cell(self) -> Size:
        """The columns and lines of a chart: its title, its curve and the gap below."""
        width = max((self.columns + _GAP) // self.across - _GAP, 1)
        rows = max(-(-len(self._trials) // self.across), 1)
        return Size(width, min(max(self.size.height // rows, _LEAST_HEIGHT), _MOST_HEIGHT))

    def show(self, view: StudyView, by_value: bool, chosen: int | None) -> None:
        """Draw the trials as they are now."""
        assert view.record is not None
        self._view = view
        self._trials = order_trials(view.record.trials, by_value)
        best = view.best()
        self._best = best.number if best else None
        self._bounds = shared_bounds(view)
        places = [place for place, trial in enumerate(self._trials) if trial.number == chosen]
        self._place = places[0] if places else 0
        self._lay_out()

    def on_resize(self) -> None:
        """Arrange the charts anew."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """Draw anew with the colours of another theme."""
        super().notify_style_update()
        self._drawn.clear()

    def _lay_out(self) -> None:
        self._drawn.clear()
        self.virtual_size = Size(0, -(-len(self._trials) // self.across) * self.cell.height)
        self._reveal()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of all the charts that stand side by side there."""
        row, line = divmod(y + self.scroll_offset.y, self.cell.height)
        first = row * self.across
        places = range(first, min(first + self.across, len(self._trials)))
        text = Text(" " * _GAP).join(self._lines(place)[line] for place in places)
        style = self.rich_style
        strip = Strip(text.render(self.app.console)).apply_style(style)
        return strip.adjust_cell_length(self.size.width, style)

    def _lines(self, place: int) -> list[Text]:
        key = place, self.cell.width, place == self._place
        if key not in self._drawn:
            self._drawn[key] = self._chart(self._trials[place], place == self._place)
        return self._drawn[key]

    def _chart(self, trial: TrialRecord, is_chosen: bool) -> list[Text]:
        """Return a trial's title, its curve on the shared axes, and a blank line."""
        assert self._view is not None
        width, height = self.cell
        palette = palette_of(self.app.current_theme)
        title = self._title(trial, palette, width)
        curves = trial_curves(trial, self._view, palette, trial.number == self._best)
        lines = small_chart(curves, (width, height - 2), self._bounds, pen=pen_of(self.app))
        if is_chosen:
            title.stylize(self.get_component_rich_style("multiples--chosen"))
        return [title, *lines, Text(" " * width)]

    def _title(self, trial: TrialRecord, palette: Palette, width: int) -> Text:
        state, plain = state_of(trial), self.app.has_class("-ascii")
        is_best = trial.number == self._best
        beyond = bool(trial.curve) and trial.curve[-1] < self._bounds.y_low
        value = ("▼ " if beyond else "") + fmt.percent(value_of(trial))
        text = Text.assemble(
            ("★" if is_best else " ", f"bold {palette.good}"),
            (f"{trial.number} ", "bold"),
            (f"{glyph(state, plain)} {state if width > 24 or state != 'infeasible' else ''}",
             state_style(state, palette)),
        )  # fmt: skip
        text.truncate(width - len(value), pad=True)
        text.append(value, f"bold {palette.good}" if is_best else "")
        return in_ascii(text) if plain else text

    def action_go(self, right: int, down: int) -> None:
        """Choose a neighbour."""
        self._choose(self._place + right + down * self.across)

    def action_page(self, pages: int) -> None:
        """Go up or down by what fits on the screen."""
        rows = max(1, self.size.height // self.cell.height)
        self._choose(self._place + pages * rows * self.across)

    def action_go_to(self, place: int) -> None:
        """Choose the first trial (0) or the last (-1)."""
        self._choose(place if place >= 0 else len(self._trials) - 1)

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        at = event.get_content_offset_capture(self) + self.scroll_offset
        width = self.cell.width + _GAP
        self._choose(at.y // self.cell.height * self.across + min(at.x // width, self.across - 1))

    def _choose(self, place: int) -> None:
        if not 0 <= place < len(self._trials):
            place = min(max(place, 0), len(self._trials) - 1)
        if place < 0 or place == self._place:
            return
        self._place = place
        self._reveal()
        self.refresh()
        self.post_message(self.Chosen(self._trials[place].number))

    def _reveal(self) -> None:
        top = self._place // self.across * self.cell.height
        shown = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        if top < shown[0]:
            self.scroll_to(y=top, animate=False)
        elif top + self.cell.height > shown[1]:
            self.scroll_to(y=top + self.cell.height - self.size.height, animate=False)


class MultiplesView(Vertical):
    """The small charts, with their axes and the pruner's demand in words above."""

    DEFAULT_CSS = """
    MultiplesView > Static { height: 1; padding: 0 1; color: $foreground 70%; text-wrap: nowrap;
                             text-overflow: ellipsis; }
    MultiplesView > Multiples { margin: 0 1; }
    """

    def compose(self) -> ComposeResult:
        """Make legend and charts."""
        yield Static()
        yield Multiples()

    def show(self, view: StudyView, by_value: bool, chosen: int | None) -> None:
        """Show the trials as they are now."""
        assert view.record is not None
        bounds = shared_bounds(view)
        low, high = fmt.percent(bounds.y_low, 1), fmt.percent(bounds.y_high, 1)
        palette = palette_of(self.app.current_theme)
        text = Text.assemble(f"val {low} to {high}, epochs 1 to {bounds.x_high:.0f}   ",
                             ("━ ", palette.mark), demand_words(view))  # fmt: skip
        if any(trial.curve and trial.curve[-1] < bounds.y_low for trial in view.record.trials):
            text.append("   ▼ ends below the axis")
        self.query_one(Static).update(in_ascii(text) if self.app.has_class("-ascii") else text)
        self.query_one(Multiples).show(view, by_value, chosen)
