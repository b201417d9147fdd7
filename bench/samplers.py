"""The sampler and the pruner that a study's `[search]` asks for."""

from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from bench.study import Study

REDUCTION = 3  # of three trials at a rung, one goes on
MEDIAN_STARTUP = 8  # complete trials before a median is worth anything


def make_sampler(study: Study, seed: int) -> BaseSampler:
    """Return the study's sampler; TPE with Optuna's defaults, grouped where dimensions depend."""
    search = study.file.search
    if search.sampler == "random":
        return RandomSampler(seed)
    conditional = any(dimension.when for dimension in study.space)
    return TPESampler(seed=seed, n_startup_trials=search.startup, group=conditional)


def first_rung(study: Study) -> int:
    """Return the step at which halving first judges; each further rung is thrice as far."""
    return max(study.warmup() - 1, 1)


def first_median(study: Study) -> int:
    """Return the step from which on the median pruner judges."""
    return max(study.warmup() - 1, 0)


def make_pruner(study: Study) -> BasePruner:
    """Return the study's pruner; none judges before the learning rate's warm-up is over.

    Optuna's steps count from 0: the value of epoch e is reported at step e - 1.
    """
    match study.pruner():
        case "halving":
            return SuccessiveHalvingPruner(first_rung(study), REDUCTION)
        case "median":
            return MedianPruner(MEDIAN_STARTUP, n_warmup_steps=first_median(study))
    return NopPruner()
