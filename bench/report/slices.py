"""Each setting over its range, the top trials on rails, and what accuracy costs."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

from bench.records import StudyRecord, TrialRecord
from bench.report.types import ParetoPoint, Rail, Slice, SliceBin
from bench.report.words import text
from bench.space import Dimension, Value

_BINS = 6
_RAILS = 10


def slices(study: StudyRecord) -> tuple[Slice, ...]:
    """Return one slice for each dimension, with trials that ended in each part of its range."""
    ended = [t for t in study.trials if t.state in ("complete", "pruned", "failed")]
    return tuple(Slice(d.path, _bins(d, ended)) for d in study.space)


def _bins(dimension: Dimension, ended: Sequence[TrialRecord]) -> tuple[SliceBin, ...]:
    labels, place = _parts(dimension)
    parts: list[list[TrialRecord]] = [[] for _ in labels]
    for trial in ended:
        if dimension.path in trial.params:
            parts[place(trial.params[dimension.path])].append(trial)
    return tuple(_bin(label, trials) for label, trials in zip(labels, parts, strict=True))


def _parts(dimension: Dimension) -> tuple[list[str], Callable[[Value], int]]:
    """Return the labels of the parts of a range, and which part a value belongs to."""
    count = dimension.num_values()
    if count is not None and count <= (_BINS if dimension.kind != "choice" else count):
        values = dimension.values()
        return [text(value) for value in values], lambda value: _nearest(dimension, value, count)
    ends = [_at(dimension, index / _BINS) for index in range(_BINS + 1)]
    labels = [f"{low:.3g} to {high:.3g}" for low, high in pairwise(ends)]
    return labels, lambda value: min(max(int(dimension.position(value) * _BINS), 0), _BINS - 1)


def _nearest(dimension: Dimension, value: Value, count: int) -> int:
    if dimension.log:  # a grid of whole numbers is not even in the logarithm
        return min(max(round(float(value) - dimension.low), 0), count - 1)
    return min(max(round(dimension.position(value) * (count - 1)), 0), count - 1)


def _at(dimension: Dimension, position: float) -> float:
    low, high = dimension.low, dimension.high
    if dimension.log:
        return math.exp(math.log(low) + position * (math.log(high) - math.log(low)))
    return low + position * (high - low)


def _bin(label: str, trials: Sequence[TrialRecord]) -> SliceBin:
    values = [t.value for t in trials if is_complete(t) and t.value is not None]
    return SliceBin(
        label=label,
        count=len(values),
        best=max(values, default=None),
        median=median(values) if values else None,
        not_complete=len(trials) - len(values),
    )


def is_complete(trial: TrialRecord) -> bool:
    """Tell whether a trial was trained to the end within all limits."""
    return trial.state == "complete" and trial.feasible and trial.value is not None


def rails(study: StudyRecord) -> tuple[Rail, ...]:
    """Return where the settings of the best trials lie in their ranges."""
    best = study.ranked()[:_RAILS]
    baselines = [t for t in study.ranked()[_RAILS:] if t.baseline]
    return tuple(_rail(study, trial) for trial in (*best, *baselines))


def _rail(study: StudyRecord, trial: TrialRecord) -> Rail:
    params = trial.params
    return Rail(
        trial=trial.number,
        baseline=trial.baseline,
        value=trial.value or 0.0,
        positions={
            d.path: d.position(params[d.path]) if d.path in params else None for d in study.space
        },
        texts={path: text(value) for path, value in params.items()},
    )


def pareto(study: StudyRecord, cost: Callable[[TrialRecord], float]) -> tuple[ParetoPoint, ...]:
    """Return the complete trials by rising cost, marked where none is as good for less.

    Trials whose cost is not known (0) are left out.
    """
    priced = [(cost(t), -(t.value or 0.0), t) for t in study.complete() if cost(t) > 0]
    points, best = [], -math.inf
    for price, loss, trial in sorted(priced, key=lambda item: (item[0], item[1], item[2].number)):
        points.append(ParetoPoint(trial.number, trial.baseline, -loss, price, -loss > best))
        best = max(best, -loss)
    return tuple(points)
