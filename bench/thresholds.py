"""What the pruner demands at each epoch, from what it has seen: exactly what it would decide by.

Imports no torch.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from bench.samplers import MEDIAN_STARTUP, REDUCTION, first_median, first_rung
from bench.study import Study

_RUNG = "completed_rung_{}"  # Optuna's name for the value with which a trial came to a rung


@dataclass(frozen=True)
class Demand:
    """What the next trial must reach, or be pruned after `epoch`.

    Halving compares the value of that epoch, the median pruner the best one up to it.
    """

    epoch: int
    value: float
    rests_on: int  # trials that it was compared from


def demands(trials: Sequence[FrozenTrial], study: Study) -> tuple[Demand, ...]:
    """Return what a study's pruner demands now, by epoch; the last epoch is never judged.

    Args:
        trials: all of the search's, also those that hold no slot: the pruner sees them too.
        study: what is searched.
    """
    match study.pruner():
        case "halving":
            return tuple(_halving(trials, study))
        case "median":
            return tuple(_median(trials, study))
    return ()


def _halving(trials: Sequence[FrozenTrial], study: Study) -> Iterator[Demand]:
    """Yield the least value that is among the best third of a rung, once it is one of them."""
    rung, step = 0, first_rung(study)
    while step + 1 < study.config.epochs:
        key = _RUNG.format(rung)
        seen = sorted(t.system_attrs[key] for t in trials if key in t.system_attrs)
        if seen:
            promoted = max((len(seen) + 1) // REDUCTION, 1)
            yield Demand(step + 1, seen[-promoted], len(seen))
        rung, step = rung + 1, step * REDUCTION


def _median(trials: Sequence[FrozenTrial], study: Study) -> Iterator[Demand]:
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    if len(complete) < MEDIAN_STARTUP:
        return
    for step in range(first_median(study), study.config.epochs - 1):
        reached = [trial.intermediate_values.get(step, math.nan) for trial in complete]
        known = [value for value in reached if not math.isnan(value)]
        if known:
            yield Demand(step + 1, float(np.median(known)), len(known))
