"""The course of a search as curves: its trials, the best so far, the best baseline."""

import math

import numpy as np

from bench.records import StudyRecord, TrialRecord
from bench.report.operations import progress
from tui.palette import Palette
from tui.plot import Curve

_LEAST_SPAN = 0.02  # of the y axis, in accuracy


def best_curves(record: StudyRecord, palette: Palette) -> tuple[list[Curve], float]:
    """Return a dot for each complete trial in the order they ended, the best so far as steps.

    And what the y axis begins at: a bad trial must not flatten the others; its dot lies on the
    lower edge.
    """
    points = progress(record)
    values = [
        p.value if p.state == "complete" and p.value is not None else math.nan for p in points
    ]
    bests = [math.nan if p.best is None else p.best for p in points]
    if not any(map(math.isfinite, bests)):
        return [], 0.0
    known = [value for value in values if math.isfinite(value)]
    floor = max(0.0, min(float(np.median(known)), max(known) - _LEAST_SPAN))
    x = np.arange(1, len(points) + 1, dtype=float)
    levels = [
        trial for trial in record.ranked() if trial.baseline and (trial.value or 0.0) >= floor
    ]
    curves = [_level(trial, float(x[-1]), palette) for trial in levels[:1]]
    curves.append(Curve("best", np.repeat(x, 2)[1:], np.repeat(bests, 2)[:-1], palette.good))
    return [*curves, Curve("trials", x, np.maximum(values, floor), palette.train, "dots")], floor


def _level(trial: TrialRecord, last: float, palette: Palette) -> Curve:
    """Return the best baseline from end to end."""
    value = trial.value or 0.0
    return Curve("baseline", [1.0, last], [value, value], palette.ghost, "ghost")
