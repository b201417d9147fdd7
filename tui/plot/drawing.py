"""A scene as lines of coloured text."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from tui.plot.canvas import Canvas, Rows, band_runs, line_runs, stretches
from tui.plot.curve import Array, Curve, Mark
from tui.plot.pens import Pen
from tui.plot.points import band_of, columns_of, edges_of, nearest
from tui.plot.scene import Prepared, Scene

MARKERS: dict[Pen, str] = {"braille": "", "plain": "•x+o*#%@", "ascii": "*ox+#%@&"}
_FAINT: dict[Pen, str] = {"braille": "", "plain": "·", "ascii": "."}
_FINE = "│", "┤", "└", "─", "┬", "●"  # axis, tick, corner, axis, tick, disc
_LINES: dict[Pen, tuple[str, ...]] = {"braille": _FINE, "plain": _FINE, "ascii": tuple("|++-+O")}
_BAND_FAINTNESS = 0.6  # how far its colour is on the way to the background
_AXIS_FAINTNESS = 0.35
Line = list[Segment]


@dataclass(frozen=True)
class Brush:
    """With what to draw: a pen, and colours on a background.

    The same style is always the same object, which makes rows of cells quick to compare.
    """

    pen: Pen
    foreground: Color
    background: Color

    def style(self, color: str) -> Style:
        """Return the style of a curve."""
        return _style(Color.parse(color), self.background, 0.0)

    def faint(self, color: str) -> Style:
        """Return the style of a curve's band."""
        return _style(Color.parse(color), self.background, _BAND_FAINTNESS)

    @property
    def text(self) -> Style:
        """The style of what belongs to no curve."""
        return _style(self.foreground, self.background, 0.0)

    @property
    def axis(self) -> Style:
        """The style of axes and their numbers."""
        return _style(self.foreground, self.background, _AXIS_FAINTNESS)

    def marker(self, index: int) -> str:
        """Return the character that draws a curve where there are no fine dots."""
        markers = MARKERS[self.pen] or "─"
        return markers[index % len(markers)]

    def sign(self, curve: Curve, index: int) -> str:
        """Return what stands beside a curve's name."""
        if self.pen != "braille":
            return self.marker(index)
        return {"line": "──", "dots": "••", "ghost": "╌╌"}[curve.style]


@lru_cache(maxsize=256)
def _style(color: Color, background: Color, faintness: float) -> Style:
    """Return the style of a colour that is so far on the way to the background."""
    return Style(color=color.blend(background, faintness).hex, bgcolor=background.hex)


def body_lines(scene: Scene, brush: Brush, cursor: float | None) -> list[Strip]:
    """Return the lines under the title: the cells with their y axis, and the x axis."""
    chars, owners = _cells(scene, brush)
    styles = _styles(scene, brush)
    _write_marks(scene, (chars, owners))
    if cursor is not None and scene.window[0] <= cursor <= scene.window[1]:
        _write_cursor(scene, (chars, owners), cursor, brush)
    rows = zip(_y_labels(scene, brush), chars.tolist(), owners, strict=True)
    strips = [_row(label, "".join(row), whose.tobytes(), styles) for label, row, whose in rows]
    width = scene.margin + scene.columns
    return strips + [Strip(line, width) for line in _x_lines(scene, brush)]


@lru_cache(maxsize=1024)
def _row(label: Segment, text: str, owners: bytes, styles: tuple[Style, ...]) -> Strip:
    """Return a row of cells; while a curve grows, most rows are those of the frame before."""
    parts = stretches(text, np.frombuffer(owners, np.int16))
    return Strip([label, *(Segment(part, styles[owner]) for part, owner in parts)])


def _styles(scene: Scene, brush: Brush) -> tuple[Style, ...]:
    """Return the style of each owner: curves and their faint forms, marks, cursor, nobody."""
    colors = [each.curve.color for each in scene.drawn]
    own = [style for color in colors for style in (brush.style(color), brush.faint(color))]
    marks = [brush.style(mark.color) for mark in scene.chart.marks]
    return (*own, *marks, brush.text, brush.text)


def _cells(scene: Scene, brush: Brush) -> tuple[NDArray[np.str_], NDArray[np.int16]]:
    canvas = Canvas(scene.columns, scene.rows, brush.pen)
    for number, mark in enumerate(scene.chart.marks):
        _draw_mark(canvas, scene, mark, 2 * len(scene.drawn) + number)
    for index, each in enumerate(scene.drawn):
        draw_curve(canvas, each, (scene.window, (scene.y_axis.low, scene.y_axis.high)), 2 * index)
    curves = [
        sign
        for index in range(len(scene.drawn))
        for sign in (brush.marker(index), _FAINT[brush.pen])
    ]
    return canvas.flattened([*curves, *[":"] * len(scene.chart.marks)])


def _draw_mark(canvas: Canvas, scene: Scene, mark: Mark, owner: int) -> None:
    if scene.window[0] <= mark.x <= scene.window[1]:
        rows = np.arange(0, canvas.height, 2 if canvas.fine else 1)
        column = np.full(len(rows), scene.place(mark.x, canvas.width))
        canvas.put(canvas.behind, owner, canvas.at(rows, column))


def draw_curve(
    canvas: Canvas,
    each: Prepared,
    axes: tuple[tuple[float, float], tuple[float, float]],
    owner: int,
) -> None:
    """Draw a curve in ink, with its band and, of what is smoothed, its raw form in faint.

    Args:
        canvas: where to.
        each: the curve, its values as they are on the y axis.
        axes: low and high of x and of y.
        owner: whose the ink is; what is faint belongs to the next.
    """
    (x_low, x_high), (y_low, y_high) = axes
    points, style = each.points, each.curve.style
    rows = Rows(y_low, y_high, canvas.height)
    edges = edges_of(x_low, x_high, canvas.width)
    if style == "dots":
        canvas.put(canvas.ink, owner, _dots(canvas, each, rows, edges))
        return
    if points.low is not points.y or points.high is not points.y:
        runs = band_runs(*band_of(points, edges), rows)
        canvas.put(canvas.faint, owner + 1, canvas.between(*runs))
    if each.average is not None and style == "line":
        runs = line_runs(columns_of(points.x, points.y, edges), rows)
        canvas.put(canvas.faint, owner + 1, canvas.between(*runs))
    runs = line_runs(columns_of(points.x, each.shown, edges), rows)
    canvas.put(canvas.ink, owner, canvas.between(*runs) | _alone(canvas, each, rows, edges))


def _dots(canvas: Canvas, each: Prepared, rows: Rows, edges: Array) -> NDArray[np.bool_]:
    return canvas.at(*_places(each.points.x, each.points.y, rows, edges))


def _alone(canvas: Canvas, each: Prepared, rows: Rows, edges: Array) -> NDArray[np.bool_]:
    """Return four dots for each point without a line to another: one alone is easily missed."""
    known = np.isfinite(each.shown)
    joined = known[1:] & known[:-1]
    known[1:] &= ~joined
    known[:-1] &= ~joined
    row, column = _places(each.points.x[known], each.shown[known], rows, edges)
    if not canvas.fine:
        return canvas.at(row, column)
    both = canvas.at(row, column) | canvas.at(row ^ 1, column)  # in one cell
    return both | canvas.at(row, column ^ 1) | canvas.at(row ^ 1, column ^ 1)


def _places(
    x: Array, y: Array, rows: Rows, edges: Array
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of the points within the edges."""
    inside = np.isfinite(y) & (x >= edges[0]) & (x < edges[-1])
    columns = np.searchsorted(edges, x[inside], side="right") - 1
    return rows.of(y[inside]).astype(np.int64), columns


Cells = tuple[NDArray[np.str_], NDArray[np.int16]]


def _write_marks(scene: Scene, cells: Cells) -> None:
    """Write what marks mean beside their top, where nothing is drawn."""
    chars, owners = cells
    for number, mark in enumerate(scene.chart.marks):
        if not scene.window[0] <= mark.x <= scene.window[1]:
            continue
        size = len(mark.text)
        after, before = scene.column_of(mark.x) + 2, scene.column_of(mark.x) - size - 1
        for start in (after, before):
            free = (
                0 <= start <= scene.columns - size and (owners[0, start : start + size] < 0).all()
            )
            if free:
                chars[0, start : start + size] = list(mark.text)
                owners[0, start : start + size] = 2 * len(scene.drawn) + number
                break


def _write_cursor(scene: Scene, cells: Cells, cursor: float, brush: Brush) -> None:
    """Draw the crosshair where nothing else is, and a disc on each point that is read."""
    chars, owners = cells
    column, (line, *_, disc) = scene.column_of(cursor), _LINES[brush.pen]
    free = owners[:, column] < 0
    chars[free, column] = line
    owners[free, column] = 2 * len(scene.drawn) + len(scene.chart.marks)
    for index, each in enumerate(scene.drawn):
        found = nearest(each.points.x, each.shown, cursor)
        if found is not None and scene.window[0] <= each.points.x[found] <= scene.window[1]:
            place = scene.row_of(each.shown[found]), scene.column_of(each.points.x[found])
            chars[place], owners[place] = disc, 2 * index


def _y_labels(scene: Scene, brush: Brush) -> list[Segment]:
    """Return the margin of each row: a tick's number, and the axis."""
    line, tick, *_ = _LINES[brush.pen]
    texts = [" " * (scene.margin - 1) + line] * scene.rows
    for value, text in zip(scene.y_axis.ticks, scene.y_axis.texts, strict=True):
        texts[scene.row_of(value)] = text.rjust(scene.margin - 1) + tick
    style = brush.axis
    return [Segment(text, style) for text in texts]


def _x_lines(scene: Scene, brush: Brush) -> list[Line]:
    """Return the x axis, if there is room, and the numbers under it."""
    _, _, corner, line, tick, _ = _LINES[brush.pen]
    axis = [" "] * (scene.margin - 1) + [corner] + [line] * scene.columns
    numbers = list(scene.chart.x_label.ljust(scene.margin + scene.columns))
    taken = len(scene.chart.x_label)
    for value, text in zip(scene.x_axis.ticks, scene.x_axis.texts, strict=True):
        place = scene.margin + scene.column_of(value)
        axis[place] = tick
        middle = min(place - len(text) // 2, len(numbers) - len(text))
        start = max(middle, taken + 1)
        if start - middle <= len(text) // 2 and start + len(text) <= len(numbers):
            numbers[start : start + len(text)] = text
            taken = start + len(text)
    lines = [numbers, axis] if scene.has_line else [numbers]
    return [[Segment("".join(each), brush.axis)] for each in reversed(lines)]


def nothing_yet(width: int, height: int, brush: Brush) -> list[Line]:
    """Return what stands where there is nothing to draw."""
    texts = [""] * height
    texts[height // 2] = "nothing yet"
    return [[Segment(text.center(width)[:width], brush.axis)] for text in texts]
