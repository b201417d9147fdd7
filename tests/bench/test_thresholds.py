"""What the pruner demands is what it decides by: compared with Optuna's own pruners."""

import random

import optuna
import pytest
from optuna.trial import TrialState

from bench.samplers import make_pruner
from bench.study import Study
from bench.thresholds import demands
from tests.bench.conftest import make_study


def _study(pruner: str) -> Study:
    return make_study(pruner=f'"{pruner}"', epochs=9, startup=4)


@pytest.mark.parametrize("pruner", ["halving", "median"])
def test_a_trial_is_pruned_exactly_where_it_is_below_what_is_demanded(pruner: str) -> None:
    study, numbers = _study(pruner), random.Random(3)
    stored = optuna.create_study(pruner=make_pruner(study), direction="maximize")
    judged = pruned = 0
    for _ in range(40):
        trial, best, ended = stored.ask(), 0.0, False
        for epoch in range(1, 10):
            wanted = {one.epoch: one.value for one in demands(stored.get_trials(), study)}
            value = numbers.random()
            best = max(best, value)
            trial.report(value, epoch - 1)
            if epoch < 9 and trial.should_prune():
                ended = True
            shown = value if pruner == "halving" else best
            assert ended == (epoch in wanted and shown < wanted[epoch])
            judged += epoch in wanted
            if ended:
                break
        pruned += ended
        if ended:
            stored.tell(trial, state=TrialState.PRUNED)
        else:
            stored.tell(trial, best)
    assert judged > 40
    assert 10 < pruned < 40


def test_nothing_is_demanded_before_anything_was_seen_nor_without_a_pruner() -> None:
    stored = optuna.create_study(direction="maximize")

    assert demands(stored.get_trials(), _study("halving")) == ()
    assert demands(stored.get_trials(), _study("median")) == ()
    assert demands(stored.get_trials(), _study("none")) == ()
