"""The sampler and the pruner that a study's `[search]` asks for."""

from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from bench.study import Study

_REDUCTION = 3  # of three trials at a rung, one goes on
_MEDIAN_STARTUP = 8


def make_sampler(study: Study, seed: int) -> BaseSampler:
    """Return the study's sampler; TPE with Optuna's defaults, grouped where dimensions depend."""
    search = study.file.search
    if search.sampler == "random":
        return RandomSampler(seed)
    conditional = any(dimension.when for dimension in study.space)
    return TPESampler(seed=seed, n_startup_trials=search.startup, group=conditional)


def make_pruner(study: Study) -> BasePruner:
    """Return the study's pruner; none judges before the learning rate's warm-up is over.

    Optuna's steps count from 0: the value of epoch e is reported at step e - 1.
    """
    warmup = study.warmup()
    match study.pruner():
        case "halving":
            return SuccessiveHalvingPruner(max(warmup - 1, 1), _REDUCTION)
        case "median":
            return MedianPruner(_MEDIAN_STARTUP, n_warmup_steps=max(warmup - 1, 0))
    return NopPruner()
