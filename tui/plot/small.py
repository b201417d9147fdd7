"""Charts of a few cells without axes, for small multiples."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from tui.plot.curve import Curve
from tui.plot.pens import Pen


class Bounds(NamedTuple):
    """What a chart without axes shows: small multiples are comparable where they share it."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float


def small_chart(
    curves: Sequence[Curve],
    shape: tuple[int, int],
    bounds: Bounds,
    threshold: tuple[float, str] | None = None,
    pen: Pen = "braille",
) -> list[Text]:
    """Return curves as lines of text, without axes; later curves lie over earlier ones.

    Args:
        curves: what to draw; nothing and all NaN give blank lines.
        shape: columns and lines.
        bounds: the axes; what lies beyond is drawn at the edge in y, and left out in x.
        threshold: a horizontal line (y and colour) behind the curves.
        pen: `pen_of(app)`.
    """
    return [Text(" " * shape[0], no_wrap=True) for _ in range(shape[1])]
