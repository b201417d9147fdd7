"""The first line of a chart: its title and legend, or what the crosshair reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.segment import Segment
from rich.style import Style

from tui.plot.curve import Array, Curve
from tui.plot.drawing import Brush, Line
from tui.plot.points import extremes, nearest
from tui.plot.scene import Prepared, Scene

_GAP = "  "


@dataclass(frozen=True)
class Title:
    """What stands first and in which style, and how the chart is drawn: `log`, `ema 0.9`."""

    text: str
    style: Style
    how: str = ""

    def line(self, brush: Brush) -> Line:
        """Return both."""
        how = f" {self.how}" if self.how else ""
        return [Segment(self.text, self.style), Segment(how, brush.axis)]


@dataclass(frozen=True)
class Reading:
    """What the crosshair reads of a curve: the nearest point, and the extremes of its column."""

    curve: Curve
    index: int
    value: float
    low: float
    high: float


def readings(scene: Scene, cursor: float) -> Iterator[Reading]:
    """Yield what each curve has at a place; nothing for those that are not there."""
    column = scene.column_of(cursor)
    sides = [scene.x_at(column), scene.x_at(column + 1)]
    for index, each in enumerate(scene.seen):
        found = nearest(each.points.x, each.shown, cursor)
        if found is not None:
            value = float(each.shown[found])
            low, high = _extremes(each, sides, found)
            yield Reading(each.curve, index, value, low, high)


def _extremes(each: Prepared, sides: list[float], found: int) -> tuple[float, float]:
    """Return the lowest and highest that a column or the found point stands for."""
    points = each.points
    lowest, highest = extremes(points.x, points.low, points.high, np.array(sides))
    own: Array = np.array([points.low[found], lowest[0], points.high[found], highest[0]])
    return float(np.fmin(own[0], own[1])), float(np.fmax(own[2], own[3]))


def legend_line(title: Title, curves: Sequence[Curve], brush: Brush, width: int) -> Line:
    """Return title and legend, without signs where colours tell and there is little room.

    Names of curves that do not fit at all are left out.
    """
    line = title.line(brush)
    room = width - Segment.get_line_length(line)
    entries = [f"{_GAP}{brush.sign(curve, at)} {curve.name}" for at, curve in enumerate(curves)]
    if brush.pen == "braille" and sum(map(len, entries)) > room:
        entries = [_GAP + curve.name for curve in curves]
    for entry, curve in zip(entries, curves, strict=True):
        room -= len(entry)
        if room >= 0:
            line.append(Segment(entry, brush.style(curve.color)))
    return _filled(line, brush, width)


def reading_line(title: Title, scene: Scene, brush: Brush, cursor: float, width: int) -> Line:
    """Return what the crosshair reads, as fully as there is room for it."""
    found, place = list(readings(scene, cursor)), scene.x_text(cursor)
    named = [f"{each.curve.name} {scene.y_text(each.value)}" for each in found]
    ranged = [text + _range_text(scene, each) for text, each in zip(named, found, strict=True)]
    bare = [scene.y_text(each.value) for each in found]
    full = [*title.line(brush), Segment(f"{_GAP}{scene.chart.x_label} {place}", brush.text)]
    short = [Segment(place, brush.text)]
    for start, texts in ((full, ranged), (full, named), (short, named), (short, bare)):
        line = [*start, *_entries(texts, found, brush)]
        if Segment.get_line_length(line) <= width:
            break
    return _filled(line, brush, width)


def _range_text(scene: Scene, each: Reading) -> str:
    low, high = scene.y_text(each.low), scene.y_text(each.high)
    return f" ({low} to {high})" if low != high else ""


def _entries(texts: list[str], found: list[Reading], brush: Brush) -> Iterator[Segment]:
    for text, each in zip(texts, found, strict=True):
        sign = "" if brush.pen == "braille" else f"{brush.marker(each.index)} "
        yield Segment(_GAP + sign + text, brush.style(each.curve.color))


def _filled(line: Line, brush: Brush, width: int) -> Line:
    return Segment.adjust_line_length(line, width, brush.text)
