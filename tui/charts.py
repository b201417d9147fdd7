"""Curves as text, drawn by plotext from finite numbers only, in a few milliseconds a chart."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tui.ticks import Axis, linear_axis, log_axis, multiples, nice_step, with_margin

Array = NDArray[np.float64]
_Points = tuple[Array, Array]

BLUE, ORANGE, GREEN = 39, 208, 71  # told apart by the colour-blind, on dark and on light
_MARK = 245
_PLAIN_MARKERS = "·x+o*#%@"  # without colour, the shape of the dots tells curves apart
_HUGE = 1e100  # an axis of larger numbers would overflow
_MOST_TICKS = 8  # at the y axis
_SMALLEST = 20, 6  # below this many columns and rows, only a title is drawn


@dataclass(frozen=True)
class Series:
    """One curve: y over x, which rises; points that are not finite are gaps.

    A `marker` is the character that draws it, instead of the usual fine dots.
    """

    name: str
    x: ArrayLike
    y: ArrayLike
    color: int = BLUE
    marker: str = ""


@dataclass(frozen=True)
class Chart:
    """Curves that share axes, and `marks` at places on the x axis.

    `y_text(value, digits)` writes a number at a linear y axis. The y axis never leaves `y_bounds`,
    and points beyond them are drawn at its end.
    """

    title: str
    series: Sequence[Series]
    y_text: Callable[[float, int], str] = "{:.{}f}".format
    y_bounds: tuple[float, float] = (-math.inf, math.inf)
    x_label: str = "epoch"
    log_y: bool = False
    marks: Sequence[float] = ()


def spans_decades(*values: ArrayLike, decades: float = 1.5) -> bool:
    """Tell whether the positive values are so far apart that only a log axis shows them all."""
    y = np.concatenate([np.asarray(value, float).ravel() for value in values])
    y = y[np.isfinite(y)]
    return bool(len(y) and y.min() > 0 and math.log10(y.max() / y.min()) > decades)


def line_chart(chart: Chart, width: int, height: int, color: bool) -> str:
    """Return the chart as `height` lines of at most `width` columns, with a title and a legend.

    Args:
        chart: what to draw; nothing, a single point or all NaN is drawn as far as it can be.
        width: columns, those of the y axis among them.
        height: lines, those of title and x axis among them.
        color: write ANSI colours; otherwise curves differ by their dots.
    """
    curves = [_finite(series, chart) for series in chart.series]
    lines = [_title(chart, width, color)]
    if width < _SMALLEST[0] or height < _SMALLEST[1]:
        return "\n".join(lines[:height])
    if not any(len(x) for x, _ in curves):
        return "\n".join(lines + _nothing_yet(width, height - 1))
    return "\n".join(lines + _plot(chart, curves, (width, height - 1), color))


def _title(chart: Chart, width: int, color: bool) -> str:
    """Return title and legend; names of curves that do not fit are left out."""
    title, room = chart.title + (" (log)" if chart.log_y else ""), width
    text, room = title[:room], room - len(title)
    for series, marker in zip(chart.series, _PLAIN_MARKERS, strict=False):
        sign = series.marker or ("──" if color else marker)
        entry = f"{sign} {series.name}"
        room -= len(entry) + 2
        if room >= 0:
            text += "  " + (f"\x1b[38;5;{series.color}m{entry}\x1b[0m" if color else entry)
    return text


def _nothing_yet(width: int, height: int) -> list[str]:
    middle = height // 2
    return ["nothing yet".center(width).rstrip() if row == middle else "" for row in range(height)]


def _finite(series: Series, chart: Chart) -> _Points:
    """Return the points as arrays; y is NaN at gaps, and a logarithm on a log axis."""
    x, y = np.asarray(series.x, float), np.asarray(series.y, float)
    assert len(x) == len(y), f"{series.name} has {len(x)} x and {len(y)} y"
    known = np.isfinite(x)
    x, y = x[known], y[known]
    y = np.clip(np.where(np.abs(y) < _HUGE, y, np.nan), *chart.y_bounds)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.log10(y) if chart.log_y else y
    y = np.where(np.isfinite(y), y, np.nan)
    return (x, y) if np.isfinite(y).any() else (x[:0], y[:0])


def _plot(chart: Chart, curves: list[_Points], shape: tuple[int, int], color: bool) -> list[str]:
    plt, (width, height) = _plotext(), shape
    x_axis = _x_axis(np.concatenate([x for x, _ in curves]), width // 6)
    y = np.concatenate([y for _, y in curves])
    num_ticks = min(height // 2, _MOST_TICKS)
    y_axis = log_axis(*_range(y), num_ticks) if chart.log_y else _y_axis(chart, y, num_ticks)
    plt.clear_figure()
    plt.limit_size(False, False)  # else the size of the real terminal is the limit
    plt.theme("clear")
    plt.plotsize(width, height)
    plt.xaxes(True, False)
    plt.yaxes(True, False)
    plt.xlim(x_axis.low, x_axis.high)
    plt.ylim(y_axis.low, y_axis.high)
    plt.xticks(x_axis.ticks, x_axis.texts)
    plt.yticks(y_axis.ticks, [text.rjust(len(chart.x_label)) for text in y_axis.texts])
    for mark in chart.marks:
        plt.vertical_line(mark, color=_MARK)
    for series, points, plain in zip(chart.series, curves, _PLAIN_MARKERS, strict=False):
        for part_x, part_y in _segments(*_reduced(*points, x_axis, width)):
            marker = series.marker or ("braille" if color else plain)
            plt.plot(part_x.tolist(), part_y.tolist(), marker=marker, color=series.color)
    text: str = plt.build() if color else plt.uncolorize(plt.build())
    *lines, last = [line.rstrip() for line in text.split("\n")[:height]]
    return [*lines, chart.x_label + last.removeprefix(" " * len(chart.x_label))]


@cache
def _plotext() -> ModuleType:
    import plotext  # a fifth of a second, so only where something is drawn

    return plotext  # type: ignore[no-any-return]


def _x_axis(x: Array, most_ticks: int) -> Axis:
    low, high = float(x.min()), float(x.max())
    if low == high:
        low, high = low - 1, high + 1
    low = 0.0 if 0 < low <= 1 else low  # epochs count from 1, and begin at 0
    ticks = multiples(low, high, max(1.0, nice_step(high - low, most_ticks)))
    return Axis(low, high, ticks, tuple(f"{tick:.0f}" for tick in ticks))


def _y_axis(chart: Chart, y: Array, most_ticks: int) -> Axis:
    low, high = _range(y)
    low, high = max(low, chart.y_bounds[0]), min(high, chart.y_bounds[1])
    return linear_axis(low, high, most_ticks, chart.y_text)


def _range(y: Array) -> tuple[float, float]:
    return with_margin(float(np.nanmin(y)), float(np.nanmax(y)))


def _reduced(x: Array, y: Array, axis: Axis, columns: int) -> _Points:
    """Return the lowest and the highest point of each column, so that spikes survive.

    A gap stays one if a whole column is missing.
    """
    if len(x) <= 2 * columns:
        return x, y
    column = np.floor((x - axis.low) / (axis.high - axis.low) * (columns - 1))
    starts = np.flatnonzero(np.diff(column, prepend=-1.0) > 0)
    lowest, highest = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    return np.repeat(x[starts], 2), np.stack([lowest, highest], axis=1).ravel()


def _segments(x: Array, y: Array) -> Iterator[_Points]:
    """Yield the stretches between gaps."""
    gaps = np.flatnonzero(~np.isfinite(y))
    for part_x, part_y in zip(np.split(x, gaps), np.split(y, gaps), strict=True):
        finite = np.isfinite(part_y)
        if finite.any():
            yield part_x[finite], part_y[finite]
