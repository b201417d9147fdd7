"""What several sections share: short names of settings, lists of trials, places on axes."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bench.report.types import Report
from bench.space import Value
from tui import format as fmt
from tui.report.page import JOINT, Words

EDGES = {"low": "▼", "high": "▲"}
RECOMMENDED, TIED = "★", "≈"


def short_names(report: Report) -> dict[str, str]:
    """Return every setting's name without its section, where that still says what it is.

    The sentences of a report name settings in the same way.
    """
    paths = {*report.verdict.settings, *(one.path for one in report.importance)}
    paths |= {one.path for one in report.slices}
    paths |= {path for candidate in report.top for path in candidate.params}
    paths |= {path for rail in report.rails for path in rail.positions}
    ends = Counter(_end(path) for path in paths)
    is_plain = {path: ends[_end(path)] == 1 and _end(path) != "name" for path in paths}
    return {path: _end(path) if is_plain[path] else path for path in paths}


def _end(path: str) -> str:
    return path.rpartition(".")[2]


def settings(
    values: Mapping[str, Value], names: Mapping[str, str], at_edge: Mapping[str, str]
) -> list[Words]:
    """Return settings as `lr 0.031, width 96▲`; the mark is for the end of a range."""
    words: list[Words] = []
    for path, value in values.items():
        words.append(Words(", " * bool(words) + shortened(names.get(path, path)) + JOINT, "dim"))
        words.append(Words(shortened(fmt.setting(value))))
        if path in at_edge:
            words.append(Words(EDGES[at_edge[path]], "warn"))
    return words


def shortened(text: str, most: int = 48) -> str:
    """Return a text that is not longer than a line."""
    return text if len(text) <= most else text[: most - 1] + "…"


def plural(number: int, noun: str) -> str:
    """Return `1 trial`, `2,000 trials`."""
    return f"{fmt.count(number)} {noun}{'s' * (number != 1)}"


def some(numbers: Sequence[int], most: int = 6) -> str:
    """Return the first numbers, and how many more there are: `1, 2, 3 and 5 more`."""
    shown = ", ".join(str(number) for number in numbers[:most])
    more = len(numbers) - most
    return f"{shown} and {more} more" if more > 0 else shown


def finite(values: Iterable[float | None]) -> list[float]:
    """Return the values that are numbers."""
    return [value for value in values if value is not None and math.isfinite(value)]


class Axis:
    """Where values lie between the lowest (0) and the highest (1) of some."""

    def __init__(self, values: Iterable[float | None]) -> None:
        known = finite(values)
        self.low, self.high = (min(known), max(known)) if known else (0.0, 1.0)

    def __call__(self, value: float | None) -> float | None:
        """Return a value's place; None for what is no number."""
        if value is None or not math.isfinite(value):
            return None
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5

    def span(self, low: float | None, high: float | None) -> tuple[float, float] | None:
        """Return the places of both ends; None if one is no number."""
        ends = self(low), self(high)
        return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])
