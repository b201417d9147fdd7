"""How the best value rose, over trials and over time, with the baselines as levels."""

import math
from collections.abc import Sequence

import numpy as np

from bench.report.types import ProgressPoint, Report
from tui import format as fmt
from tui.report.page import Curve, Facts, Plot, Plots, Section, Words
from tui.report.words import finite

Levels = list[tuple[str, float]]  # names and accuracies that are drawn from end to end

_MOST_LEVELS = 2
_LONGEST_NAME = 16
_UNITS = ((600.0, 1.0, "seconds"), (36_000.0, 60.0, "minutes"), (math.inf, 3600.0, "hours"))


def progress_section(report: Report) -> Section | None:
    """Return the best so far over trials and over time."""
    if not finite(point.best for point in report.progress):
        return None
    in_time = in_order(report.progress)
    divisor, unit = time_unit([point.finished_seconds for point in in_time])
    times = [point.finished_seconds / divisor for point in in_time]
    levels = _best_baselines(report)
    floor = floor_of(report.progress, [value for _, value in levels[:1]])
    levels = [(name, value) for name, value in levels if value >= floor][:_MOST_LEVELS]
    plots = [
        Plot(
            "over trials", "trials", _curves(report.progress, counted(report), levels, floor), floor
        ),
        Plot("over time", unit, _curves(in_time, times, levels, floor), floor),
    ]
    blocks: list[Plots | Facts] = [Plots(plots)]
    if report.baselines:
        blocks.append(Facts([("baselines", [Words(_baselines(report))])]))
    return Section("Best so far", blocks, note="val accuracy; dots are trials")


def in_order(points: Sequence[ProgressPoint]) -> list[ProgressPoint]:
    """Return the points whose time is known, in the order in which the trials finished."""
    timed = [point for point in points if math.isfinite(point.finished_seconds)]
    return sorted(timed, key=lambda point: point.finished_seconds)


def counted(report: Report) -> list[float]:
    """Return the trials' places on an axis of trials: 1, 2, 3 …"""
    return [float(number) for number in range(1, len(report.progress) + 1)]


def time_unit(seconds: Sequence[float]) -> tuple[float, str]:
    """Return the unit in which an axis of times is read best: its length in seconds, its name."""
    longest = max(finite(seconds), default=0.0)
    return next((length, name) for most, length, name in _UNITS if longest < most)


def best_so_far(points: Sequence[ProgressPoint]) -> list[float]:
    """Return the best value after each trial; NaN before there is one."""
    bests = [math.nan if point.best is None else point.best for point in points]
    return [float(best) for best in np.fmax.accumulate(bests)] if bests else []


def _curves(
    points: Sequence[ProgressPoint], x: Sequence[float], levels: Levels, floor: float
) -> list[Curve]:
    values = [_complete(point) for point in points]
    dots = [value if value >= floor else math.nan for value in values]
    ends = (min(finite(x), default=0.0), max(finite(x), default=1.0))
    drawn = [Curve(_cut(name), ends, (value, value), "level") for name, value in levels]
    return [Curve("trial", x, dots, "dots"), Curve("best", x, best_so_far(points), "steps"), *drawn]


def _complete(point: ProgressPoint) -> float:
    return point.value if point.state == "complete" and point.value is not None else math.nan


def floor_of(points: Sequence[ProgressPoint], levels: Sequence[float] = ()) -> float:
    """Return what an axis begins at: the median trial, or below it the lowest of some levels.

    The upper half is what the eye must tell apart; one trial at chance would flatten it.
    """
    values = finite(_complete(point) for point in points) or finite(point.best for point in points)
    return min([float(np.median(values)), *levels])


def _best_baselines(report: Report) -> Levels:
    known = [(name, value) for name, value in report.baselines.items() if math.isfinite(value)]
    return sorted(known, key=lambda baseline: -baseline[1])


def _baselines(report: Report) -> str:
    return ", ".join(f"{name} {fmt.percent(value)}" for name, value in report.baselines.items())


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
