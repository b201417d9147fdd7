"""The Compare screen: marked runs on the same axes, what differs, and who is really better."""

import time
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from engine.errors import DliError
from engine.runs import RunFolder, find_run
from tui import comparing
from tui.compare_tables import figure_rows, fitted, setting_rows, verdict
from tui.comparing import AXES, MOST, Judged
from tui.plot import Curve, Plot
from tui.screens.base import LabScreen
from tui.sources import RunSource, RunView
from tui.ticks import percent_text

_PASS_SECONDS = 0.03  # of reading logs, between two chances for keys
_METRICS = (
    ("val_accuracy", "val accuracy"),
    ("val_loss", "val loss"),
    ("train_accuracy", "train accuracy"),
    ("train_loss", "train loss"),
    ("lr", "learning rate"),
)
_FIRST_OF_TRAIN = 2  # of those


class CompareScreen(LabScreen):
    """Shows the runs in `app.marked`."""

    TITLE = "Compare"
    ABOUT = (
        "Two to eight marked runs on the same axes. The table gives their final figures with 95 % "
        "intervals; the last column compares each with the base run on the very same val pictures "
        "(McNemar's exact test, made stricter for several runs after Holm). It is about these "
        "trained nets: another seed may turn a small difference round, which only more seeds tell "
        "(`dli tune` has a confirm stage for that). Mark runs with space in Runs, or m in Run."
    )
    CSS_PATH = "../styles/compare.tcss"
    AUTO_FOCUS = "#figures"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "metric", "Metric", id="compare.metric"),
        Binding("t", "axis", "Epoch, step, time", id="compare.axis"),
        Binding("v", "view", "Figures or settings", id="compare.view"),
        Binding("b", "base", "Base", id="compare.base"),
        Binding("enter", "open", "Open", id="compare.open"),
        Binding("u", "unmark", "Unmark", id="compare.unmark"),
        Binding("w", "other_half", "Chart or table", id="compare.focus"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._sources: dict[str, RunSource] = {}
        self._views: list[RunView] = []
        self._judged: dict[tuple[str, int], Judged | None] = {}
        self._metric = self._axis = 0
        self._base = ""
        self._shown: object = None

    def body(self) -> ComposeResult:
        """Yield chart, tables, and what to do while nothing is marked."""
        yield Static(classes="empty")
        yield Plot(id="curves")
        yield Static(id="verdict")
        yield DataTable(id="figures", cursor_type="row", cursor_foreground_priority="renderable")
        yield DataTable(id="settings", cursor_type="none")

    def tick(self) -> None:
        """Read what is new of each run, and show it."""
        self._choose()
        more = self._read()
        self._views = [source.view() for source in self._sources.values()]
        shown = self._facts()
        if shown != self._shown:
            self._shown = shown
            self._show()
        if more:
            self.set_timer(0.01, self.beat_soon)

    def _choose(self) -> None:
        """Follow what is marked."""
        wanted = self.lab.marked[:MOST]
        if list(self._sources) == wanted:
            return
        found: dict[str, RunSource] = {}
        for run in wanted:
            if run in self._sources:
                found[run] = self._sources[run]
                continue
            try:
                found[run] = RunSource(find_run(self.lab.root, run))
            except DliError as error:
                self.lab.marked = [other for other in self.lab.marked if other != run]
                self.tell(str(error), "warning")
        self._sources = found
        self._base = self._base if self._base in found else next(iter(found), "")

    def _read(self) -> bool:
        """Take in some more of the logs; tell whether there may be more yet."""
        until, more = time.monotonic() + _PASS_SECONDS, True
        while more and time.monotonic() < until:
            more = sum(source.read() for source in self._sources.values()) > 0
        return more

    def _facts(self) -> object:
        lengths = [(v.folder.id, len(v.history.epochs), v.row.state) for v in self._views]
        is_short = self.has_class("-short")  # it changes a moment after the size
        return (lengths, self._metric, self._axis, self._base, self.app.theme, self.size, is_short)

    def _show(self) -> None:
        enough = len(self._views) > 1
        for name in ("#curves", "#figures", "#settings", "#verdict"):
            self.query_one(name).display = enough
        empty = self.query_one(".empty", Static)
        empty.display = not enough
        axis, metric = AXES[self._axis], self._drawn_metric()[1]
        if not enough:
            self.heading("Compare")
            one = f"{self._views[0].folder.id} is marked. " if self._views else ""
            empty.update(
                f"{one}Mark two to {MOST} runs with space in Runs (1), then come back with 5."
            )
            return
        self.heading(f"{len(self._views)} runs", f"{metric} by {axis}")
        self._draw_curves()
        self._fill_figures()
        self._fill_settings()
        self._show_view()

    def _draw_curves(self) -> None:
        name, title = self._drawn_metric()
        axis, colors = AXES[self._axis], self.lab.palette.runs
        curves = [
            Curve(
                f"{number} {view.folder.id.partition('-')[2].partition('-')[2]}",
                comparing.x_of_epochs(view.history, axis),
                view.history.epochs[name],
                colors[number - 1],
            )
            for number, view in enumerate(self._views, start=1)
            if view.history.has_val or not name.startswith("val")
        ]
        label = {"epoch": "epoch", "step": "step", "time": "s"}[axis]
        accuracy = name.endswith("accuracy")
        self.query_one("#curves", Plot).draw(
            title, curves, x_label=label, y_text=percent_text if accuracy else None,
            y_bounds=(0.0, 1.0) if accuracy else (0.0, float("inf")),
        )  # fmt: skip

    def _fill_figures(self) -> None:
        table = self.query_one("#figures", DataTable)
        row = table.cursor_row
        table.clear(columns=True)
        rivals = [(view, self._judgement(view)) for view in self._views]
        rows = figure_rows(rivals, self._base, self.lab.palette.runs)
        headings, rows = fitted(rows, self.size.width)
        _add_columns(table, headings, rows)
        for view, cells in zip(self._views, rows, strict=True):
            table.add_row(*cells, key=view.folder.id)
        table.move_cursor(row=min(row, len(self._views) - 1))
        self.query_one("#verdict", Static).update(verdict(rivals, self._base))

    def _judgement(self, view: RunView) -> Judged | None:
        key = (view.folder.id, view.history.best_epoch or 0)
        if key not in self._judged:
            self._judged[key] = comparing.judged(view.folder, view.history)
        return self._judged[key]

    def _fill_settings(self) -> None:
        table = self.query_one("#settings", DataTable)
        table.clear(columns=True)
        configs = [view.history.config for view in self._views if view.history.config]
        if len(configs) < len(self._views):
            return
        rows = setting_rows(configs)
        _add_columns(table, ["setting", *map(str, range(1, len(configs) + 1))], rows)
        for cells in rows:
            table.add_row(*cells)

    def _show_view(self) -> None:
        """On a low terminal, show one of the two tables."""
        if self.has_class("-short"):
            settings = self.has_class("-settings")
            self.query_one("#figures").display = not settings
            self.query_one("#settings").display = settings

    def _drawn_metric(self) -> tuple[str, str]:
        """Return the chosen metric; of runs without val, the first that they have."""
        if not any(view.history.has_val for view in self._views):
            self._metric = max(self._metric, _FIRST_OF_TRAIN)
        return _METRICS[self._metric]

    def action_metric(self) -> None:
        """Draw the next metric."""
        self._metric = (self._metric + 1) % len(_METRICS)
        self.beat_soon()

    def action_axis(self) -> None:
        """Draw over epochs, steps, or time."""
        self._axis = (self._axis + 1) % len(AXES)
        self.beat_soon()

    def action_view(self) -> None:
        """Show the figures, or what differs in the settings."""
        self.toggle_class("-settings")
        self._show_view()
        self.query_one("#settings" if self.has_class("-settings") else "#figures").focus()

    def action_other_half(self) -> None:
        """Give the chart the keys, or the table."""
        plot = self.query_one("#curves", Plot)
        self.set_focus(self.query_one("#figures") if plot.has_focus else plot)

    def action_base(self) -> None:
        """Compare all others with the chosen run."""
        chosen = self._chosen()
        if chosen is not None:
            self._base = chosen.id
            self.beat_soon()

    def action_open(self) -> None:
        """Show the chosen run."""
        chosen = self._chosen()
        if chosen is not None:
            self.lab.open_run(chosen)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Show the run that was chosen by Enter or a click."""
        if event.data_table.id == "figures":
            self.action_open()

    def action_unmark(self) -> None:
        """Take the chosen run away."""
        chosen = self._chosen()
        if chosen is not None:
            self.lab.marked = [run for run in self.lab.marked if run != chosen.id]
            self.beat_soon()

    def _chosen(self) -> RunFolder | None:
        place = self.query_one("#figures", DataTable).cursor_row
        return self._views[place].folder if 0 <= place < len(self._views) else None


def _add_columns(
    table: DataTable[Text], headings: Sequence[str], rows: Sequence[Sequence[Text]]
) -> None:
    """Make columns as wide as what will stand in them; a hidden table measures nothing itself."""
    for place, heading in enumerate(headings):
        cells = [row[place].cell_len for row in rows if place < len(row)]
        table.add_column(heading, width=max(len(heading), *cells, 1), key=heading)
