"""The confirm stage: the best and the baselines are trained again, with fresh and paired seeds.

It is an Optuna study of its own beside the search, whose trials are pairs of a configuration (the
number of its trial in the search) and a seed. Test is read once by each, after its best checkpoint
is chosen. Imports no torch.
"""

import optuna
from optuna.trial import FrozenTrial, TrialState

from bench import slots
from bench.study import Study

SUFFIX = "/confirm"
CANDIDATE, SEED = "candidate", "seed"
_MOST = 2**31 - 1


def candidates(trials: list[FrozenTrial], study: Study, top: int) -> list[FrozenTrial]:
    """Return the best complete trials that the search found, best first, and then the baselines."""
    complete = [
        trial
        for trial in slots.slots(trials)
        if trial.state == TrialState.COMPLETE
        and trial.value is not None
        and all(excess <= 0 for excess in trial.constraints.values())
    ]
    ranked = sorted(complete, key=lambda trial: (-(trial.value or 0.0), trial.number))
    baselines = [dict(baseline.params) for baseline in study.baselines]
    found = [trial for trial in ranked if slots.values_of(trial) not in baselines]
    return found[:top] + [trial for trial in ranked if slots.values_of(trial) in baselines]


def seeds(study: Study) -> list[int]:
    """Return the fresh seeds, the same for every candidate."""
    first = study.config.seed + 1
    return list(range(first, first + study.file.confirm.seeds))


def pairs_to_train(
    search: optuna.Study, confirm: optuna.Study, study: Study
) -> list[tuple[int, int]]:
    """Return the pairs of candidate and seed that nobody has trained or queued yet.

    Seed by seed, so that what is there at any time can be compared.
    """
    held = slots.slots(confirm.get_trials(deepcopy=False))
    known = {_pair(trial) for trial in held}
    found = candidates(search.get_trials(deepcopy=False), study, study.file.confirm.top)
    return [
        pair
        for seed in seeds(study)
        for trial in found
        if (pair := (trial.number, seed)) not in known
    ]


def fill(search: optuna.Study, confirm: optuna.Study, study: Study) -> int:
    """Queue what is to be confirmed; return how many trainings were added."""
    missing = pairs_to_train(search, confirm, study)
    for number, seed in missing:
        confirm.enqueue_trial({CANDIDATE: number, SEED: seed})
    return len(missing)


def suggest(trial: optuna.Trial) -> tuple[int, int]:
    """Return the pair of candidate and seed that a trial of the confirm stage is for."""
    return trial.suggest_int(CANDIDATE, 0, _MOST), trial.suggest_int(SEED, 0, _MOST)


def _pair(trial: FrozenTrial) -> tuple[int, int]:
    values = trial.params or trial.system_attrs.get("fixed_params", {})
    return values.get(CANDIDATE, -1), values.get(SEED, -1)
