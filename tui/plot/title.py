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
    """What stands first, and in which style."""

    text: str
    style: Style


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
    """Return title and legend; names of curves that do not fit are left out."""
    line, room = [Segment(title.text[:width], title.style)], width - len(title.text)
    for index, curve in enumerate(curves):
        entry = f"{_GAP}{brush.sign(curve, index)} {curve.name}"
        room -= len(entry)
        if room >= 0:
            line.append(Segment(entry, brush.style(curve.color)))
    return _filled(line, brush, width)


def reading_line(title: Title, scene: Scene, brush: Brush, cursor: float, width: int) -> Line:
    """Return what the crosshair reads, as fully as there is room for it."""
    found = list(readings(scene, cursor))
    place = scene.x_text(cursor)
    label = f"{_GAP}{scene.chart.x_label} {place}"
    for with_title, with_range in ((True, True), (True, False), (False, False)):
        line = [Segment(title.text, title.style)] if with_title else []
        line.append(Segment(label if with_title else place, brush.text))
        for each in found:
            text = _GAP + _value_text(scene, each, brush, with_range)
            line.append(Segment(text, brush.style(each.curve.color)))
        if Segment.get_line_length(line) <= width:
            break
    return _filled(line, brush, width)


def _value_text(scene: Scene, each: Reading, brush: Brush, with_range: bool) -> str:
    text = f"{each.curve.name} {scene.y_text(each.value)}"
    if brush.pen != "braille":
        text = f"{brush.marker(each.index)} {text}"
    low, high = scene.y_text(each.low), scene.y_text(each.high)
    return f"{text} ({low} to {high})" if with_range and low != high else text


def _filled(line: Line, brush: Brush, width: int) -> Line:
    return Segment.adjust_line_length(line, width, brush.text)
