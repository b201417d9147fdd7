"""The plots of a report as points, and as a chart of characters."""

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from tui.charts import BLUE, GREEN, ORANGE, Array, Chart, Series, line_chart
from tui.report.page import Curve, Plot

COLORS = (BLUE, ORANGE, GREEN, 170, 220, 37, 203)
_GREY, _DOT, _GAP = 245, "•", 2


def chart_of(plot: Plot) -> Chart:
    """Return the plot for a screen; its x axis is its title."""
    colors = iter(COLORS * len(plot.curves))
    series = [
        Series(curve.name, *_apart(curve), _GREY, _DOT)
        if curve.kind == "dots"
        else Series(curve.name, *outline(curve), next(colors))
        for curve in plot.curves
    ]
    return Chart("", series, plot.y_text, (plot.floor, 1.0), x_label=plot.x_label)


def plot_lines(plots: Sequence[Plot], width: int, height: int, color: bool) -> list[Text]:
    """Return plots side by side as `height` lines of at most `width` columns."""
    each = (width + _GAP) // len(plots) - _GAP
    drawn = [line_chart(chart_of(plot), each, height, color).split("\n") for plot in plots]
    lines = []
    for row in zip(*drawn, strict=True):
        parts = [Text.from_ansi(part, no_wrap=True) for part in row]
        for part in parts:
            part.truncate(each, pad=True)
        line = Text(" " * _GAP).join(parts)
        line.rstrip()
        lines.append(line)
    return lines


def outline(curve: Curve) -> tuple[Array, Array]:
    """Return the points to join; steps go sideways first, then up."""
    x, y = np.asarray(curve.x, float), np.asarray(curve.y, float)
    if curve.kind != "steps" or len(x) < 2:
        return x, y
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def _apart(curve: Curve) -> tuple[Array, Array]:
    """Return points with a gap after each, so that nothing joins them."""
    x, y = np.asarray(curve.x, float), np.asarray(curve.y, float)
    return np.repeat(x, 2), np.stack([y, np.full_like(y, np.nan)], axis=1).ravel()
