"""Plots and strips as inline SVG; colours come from the page's style sheet, by class."""

import math
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from tui.charts import Array
from tui.report.page import Curve, Plot, Strip, printable
from tui.report.plots import outline
from tui.ticks import multiples, nice_step

_WIDTH, _HEIGHT = 520, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 12, 40  # margins
_NUM_COLORS = 7
_PER_COLUMN, _TALL = 5, 16  # of a strip: width for each column on a screen, and height
_NARROWEST = 90
_PAD = 6  # so that dots at the ends are whole


def strip_svg(strip: Strip) -> str:
    """Return a strip as an inline picture of one line."""
    width = max(_PER_COLUMN * strip.most, _NARROWEST)
    about = escape(printable(strip.about))
    parts = "".join([*_lines(strip, width), *_bars(strip, width), *_marks(strip, width)])
    return (
        f'<svg class="strip {strip.tone}" width="{width}" height="{_TALL}" role="img" '
        f'aria-label="{about}"><title>{about}</title>{parts}</svg>'
    )


def _at(place: float, width: float) -> float:
    return round(_PAD + min(max(place, 0.0), 1.0) * (width - 2 * _PAD), 1)


def _lines(strip: Strip, width: float) -> Iterator[str]:
    if strip.has_track:
        yield _level("track", _at(0, width), _at(1, width), _TALL / 2)
    if strip.span is not None:
        yield _level("span", _at(strip.span[0], width), _at(strip.span[1], width), _TALL / 2)


def _bars(strip: Strip, width: float) -> Iterator[str]:
    for name, end in (("reach", strip.reach), ("bar", strip.bar), ("sure", strip.sure)):
        if end is not None and math.isfinite(end):
            size = f'width="{_at(end, width) - _PAD:.1f}" height="{_TALL / 2}"'
            yield f'<rect class="{name}" x="{_PAD}" y="{_TALL / 4}" {size}/>'


def _marks(strip: Strip, width: float) -> Iterator[str]:
    if strip.mark is not None and math.isfinite(strip.mark):
        x = _at(strip.mark, width)
        yield f'<line class="mark" x1="{x}" x2="{x}" y1="1" y2="{_TALL - 1}"/>'
    for name, place in (("ring", strip.ring), ("dot", strip.dot)):
        if place is not None and math.isfinite(place):
            x = _at(place, width)
            yield f'<circle class="{name}" cx="{x}" cy="{_TALL / 2}" r="4"/>'


def _level(name: str, left: float, right: float, y: float) -> str:
    return f'<line class="{name}" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'


class _Frame:
    """The axes of a plot: where values lie in the picture."""

    def __init__(self, plot: Plot, points: Sequence[tuple[Array, Array]]) -> None:
        self.x = _range(np.concatenate([x for x, _ in points]))
        y = np.concatenate([y for _, y in points])
        low, high = _range(y[y >= plot.floor])
        margin = 0.04 * (high - low)
        self.y = (low - margin, min(high + margin, 1.0))

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point, what is below the axis at its end."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = max((y - self.y[0]) / (self.y[1] - self.y[0]), 0.0)
        return (
            _LEFT + across * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM),
        )


def _range(values: Array) -> tuple[float, float]:
    """Return the lowest and the highest value, never the same."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.01, high + 0.01)


def plot_svg(plot: Plot) -> str:
    """Return a plot as a figure with its legend."""
    points = [outline(curve) for curve in plot.curves]
    frame = _Frame(plot, points)
    colors = _colors(plot.curves)
    body = "".join(_axes(plot, frame))
    for curve, (x, y), color in zip(plot.curves, points, colors, strict=True):
        draw = _dots if curve.kind == "dots" else _path
        body += draw(frame, (x, y), f"{curve.kind} {color}")
    legend = "".join(
        f'<span class="key {color}">{escape(printable(curve.name))}</span>'
        for curve, color in zip(plot.curves, colors, strict=True)
    )
    title = escape(printable(plot.title))
    return (
        f"<figure><figcaption><b>{title}</b>{legend}</figcaption>"
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}">'
        f"{body}</svg></figure>"
    )


def _colors(curves: Sequence[Curve]) -> list[str]:
    lines = [n for n, curve in enumerate(curves) if curve.kind != "dots"]
    return [
        f"c{lines.index(n) % _NUM_COLORS}" if n in lines else "grey" for n in range(len(curves))
    ]


def _axes(plot: Plot, frame: _Frame) -> Iterator[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    step = nice_step(frame.y[1] - frame.y[0], 5)
    digits = max(0, -math.floor(math.log10(step)))
    for tick in multiples(*frame.y, step):
        _, y = frame.place(0, tick)
        yield _level("gridline", _LEFT, right, round(y, 1))
        text = escape(plot.y_text(tick, digits))
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
    for tick in multiples(*frame.x, nice_step(frame.x[1] - frame.x[0], 7)):
        x, _ = frame.place(tick, 0)
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>'
    yield _level("axis", _LEFT, right, bottom)
    label = escape(printable(plot.x_label))
    yield f'<text x="{right}" y="{bottom + 32}" text-anchor="end">{label}</text>'


def _path(frame: _Frame, points: tuple[Array, Array], classes: str) -> str:
    """Return a line with gaps where there is no value."""
    path, pen = "", "M"
    for x, y in zip(*(part.tolist() for part in points), strict=True):
        if math.isfinite(x) and math.isfinite(y):
            path += "{}{:.1f} {:.1f}".format(pen, *frame.place(x, y))
            pen = "L"
        else:
            pen = "M"
    return f'<path class="{classes}" d="{path}"/>' if path else ""


def _dots(frame: _Frame, points: tuple[Array, Array], classes: str) -> str:
    places = [
        frame.place(x, y)
        for x, y in zip(*(part.tolist() for part in points), strict=True)
        if math.isfinite(x) and math.isfinite(y)
    ]
    dots = (f'cx="{x:.1f}" cy="{y:.1f}" r="2.5"' for x, y in places)
    return "".join(f'<circle class="{classes}" {dot}/>' for dot in dots)
