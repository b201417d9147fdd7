"""From all points of a curve to the few that a chart has room for, without losing an extreme."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from tui.plot.curve import Array, Curve

_HUGE = 1e100  # an axis of larger numbers would overflow


@dataclass(frozen=True, eq=False)
class Points:
    """A curve's points as arrays; x is finite and rises, y is NaN at gaps.

    `low` and `high` are the extremes that each point stands for, y itself if there are none.
    """

    x: Array
    y: Array
    low: Array
    high: Array


class Columns(NamedTuple):
    """What a curve does in each of n columns; NaN where there is nothing.

    `lowest` and `highest` are over the points in a column, `left` and `right` where the lines
    between points cross its sides.
    """

    left: Array  # (n,)
    right: Array  # (n,)
    lowest: Array  # (n,)
    highest: Array  # (n,)


def points_of(curve: Curve) -> Points:
    """Return the curve's points; those without a place on the x axis are left out."""
    x, y = _floats(curve.x), _clean(curve.y)
    assert len(x) == len(y), f"{curve.name} has {len(x)} x and {len(y)} y"
    low = y if curve.low is None else _clean(curve.low)
    high = y if curve.high is None else _clean(curve.high)
    known = np.isfinite(x)
    if not known.all():
        x, y, low, high = x[known], y[known], low[known], high[known]
    return Points(x, y, low, high)


def _floats(values: ArrayLike) -> Array:
    return np.ascontiguousarray(values, dtype=np.float64)


def _clean(values: ArrayLike) -> Array:
    y = _floats(values)
    with np.errstate(invalid="ignore"):
        usable = np.abs(y) < _HUGE
    return y if usable.all() else np.where(usable, y, np.nan)


def edges_of(low: float, high: float, columns: int) -> Array:
    """Return the sides of equal columns, (columns + 1,); the last column takes in its right one."""
    edges = np.linspace(low, high, columns + 1)
    edges[-1] = np.nextafter(high, np.inf)
    return edges


def extremes(x: Array, low: Array, high: Array, edges: Array) -> tuple[Array, Array]:
    """Return the lowest `low` and the highest `high` between each two edges, NaN if none is."""
    starts = np.searchsorted(x, edges)
    filled = np.flatnonzero(starts[:-1] < starts[1:])
    lowest, highest = np.full((2, len(edges) - 1), np.nan)
    if len(filled):
        lowest[filled] = np.fmin.reduceat(low[: starts[-1]], starts[filled])
        highest[filled] = np.fmax.reduceat(high[: starts[-1]], starts[filled])
    return lowest, highest


def crossings(x: Array, y: Array, edges: Array) -> Array:
    """Return where the lines between points cross the edges; NaN in gaps and beyond the ends."""
    if not len(x):
        return np.full(len(edges), np.nan)
    right = np.searchsorted(x, edges, side="right")
    left = right - 1
    at_point = (left >= 0) & (x[left] == edges)
    between = (left >= 0) & (right < len(x))
    left, right = np.maximum(left, 0), np.minimum(right, len(x) - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (edges - x[left]) / (x[right] - x[left])
        crossed = y[left] + share * (y[right] - y[left])
    return np.where(at_point, y[left], np.where(between, crossed, np.nan))


def _sides(edges: Array) -> Array:
    """Return the edges with the last where the axis ends, not behind it."""
    return np.append(edges[:-1], np.nextafter(edges[-1], -np.inf))


def columns_of(x: Array, y: Array, edges: Array) -> Columns:
    """Return what a line does between the edges."""
    crossed = crossings(x, y, _sides(edges))
    return Columns(crossed[:-1], crossed[1:], *extremes(x, y, y, edges))


def band_of(points: Points, edges: Array) -> tuple[Array, Array]:
    """Return the lowest low and highest high in each column, between points too."""
    lowest, highest = extremes(points.x, points.low, points.high, edges)
    below, above = (crossings(points.x, y, _sides(edges)) for y in (points.low, points.high))
    sides = np.fmin(below[:-1], below[1:]), np.fmax(above[:-1], above[1:])
    return np.fmin(lowest, sides[0]), np.fmax(highest, sides[1])


def nearest(x: Array, y: Array, at: float) -> int | None:
    """Return the index of the known point nearest to a place, or None beyond the ends."""
    known = np.flatnonzero(np.isfinite(y))
    if not len(known) or not x[known[0]] <= at <= x[known[-1]]:
        return None
    found = int(np.searchsorted(x[known], at))
    before, after = known[max(found - 1, 0)], known[min(found, len(known) - 1)]
    return int(before if at - x[before] <= x[after] - at else after)
