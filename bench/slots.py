"""The slots of a study: one for each configuration that is to be tried.

A trial that waits in Optuna's queue, runs, is complete, pruned or failed for good holds one. What
is put back, found twice, or killed gives its slot away, so nothing is counted twice. What waits
(a baseline, or a trial to go on with) is taken before anything new is drawn. Imports no torch.
"""

import copy
import random
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import RetryHeartbeatStaleTrialCallback
from optuna.trial import FrozenTrial, TrialState, create_trial

from bench.space import Dimension, Value, points, size
from bench.study import Study

VOID = "void"  # user attribute: why a failed trial gave its slot away
GOES_ON = "goes_on"  # user attribute: whether the trial took up an earlier run
EARLIER = "earlier"  # user attribute: the trial of an earlier version that this one repeats
BY_HAND = "by_hand"  # user attribute: somebody asked for this trial, beside what is to be tried
BEGAN = "began"  # user attribute: the trial itself, once its run is known; a clone has the old one
TARGET = "target"  # user attribute of a study: how many configurations it is to try
MOST_RETRIES = 2
_PATIENCE = 3  # duplicates in a row before an untried point is named


def target_of(study: Study, wanted: int) -> int:
    """Return how many configurations can be tried: no more than the space has."""
    most = size(study.space)
    return wanted if most is None else min(wanted, most)


def fill(optuna_study: optuna.Study, study: Study, target: int) -> None:
    """Set how many configurations are to be tried, and enqueue the baselines that never were."""
    held = slots(optuna_study.get_trials(deepcopy=False))
    known = [values_of(trial) for trial in held]
    fresh = [b for b in study.baselines if dict(b.params) not in known]
    if held and fresh:  # a baseline that came later has its place beside what was tried
        target = max(target, len(held) + len(fresh))
    kept = sum(trial.state.is_finished() or BY_HAND in trial.user_attrs for trial in held)
    optuna_study.set_user_attr(TARGET, max(target, kept))
    for baseline in fresh[: max(0, target - len(held))]:
        optuna_study.enqueue_trial(dict(baseline.params))


def enqueue_by_hand(optuna_study: optuna.Study, study: Study, params: dict[str, Value]) -> None:
    """Queue a point that somebody asked for; it is one more than the study was to try."""
    held = len(slots(optuna_study.get_trials(deepcopy=False)))
    optuna_study.enqueue_trial(params, user_attrs={BY_HAND: True})
    target = max(optuna_study.user_attrs.get(TARGET, held), held)
    optuna_study.set_user_attr(TARGET, target_of(study, target + 1))


def num_to_do(optuna_study: optuna.Study) -> int:
    """Return how many trials could begin now: those that wait, and those still to be drawn."""
    held = slots(optuna_study.get_trials(deepcopy=False))
    waiting = sum(trial.state == TrialState.WAITING for trial in held)
    target: int = optuna_study.user_attrs.get(TARGET, 0)
    return waiting + max(0, target - len(held))


def slots(trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """Return the trials that hold a slot, by number."""
    retried = {number for trial in trials for number in trial.system_attrs.get("retry_history", ())}
    return [
        trial
        for trial in trials
        if EARLIER not in trial.user_attrs
        and not (
            trial.state == TrialState.FAIL
            and (trial.user_attrs.get(VOID) or trial.number in retried)
        )
    ]


def is_surplus(optuna_study: optuna.Study, trial: optuna.Trial) -> bool:
    """Tell whether a trial that begins is one more than the study is to try."""
    if BY_HAND in trial.user_attrs:
        return False
    held = slots(optuna_study.get_trials(deepcopy=False))
    target: int = optuna_study.user_attrs.get(TARGET, len(held))
    return trial.number not in [other.number for other in held[:target]]


def find_same(optuna_study: optuna.Study, trial: optuna.Trial) -> int | None:
    """Return the number of an earlier trial with the same values that holds a slot."""
    mine = rounded(trial.params)
    for other in slots(optuna_study.get_trials(deepcopy=False)):
        if other.number >= trial.number:
            return None
        if other.state != TrialState.WAITING and values_of(other) == mine:
            return other.number
    return None


def give_up_duplicate(optuna_study: optuna.Study, trial: optuna.Trial, study: Study) -> None:
    """Give the slot of a trial that was tried already away.

    Where the sampler keeps to what it knows, an untried point is named for the next.
    """
    void(trial, "duplicate")
    trials = optuna_study.get_trials(deepcopy=False)
    last = trials[-2 * _PATIENCE :]
    in_a_row = sum(other.user_attrs.get(VOID) == "duplicate" for other in last)
    if in_a_row < _PATIENCE or size(study.space) is None:
        return
    known = [values_of(other) for other in slots(trials)]
    untried = [point for point in points(study.space) if point not in known]
    if untried:
        optuna_study.enqueue_trial(random.choice(untried))


def void(trial: optuna.Trial, why: str) -> None:
    """Note that a trial, which fails now, holds no slot any more."""
    trial.set_user_attr(VOID, why)


def put_back(optuna_study: optuna.Study, trial: optuna.Trial) -> None:
    """Queue a running trial again, with all it has: it goes on from its checkpoint.

    The trial itself is to fail now; it is void.
    """
    frozen = optuna_study._storage.get_trial(trial._trial_id)  # noqa: SLF001
    _queue_again(optuna_study, frozen, dict(frozen.system_attrs))
    void(trial, "put back")


def put_back_dead(optuna_study: optuna.Study, trial: FrozenTrial) -> None:
    """Queue the running trial of a worker that was ended on purpose again, with all it has."""
    storage = optuna_study._storage  # noqa: SLF001
    _queue_again(optuna_study, trial, dict(trial.system_attrs))
    storage.set_trial_user_attr(trial._trial_id, VOID, "put back")  # noqa: SLF001
    storage.set_trial_state_values(trial._trial_id, state=TrialState.FAIL)  # noqa: SLF001


def revive(optuna_study: optuna.Study, trial: FrozenTrial) -> None:
    """Queue the failed trial of a killed worker again; after two retries, it counts as infeasible.

    So the sampler learns that this configuration kills.
    """
    history = trial.system_attrs.get("retry_history", [])
    if len(history) < MOST_RETRIES:
        retry = RetryHeartbeatStaleTrialCallback(MOST_RETRIES, inherit_intermediate_values=True)
        retry(optuna_study, copy.deepcopy(trial))
        return
    told = {"cause": "killed", "message": "its worker was killed three times, perhaps for memory"}
    optuna_study.add_trial(
        create_trial(
            state=TrialState.PRUNED,
            params=trial.params,
            distributions=trial.distributions,
            user_attrs=trial.user_attrs | told,
            system_attrs={"retry_history": [*history, trial.number]},
            constraints={"killed": 1.0},
        )
    )


def fail_and_revive(optuna_study: optuna.Study, number: int) -> bool:
    """Declare a running trial's worker dead, at once; False if somebody else did so before."""
    storage = optuna_study._storage  # noqa: SLF001
    trial = next(t for t in optuna_study.get_trials(deepcopy=False) if t.number == number)
    try:
        storage.set_trial_state_values(trial._trial_id, state=TrialState.FAIL)  # noqa: SLF001
    except UpdateFinishedTrialError:
        return False
    revive(optuna_study, storage.get_trial(trial._trial_id))  # noqa: SLF001
    return True


def _queue_again(
    optuna_study: optuna.Study, trial: FrozenTrial, system_attrs: dict[str, Any]
) -> None:
    optuna_study.add_trial(
        create_trial(
            state=TrialState.WAITING,
            params=trial.params,
            distributions=trial.distributions,
            user_attrs=trial.user_attrs,
            system_attrs=system_attrs,
            intermediate_values=trial.intermediate_values,
        )
    )


def values_of(trial: FrozenTrial) -> dict[str, Any]:
    """Return the values of a trial, also where it only waits with them."""
    return rounded(trial.params or trial.system_attrs.get("fixed_params", {}))


def rounded(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as trials are trained with them: to 12 digits, as a person can write them.

    Optuna's steps add up to 0.8999999999999999, and its draws have 17 digits.
    """
    return {
        path: _rounded(value) if isinstance(value, float) else value
        for path, value in params.items()
    }


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")


def suggest(trial: optuna.Trial, space: Sequence[Dimension]) -> dict[str, Value]:
    """Return the trial's value of each dimension that exists under those before it."""
    chosen: dict[str, Value] = {}
    for dimension in space:
        if dimension.is_active(chosen):
            chosen[dimension.path] = _suggest(trial, dimension)
    return chosen


def _suggest(trial: optuna.Trial, dimension: Dimension) -> Value:
    name, low, high = dimension.path, dimension.low, dimension.high
    match dimension.kind:
        case "choice":
            choice: Any = trial.suggest_categorical(name, list(dimension.choices))
            return choice  # type: ignore[no-any-return]
        case "int":
            step = round(dimension.step or 1)
            return trial.suggest_int(name, round(low), round(high), step=step, log=dimension.log)
        case "float":
            value = trial.suggest_float(name, low, high, step=dimension.step, log=dimension.log)
            return _rounded(value)


def distributions(space: Sequence[Dimension]) -> dict[str, BaseDistribution]:
    """Return Optuna's form of each dimension, as `suggest` makes it."""
    return {dimension.path: _distribution(dimension) for dimension in space}


def _distribution(dimension: Dimension) -> BaseDistribution:
    low, high, log = dimension.low, dimension.high, dimension.log
    match dimension.kind:
        case "choice":
            return CategoricalDistribution(dimension.choices)
        case "int":
            return IntDistribution(round(low), round(high), log, round(dimension.step or 1))
        case "float":
            return FloatDistribution(low, high, log, dimension.step)
