"""Charts of a few cells without axes, for small multiples."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from tui.plot.canvas import Canvas, Rows, stretches
from tui.plot.curve import Curve
from tui.plot.drawing import MARKERS, draw_curve
from tui.plot.pens import Pen
from tui.plot.scene import prepare


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
        curves: what to draw; nothing and all NaN give blank lines. Bands are in the curve's colour.
        shape: columns and lines.
        bounds: the axes; what lies beyond is drawn at the edge in y, and left out in x.
        threshold: a horizontal line (y and colour) behind the curves.
        pen: `pen_of(app)`.
    """
    canvas, axes = Canvas(*shape, pen), (bounds[:2], bounds[2:])
    for index, each in enumerate(prepare(curves, 0.0)):
        draw_curve(canvas, each.within(bounds[:2]), axes, 2 * index)
    colors = [curve.color for curve in curves for _ in ("ink", "faint")]
    if threshold is not None:
        _draw_threshold(canvas, Rows(*bounds[2:], canvas.height), threshold[0], len(colors))
        colors.append(threshold[1])
    signs = MARKERS[pen] or " "
    markers = [signs[index // 2 % len(signs)] for index in range(2 * len(curves))]
    chars, owners = canvas.flattened([*markers, "-"] if threshold else markers)
    return [_text(row, whose, [*colors, ""]) for row, whose in zip(chars, owners, strict=True)]


def _draw_threshold(canvas: Canvas, rows: Rows, y: float, owner: int) -> None:
    columns = np.arange(0, canvas.width, 2 if canvas.fine else 1)
    row = rows.of(np.full(len(columns), y)).astype(np.int64)
    canvas.put(canvas.behind, owner, canvas.at(row, columns))


def _text(chars: NDArray[np.str_], owners: NDArray[np.int16], colors: list[str]) -> Text:
    parts = [(text, colors[owner]) for text, owner in stretches("".join(chars.tolist()), owners)]
    return Text.assemble(*parts, no_wrap=True)
