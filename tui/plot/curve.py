"""What a chart is made of: curves and marks on one x axis."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Style = Literal["line", "dots", "ghost"]


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve: y over x, which rises; points that are not finite are gaps.

    `low` and `high` are the extremes that each point stands for; they are drawn as a faint band.
    A ghost is a line with another sign in the legend and, when smoothed, without its raw form
    behind it. The colour is `#56b4e9` or the like.
    """

    name: str
    x: ArrayLike
    y: ArrayLike
    color: str
    style: Style = "line"
    low: ArrayLike | None = None
    high: ArrayLike | None = None

    def equals(self, other: "Curve") -> bool:
        """Tell whether another curve looks the same."""
        (mine, arrays), (its, others) = (
            ((each.name, each.color, each.style), (each.x, each.y, each.low, each.high))
            for each in (self, other)
        )
        return mine == its and all(map(_same, arrays, others))


def _same(one: ArrayLike | None, other: ArrayLike | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(np.asarray(one, float), np.asarray(other, float), equal_nan=True)


@dataclass(frozen=True)
class Mark:
    """A vertical line at x, with a few words beside it where there is room."""

    x: float
    text: str
    color: str


@dataclass(frozen=True, eq=False)
class Chart:
    """Curves that share axes; the options are those of `Plot.draw`."""

    title: str
    curves: Sequence[Curve]
    x_label: str = "epoch"
    x_text: Callable[[float], str] | None = None
    x_steps: Sequence[float] = ()
    x_bounds: tuple[float, float] | None = None
    y_text: Callable[[float, int], str] | None = None
    y_bounds: tuple[float, float] = (-math.inf, math.inf)
    log_y: bool = False
    marks: Sequence[Mark] = ()

    def equals(self, other: "Chart") -> bool:
        """Tell whether another chart looks the same."""
        return (
            replace(self, curves=()).__dict__ == replace(other, curves=()).__dict__
            and len(self.curves) == len(other.curves)
            and all(map(Curve.equals, self.curves, other.curves))
        )
