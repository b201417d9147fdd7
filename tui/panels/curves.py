"""The Curves tab: loss, accuracy and learning rate of a run, on one x axis."""

import time
from collections.abc import Hashable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from engine.runs import RunFolder
from tui.panels.course import AXES, By
from tui.panels.panel import Panel
from tui.panels.run_charts import Course, charts_of
from tui.plot import Lens, Plot
from tui.sources import RunView

_SECONDS = 0.45  # between two drawings of a run that trains
_NAMES = ("loss", "accuracy", "rate")
_WIDE, _TALL = 150, 28  # columns or rows from which all three have room


class CurvesPanel(Panel):
    """Draws the charts side by side as far as there is room; the key `w` brings up the others.

    They share x axis, zoom and crosshair. By time, pauses and interruptions are left out.
    """

    DEFAULT_CSS = """
    CurvesPanel { layout: grid; grid-size: 2; grid-gutter: 0 2; padding: 0 1; }
    CurvesPanel.-row { grid-size: 3; }
    CurvesPanel.-over { grid-size: 2 2; grid-rows: 2fr 1fr; grid-gutter: 1 2; }
    CurvesPanel.-over #rate { column-span: 2; }
    CurvesPanel.-beside { grid-size: 2 2; grid-columns: 3fr 2fr; grid-gutter: 1 2; }
    CurvesPanel.-beside #loss { row-span: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "axis", "X axis", id="curves.axis"),
        Binding("w", "others", "Charts", id="curves.others"),
    ]

    by: By = "epoch"
    _latest: object = None
    _due = 0.0
    _first = 0  # which chart stands first, where there is not room for all
    _folder: RunFolder | None = None

    def compose(self) -> ComposeResult:
        """Make the charts."""
        for name in _NAMES:
            yield Plot(id=name, smooth=0.9 if name == "loss" else 0.0)

    def facts(self, view: RunView) -> Hashable:
        """Return what the drawing depends on."""
        ghost = view.ghost and (id(view.ghost), len(view.ghost.epochs))
        return super().facts(view), ghost, len(view.history.interventions), self.by

    def show(self, view: RunView) -> None:
        """Show the run; while it trains, twice a second is as good as more and costs half."""
        latest = (view.folder, view.row.state, self.size, view.reading)
        if latest == self._latest and time.monotonic() < self._due:
            self.view = view
            return
        self._latest, self._due = latest, time.monotonic() + _SECONDS
        super().show(view)

    def show_again(self) -> None:
        """Draw once more, and at once."""
        self._due = 0.0
        super().show_again()

    def redraw(self, view: RunView) -> None:
        """Draw the charts; another run is looked at as a whole."""
        course = Course(view.history, view.ghost, self.by, self.palette)
        for name, chart in charts_of(course).items():
            self.query_one(f"#{name}", Plot).draw_chart(chart)
        if view.folder != self._folder:
            self._folder = view.folder
            self._look(Lens())

    def on_resize(self) -> None:
        """Arrange the charts anew."""
        self._arrange()
        super().on_resize()

    def on_plot_moved(self, message: Plot.Moved) -> None:
        """Look at the same part of the x axis in all charts."""
        message.stop()
        self._look(message.plot.lens)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer the other charts only where they are not seen."""
        return action != "others" or self._room < len(_NAMES)

    def action_axis(self) -> None:
        """Go on to the next x axis: epoch, step, time."""
        self.by = AXES[(AXES.index(self.by) + 1) % len(AXES)]
        self._look(Lens())
        self.show_again()

    def action_others(self) -> None:
        """Show the charts that are not seen."""
        self._first = (self._first + 1) % len(_NAMES)
        self._arrange()

    def _look(self, lens: Lens) -> None:
        for plot in self.query(Plot):
            plot.look(lens)

    @property
    def _room(self) -> int:
        """How many charts have room."""
        width, height = self.size
        return 3 if width >= _WIDE or height >= _TALL else 2

    def _arrange(self) -> None:
        """Show as many charts as have room, the first one where it was left."""
        width, height = self.size
        shown = [_NAMES[(self._first + place) % len(_NAMES)] for place in range(self._room)]
        for name in _NAMES:
            self.query_one(f"#{name}").display = name in shown
        self.set_class(width >= _WIDE and height < _TALL, "-row")
        self.set_class(width >= _WIDE and height >= _TALL, "-beside")
        self.set_class(self._room == 3 and width < _WIDE, "-over")
        self.refresh_bindings()
        focused = self.screen.focused
        if isinstance(focused, Plot) and not focused.display:
            self.query_one(f"#{shown[0]}").focus()
