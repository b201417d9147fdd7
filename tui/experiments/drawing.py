"""Charts as SVG files: the same bytes for the same figures, legible in light and in dark mode.

A line's name stands at its end, in a column on the right; names never overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from tui.palette import DARK, LIGHT
from tui.ticks import Axis

Points = Sequence[tuple[float, float]]
_WIDTH, _HEIGHT = 820, 380
_LEFT, _TOP, _BOTTOM = 72, 34, 48  # margins; the right one is as wide as the names
_LETTER, _ROW = 7.3, 16  # of a name: width of a letter, and height with its space
_TO_NAME = 26  # from the axes' right end to the names
STYLE = "text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#57606a}\
.title{font-size:14px;font-weight:600}.grid{stroke:#d0d7de}.axis{stroke:#57606a}\
path,.lead{fill:none;stroke:currentColor}path{stroke-width:2;stroke-linejoin:round}\
.dashed{stroke-width:1.5;stroke-dasharray:5 4}.lead{stroke-dasharray:1 3}\
.band{fill:currentColor;opacity:.18}circle,.name{fill:currentColor}"


@dataclass(frozen=True)
class Line:
    """A line of a chart; a dashed one has no name of its own, but the colour of its companion."""

    color: int
    points: Points
    name: str = ""
    kind: Literal["solid", "dashed"] = "solid"
    band: Sequence[tuple[float, float, float]] = ()  # x, lowest, highest


@dataclass(frozen=True)
class Chart:
    """Lines on two axes; what lies below an axis's low end is cut off there."""

    title: str
    about: str
    x_label: str
    y_label: str
    x: Axis
    y: Axis
    lines: Sequence[Line]


def svg(chart: Chart) -> str:
    """Return the chart as the text of an SVG file."""
    frame = _Frame(chart)
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="t d">',
        f'<title id="t">{escape(chart.title)}</title><desc id="d">{escape(chart.about)}</desc>',
        f"<style>{STYLE}{_colors()}</style>",
        f'<clipPath id="inside"><rect x="{_LEFT}" y="{_TOP - 4}" width="{_text(frame.width + 4)}"'
        f' height="{frame.height + 4}"/></clipPath>',
        f'<text class="title" x="{_LEFT}" y="20">{escape(chart.title)}</text>',
        *_axes(chart, frame),
        '<g clip-path="url(#inside)">',
        *(_line(line, frame) for line in chart.lines),
        "</g>",
        *_names([line for line in chart.lines if line.name], frame),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _colors() -> str:
    """Return the style of each line's colour, which follows the reader's mode."""
    light = "".join(f".c{n}{{color:{color}}}" for n, color in enumerate(LIGHT.runs))
    dark = "".join(f".c{n}{{color:{color}}}" for n, color in enumerate(DARK.runs))
    grey = "text{fill:#9198a1}.grid{stroke:#30363d}.axis{stroke:#9198a1}"
    return f"{light}@media(prefers-color-scheme:dark){{{grey}{dark}}}"


class _Frame:
    """Where values lie in the picture, in pixels."""

    def __init__(self, chart: Chart) -> None:
        longest = max((len(line.name) for line in chart.lines), default=0)
        self.width = _WIDTH - _LEFT - _TO_NAME - longest * _LETTER - 8
        self.height = _HEIGHT - _TOP - _BOTTOM
        self._x, self._y = chart.x, chart.y

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return a point's place."""
        across = (x - self._x.low) / (self._x.high - self._x.low)
        up = (y - self._y.low) / (self._y.high - self._y.low)
        return _LEFT + across * self.width, _TOP + (1 - up) * self.height

    def pair(self, x: float, y: float) -> str:
        """Return a point's place as a path has it."""
        return " ".join(map(_text, self.place(x, y)))


def _text(number: float) -> str:
    """Return a place with a digit after the point; never -0.0."""
    return f"{round(number, 1) + 0.0:.1f}"


def _axes(chart: Chart, frame: _Frame) -> Iterator[str]:
    bottom, right = _TOP + frame.height, _text(_LEFT + frame.width)
    for tick, text in zip(chart.y.ticks, chart.y.texts, strict=True):
        y = frame.place(chart.x.low, tick)[1]
        yield _straight("grid", str(_LEFT), right, _text(y), _text(y))
        yield f'<text x="{_LEFT - 8}" y="{_text(y + 4)}" text-anchor="end">{escape(text)}</text>'
    for tick, text in zip(chart.x.ticks, chart.x.texts, strict=True):
        x = _text(frame.place(tick, chart.y.low)[0])
        yield _straight("axis", x, x, str(bottom), str(bottom + 4))
        yield f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{escape(text)}</text>'
    yield _straight("axis", str(_LEFT), right, str(bottom), str(bottom))
    middle = _text(_LEFT + frame.width / 2)
    label = escape(chart.x_label)
    yield f'<text x="{middle}" y="{bottom + 38}" text-anchor="middle">{label}</text>'
    turned = f'transform="translate(16 {_TOP + frame.height / 2:.0f}) rotate(-90)"'
    yield f'<text {turned} text-anchor="middle">{escape(chart.y_label)}</text>'


def _straight(name: str, left: str, right: str, top: str, bottom: str) -> str:
    return f'<line class="{name}" x1="{left}" x2="{right}" y1="{top}" y2="{bottom}"/>'


def _line(line: Line, frame: _Frame) -> str:
    """Return a line with its band and, at the end, a dot; of one point there is only the dot."""
    parts = []
    if len(line.band) > 1:
        edge = [(x, low) for x, low, _ in line.band]
        edge += [(x, high) for x, _, high in reversed(line.band)]
        corners = " ".join(frame.pair(*point) for point in edge)
        parts.append(f'<polygon class="band" points="{corners}"/>')
    if len(line.points) > 1:
        path = "L".join(frame.pair(*point) for point in line.points)
        parts.append(f'<path class="{line.kind}" d="M{path}"/>')
    if line.name:
        x, y = map(_text, frame.place(*line.points[-1]))
        parts.append(f'<circle cx="{x}" cy="{y}" r="3.5"/>')
    return f'<g class="c{line.color}">{"".join(parts)}</g>'


def _names(lines: Sequence[Line], frame: _Frame) -> Iterator[str]:
    """Yield each line's name beside its end, with a thin line to it."""
    ends = [frame.place(*line.points[-1]) for line in lines]
    left = _LEFT + frame.width + _TO_NAME
    rows = spread([y for _, y in ends], _ROW, (_TOP, _TOP + frame.height))
    for line, (x, y), row in zip(lines, ends, rows, strict=True):
        lead = _straight("lead", _text(x + 5), _text(left - 4), _text(y), _text(row))
        name = (
            f'<text class="name" x="{_text(left)}" y="{_text(row + 4)}">{escape(line.name)}</text>'
        )
        yield f'<g class="c{line.color}">{lead}{name}</g>'


def spread(wanted: Sequence[float], apart: float, ends: tuple[float, float]) -> list[float]:
    """Return places as near as can be to those wanted, in their order and `apart` from each other.

    Between the ends if there is room for all. What is too near is pooled around its mean.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    pools: list[list[float]] = []  # what each would want if all before it were at one place
    for rank, index in enumerate(order):
        pools.append([wanted[index] - rank * apart])
        while len(pools) > 1 and _mean(pools[-2]) >= _mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    low, high = ends[0], max(ends[1] - (len(order) - 1) * apart, ends[0])
    flat = [min(max(_mean(pool), low), high) for pool in pools for _ in pool]
    places = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        places[index] = flat[rank] + rank * apart
    return places


def _mean(pool: Sequence[float]) -> float:
    return sum(pool) / len(pool)
