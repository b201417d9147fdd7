"""The list of the Runs screen: which runs are shown, how, and which one is chosen."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Input, Static

from tui import clock
from tui.listing import RunRow, is_study
from tui.panels.rows import MARGIN, Rows
from tui.panels.run_details import RunDetails
from tui.runs_columns import AGE, COLUMNS, Column, Look
from tui.runs_source import RunsSource
from tui.runs_table import Layout, champions, in_order, lay_out, select
from tui.screens.base import LabScreen

_WAYS = (
    ("n", "make a run: data, model, settings, start"),
    ("6", "look at the data sets, and download some"),
    ("4", "search for the best settings"),
    ("?", "help"),
)
_WAY = max(len(what) for _, what in _WAYS)
_AGE_SECONDS = 10  # after which ages are written anew


class FilterInput(Input):
    """Takes the words of the filter; the list follows each letter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep", id="runs.filter_keep"),
        Binding("down", "submit", "Keep", show=False, id="runs.filter_down"),
        Binding("escape", "screen.clear", "Clear", id="runs.filter_clear"),
    ]


class RunsListScreen(LabScreen):
    """Shows every run of the app's folder, live; filters, sorts, and folds studies."""

    SECONDS = 0.5
    CSS_PATH = "../styles/runs.tcss"
    AUTO_FOCUS = "#rows"
    _source: RunsSource | None = None
    _listed: list[RunRow]
    _fold = True
    _order: Column = AGE
    _is_reversed = False
    _layout_of_list: Layout | None = None
    _list_facts: tuple[object, ...] = ()
    _draw_facts: tuple[object, ...] = ()
    _best: frozenset[str] = frozenset()
    _top: int | None = None  # which row is to be the first in sight, where the list changed

    def body(self) -> ComposeResult:
        """Yield the list, what is known of the chosen run, and what stands there without runs."""
        self._listed = []
        with Container(id="runs"):
            with Vertical(id="list"):
                with Horizontal(id="filter-line"):
                    yield Static("filter")
                    yield FilterInput(placeholder="name, data, model, state or study",
                                      id="filter", compact=True)  # fmt: skip
                yield Static(id="columns")
                yield Static(id="nothing")
                yield Rows(id="rows")
            yield RunDetails()
        yield Static(classes="empty")

    @property
    def source(self) -> RunsSource:
        """The runs of the app's folder."""
        if self._source is None:
            self._source = RunsSource(self.lab.root)
        return self._source

    def tick(self) -> None:
        """Look at what changed, for a moment; the rest comes soon."""
        if self.source.refresh():
            self.set_timer(0.01, self.beat_soon)
        self.show_list()

    def show_list(self) -> None:
        """Show the runs as they are known now; costs nothing where nothing changed."""
        words, rows = self.query_one("#filter", Input).value, self.query_one(Rows)
        room = rows.outer_size.width - MARGIN
        facts = (self.source.version, words, self._fold, self._order, self._is_reversed, room)
        if facts != self._list_facts:
            self._list_facts = facts
            self._list_anew(words, rows)
            self._layout_of_list = lay_out(self._listed, room)
        drawn = (facts, rows.size, self.lab.theme, tuple(self.lab.marked), self.source.is_whole,
                 clock.now() // _AGE_SECONDS)  # fmt: skip
        if drawn != self._draw_facts:
            self._draw_facts = drawn
            self._draw_list(rows)

    def _list_anew(self, words: str, rows: Rows) -> None:
        """Choose and sort the rows; the chosen run stays where it was on the screen."""
        before = self.chosen
        known = self.source.rows.values()
        listed = select(known, words, fold=self._fold)
        if self._order is AGE:
            listed = listed[::-1] if self._is_reversed else listed
        else:
            listed = in_order(listed, self._order, is_reversed=self._is_reversed)
        self._listed, self._best = listed, champions(known)
        if before is None:
            return
        names = [_identity(shown) for shown in listed]
        if _identity(before) in names:
            moved = names.index(_identity(before)) - rows.chosen
            rows.chosen += moved
            top = rows.scroll_offset.y
            stays_in_sight = top == 0 and 0 <= rows.chosen < rows.size.height
            self._top = top if stays_in_sight else max(top + moved, 0)

    def _draw_list(self, rows: Rows) -> None:
        look, layout = self.look(), self._layout_of_list
        assert layout is not None
        listed = self._listed
        rows.fill(len(listed), lambda index: layout.line(listed[index], look))
        if self._top is not None:
            rows.scroll_to(y=self._top, animate=False, force=True)
            self._top = None
        header = layout.header(
            self._order, is_reversed=self._is_reversed, ascii_only=look.ascii_only
        )
        self.query_one("#columns", Static).update(header)
        self.set_class(self.source.is_whole and not self.source.rows, "-empty")
        self.query_one(".empty", Static).update(self._welcome())
        self._say_nothing_matches()
        self._say_how_many()
        self._tell_details()

    def look(self) -> Look:
        """Return what the drawing of a run depends on."""
        return Look(self.lab.palette, self.lab.ascii_only, clock.now(), tuple(self.lab.marked),
                    self._best)  # fmt: skip

    def _welcome(self) -> Text:
        if self.source.problem:
            return Text(self.source.problem, self.lab.palette.bad)
        key = f"bold {self.lab.palette.accent}"
        ways = [Text.assemble((sign, key), f"  {what.ljust(_WAY)}") for sign, what in _WAYS]
        return Text("\n").join([
            Text("There are no runs here yet", "bold"), Text(f"{self.lab.root.resolve()}\n"), *ways,
            Text("\nRuns that `dli train` starts in another window show up here too."),
        ])  # fmt: skip

    def _say_nothing_matches(self) -> None:
        words = self.query_one("#filter", Input).value.strip()
        self.set_class(bool(words) and not self._listed, "-nothing")
        self.query_one("#nothing", Static).update(Text(f"nothing matches '{words}'; esc clears"))

    def _say_how_many(self) -> None:
        if self.source.problem:
            return self.heading("Runs", Text(self.source.problem, self.lab.palette.bad))
        number, live = len(self.source.rows), len(self.source.live)
        words = self.query_one("#filter", Input).value
        shown = sum(self._runs_of_count(row) for row in self._listed)
        text = Text(f"{shown} of " if words.strip() else "")
        text.append(f"{number} run{'s' * (number != 1)}")
        if live:
            text.append(", ").append(f"{live} live", f"bold {self.lab.palette.good}")
        if self.lab.marked:
            text.append(f", {len(self.lab.marked)} marked")
        text.append("" if self.source.is_whole else ", reading")
        return self.heading(Text.assemble("Runs", (f"  {_short(self.lab.root)}", "dim")), text)

    def _runs_of_count(self, shown: RunRow) -> int:
        return len(self.runs_of(shown)) if is_study(shown) else 1

    @property
    def chosen(self) -> RunRow | None:
        """The row under the cursor."""
        place = self.query_one(Rows).chosen
        return self._listed[place] if place < len(self._listed) else None

    def runs_of(self, shown: RunRow) -> list[RunRow]:
        """Return the runs that a row stands for: a study's, as far as the filter shows them."""
        if not is_study(shown):
            return [shown]
        assert shown.facts is not None
        words = self.query_one("#filter", Input).value
        return [
            run
            for run in select(self.source.rows.values(), words, fold=False)
            if run.facts and run.facts.study == shown.facts.study
        ]

    def go_to_run(self, run: str) -> None:
        """Put the cursor on a run, or on the line that stands for it, where one is shown."""
        for place, shown in enumerate(self._listed):
            if any(each.run == run for each in self.runs_of(shown)):
                return self.query_one(Rows).choose(place)
        return None

    @on(Rows.Chosen)
    def _tell_details(self) -> None:
        shown = self.chosen
        runs = tuple(self.runs_of(shown)) if shown and is_study(shown) else ()
        self.query_one(RunDetails).tell(shown, self.look(), runs)

    def action_filter(self) -> None:
        """Take words to filter by."""
        self.query_one("#filter-line").add_class("-open")
        self.query_one("#filter").focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self) -> None:
        self.show_list()

    @on(Input.Submitted, "#filter")
    def action_to_rows(self) -> None:
        """Leave the filter as it is."""
        words = self.query_one("#filter", Input).value
        self.query_one("#filter-line").set_class(bool(words), "-open")
        self.query_one(Rows).focus()

    def action_to_end(self, place: int) -> None:
        """Go to the first run (0) or the last one (-1)."""
        self.query_one(Rows).action_go_to(place)

    def action_clear(self) -> None:
        """Take the filter away, or else the marks."""
        if self.query_one("#filter-line").has_class("-open"):
            self.query_one("#filter", Input).value = ""
            self.action_to_rows()
        else:
            self.lab.marked = []
        self.show_list()

    def action_next_order(self) -> None:
        """Sort by the next column."""
        assert self._layout_of_list is not None
        shown = [column for column, _ in self._layout_of_list.widths]
        place = shown.index(self._order) if self._order in shown else -1
        self._order, self._is_reversed = shown[(place + 1) % len(shown)], False
        self.show_list()

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._is_reversed = not self._is_reversed
        self.show_list()

    def action_sort_by(self, name: str) -> None:
        """Sort by a column, the other way if it is sorted by it already."""
        column = next(column for column in COLUMNS if column.name == name)
        self._is_reversed = column is self._order and not self._is_reversed
        self._order = column
        self.show_list()

    def action_fold(self) -> None:
        """Show a study's runs as one line, or each of them."""
        self._fold = not self._fold
        self.show_list()


def _identity(shown: RunRow) -> str:
    """Return what stays the same of a row while its study grows."""
    return shown.facts.study or "" if is_study(shown) and shown.facts else shown.run


def _short(path: Path) -> str:
    text = str(path)
    home = str(Path.home())
    return f"~{text.removeprefix(home)}" if text.startswith(home + "/") else text
