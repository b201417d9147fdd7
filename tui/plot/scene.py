"""What is seen of a chart: the part within the window, its axes, and where things stand."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from tui.plot.curve import Array, Chart, Curve
from tui.plot.lens import Span
from tui.plot.points import Points, crossings, points_of
from tui.plot.smoothing import smoothed
from tui.ticks import (
    Axis,
    digits_of,
    linear_axis,
    log_axis,
    nice_step,
    number_text,
    step_of,
    stepped_axis,
    with_margin,
)

_LENGTHS = 30  # of what a moving average looks back on, in a curve worth smoothing; else it lags
_TALL = 10  # rows from which the x axis has a line of its own
_SMALLEST = 20, 5  # below this many columns and rows there is only a title
_MOST_TICKS = 8  # at the y axis
_GRID = 24  # places that an end of the y axis can have, over its length


@dataclass(frozen=True, eq=False)
class Prepared:
    """A curve as arrays, and its moving average where that is asked for."""

    curve: Curve
    points: Points
    average: Array | None = None

    @property
    def shown(self) -> Array:
        """The values of the line that stands out."""
        return self.points.y if self.average is None else self.average

    def within(self, window: Span) -> "Prepared":
        """Return the part in the window, with one point more on either side."""
        start = max(int(np.searchsorted(self.points.x, window[0])) - 1, 0)
        part = slice(start, int(np.searchsorted(self.points.x, window[1], side="right")) + 1)
        return self._each(lambda values: values[part], lambda values: values[part])

    def scaled(self, change: Callable[[Array], Array]) -> "Prepared":
        """Return the curve with changed values."""
        return self._each(lambda x: x, change)

    def _each(self, of_x: Callable[[Array], Array], of_y: Callable[[Array], Array]) -> "Prepared":
        points = self.points
        y = of_y(points.y)
        low = y if points.low is points.y else of_y(points.low)
        high = y if points.high is points.y else of_y(points.high)
        average = None if self.average is None else of_y(self.average)
        return Prepared(self.curve, Points(of_x(points.x), y, low, high), average)


def prepare(curves: Sequence[Curve], weight: float) -> list[Prepared]:
    """Return the curves as arrays; long lines with their moving average if the weight is not 0."""
    return [_prepared(curve, points_of(curve), weight) for curve in curves]


def _prepared(curve: Curve, points: Points, weight: float) -> Prepared:
    too_short = len(points.x) < round(_LENGTHS / (1 - weight))
    if not weight or curve.style == "dots" or too_short:
        return Prepared(curve, points)
    return Prepared(curve, points, smoothed(points.y, weight))


def whole_of(chart: Chart, curves: Sequence[Prepared]) -> Span:
    """Return the whole x axis; epochs and steps count from 1, and begin at 0."""
    ends = [end for each in curves if len(each.points.x) for end in each.points.x[[0, -1]]]
    low, high = chart.x_bounds or (min(ends, default=0.0), max(ends, default=1.0))
    low = 0.0 if 0 < low <= 1 else float(low)
    return (low, float(high)) if low < high else (low - 1.0, low + 1.0)


@dataclass(frozen=True, eq=False)
class Scene:
    """What is seen of a chart in `columns` by `rows` cells, right of a margin for the y axis."""

    chart: Chart
    window: Span
    seen: list[Prepared]  # values as they are
    drawn: list[Prepared]  # values on the y axis: logarithms where it is logarithmic
    y_axis: Axis
    x_axis: Axis
    is_log: bool
    margin: int
    columns: int
    rows: int
    has_line: bool  # under the cells, with the ticks of the x axis

    def column_of(self, x: float) -> int:
        """Return the column of a place within the window."""
        return self.place(x, self.columns)

    def place(self, x: float, count: int) -> int:
        """Return in which of so many columns a place within the window is."""
        low, high = self.window
        return min(max(int((x - low) / (high - low) * count), 0), count - 1)

    def row_of(self, value: float) -> int:
        """Return the row of a value on the y axis."""
        share = (self.y_axis.high - value) / (self.y_axis.high - self.y_axis.low)
        return min(max(int(share * self.rows), 0), self.rows - 1)

    def x_at(self, column: float) -> float:
        """Return the place of a column."""
        low, high = self.window
        return low + (column / self.columns) * (high - low)

    def x_text(self, x: float) -> str:
        """Write a place on the x axis as finely as columns tell it."""
        low, high = self.window
        digits = min(digits_of(nice_step(high - low, self.columns)), 3)
        return self.chart.x_text(x) if self.chart.x_text else number_text(x, digits)

    def y_text(self, value: float) -> str:
        """Write a value more finely than the axis does."""
        text = self.chart.y_text or number_text
        if self.is_log:
            return text(value, digits_of(value) + 3 if value > 0 else 1)
        span = self.y_axis.high - self.y_axis.low
        return text(value, max(min(digits_of(span / 1000), 4), digits_of(span / 50)))


def scene_of(
    chart: Chart, curves: Sequence[Prepared], window: Span, size: tuple[int, int]
) -> Scene | None:
    """Return what is seen in so many columns and lines; None if there is nothing or no room."""
    width, height = size
    if width < _SMALLEST[0] or height < _SMALLEST[1]:
        return None
    rows = height - (3 if height >= _TALL else 2)
    seen = [each.within(window) for each in curves]
    change = _log_change(seen, chart) if chart.log_y else None
    drawn = [each.scaled(change or partial(_clipped, bounds=chart.y_bounds)) for each in seen]
    y_axis = _y_axis(chart, drawn, window, (change is not None, rows))
    if y_axis is None:
        return None
    margin = max(len(text) for text in (*y_axis.texts, chart.x_label)) + 1
    columns = width - margin
    return Scene(chart, window, seen, drawn, y_axis, _x_axis(chart, window, columns),
                 change is not None, margin, columns, rows, height >= _TALL)  # fmt: skip


def _clipped(values: Array, bounds: tuple[float, float]) -> Array:
    return values if bounds == (-math.inf, math.inf) else np.clip(values, *bounds)


def _log_change(seen: Sequence[Prepared], chart: Chart) -> Callable[[Array], Array] | None:
    """Return the way to logarithms, or None if nothing is above 0.

    What is not above 0 lies with the smallest that is, at the end of the axis.
    """
    lows = np.concatenate([each.points.low for each in seen] or [np.empty(0)])
    lows = lows[lows > 0]
    highs = [_most(np.nanmax, each.points.high) for each in seen]
    if not len(lows) and not max(highs, default=0.0) > 0:
        return None
    smallest = float(lows.min()) if len(lows) else max(highs) / 10
    bounds = max(chart.y_bounds[0], smallest), chart.y_bounds[1]
    return lambda values: np.log10(np.clip(values, *bounds))


def _most(extreme: Callable[[Array], float], values: Array) -> float:
    return float(extreme(values)) if np.isfinite(values).any() else math.nan


def _y_axis(
    chart: Chart, drawn: Sequence[Prepared], window: Span, shape: tuple[bool, int]
) -> Axis | None:
    is_log, rows = shape
    values = np.array([value for each in drawn for value in _range(each, window)])
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = outward(*with_margin(float(values.min()), float(values.max())))
    most = min(max(rows // 2, 2), _MOST_TICKS)
    if is_log:
        return log_axis(low, high, most, chart.y_text)
    low, high = max(low, chart.y_bounds[0]), min(high, chart.y_bounds[1])
    return linear_axis(low, high, most, chart.y_text or number_text)


def outward(low: float, high: float) -> tuple[float, float]:
    """Return the range a little wider, at round places: so an axis stays while a curve grows."""
    grid = nice_step(high - low, _GRID)
    return math.floor(low / grid) * grid, math.ceil(high / grid) * grid


def _range(each: Prepared, window: Span) -> Iterator[float]:
    """Yield the extremes of what a curve shows in the window, the ends of its line among them."""
    points = each.points
    start = int(np.searchsorted(points.x, window[0]))
    inside = slice(start, int(np.searchsorted(points.x, window[1], side="right")))
    yield _most(np.nanmin, points.low[inside])
    yield _most(np.nanmax, points.high[inside])
    yield from crossings(points.x, points.y, np.array(window))


def _x_axis(chart: Chart, window: Span, columns: int) -> Axis:
    """Return the x axis with as many ticks as there is room for their texts."""
    low, high = window
    span = high - low
    text = (lambda value, _: chart.x_text(value)) if chart.x_text else number_text
    for room in (8, 10, 12, 16, 24):
        most = max(columns // room, 1)
        step = step_of(chart.x_steps, span, most)
        step = max(step, 1.0) if span >= 2 else step  # no half epochs before one looks closely
        axis = stepped_axis(low, high, step, text)
        if max(map(len, axis.texts), default=0) + 2 <= columns * step / span:
            break
    return axis
