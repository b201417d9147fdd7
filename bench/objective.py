"""What Optuna calls for each trial of the search, and of the confirm stage."""

import time
from collections.abc import Mapping

import optuna
from optuna.exceptions import TrialPruned

from bench import confirm, slots
from bench.preflight import broken_limit
from bench.space import Value
from bench.study import Study
from bench.trainee import Place, Trainee, Void, who
from engine.config import RunConfig
from engine.errors import ConfigError


class Objective:
    """What Optuna makes large: the best epoch's val accuracy of a point of the space."""

    def __init__(self, study: Study, place: Place) -> None:
        self._study, self.place = study, place
        self._baselines = [dict(baseline.params) for baseline in study.baselines]

    def __call__(self, trial: optuna.Trial) -> float:
        _begin(trial)
        if slots.is_surplus(trial.study, trial):
            slots.void(trial, "surplus")
            raise Void("the study has all the trials it wants")
        params = slots.suggest(trial, self._study.space)
        if slots.find_same(trial.study, trial) is not None:
            slots.give_up_duplicate(trial.study, trial, self._study)
            raise Void("tried already")
        config = self._config(trial, params)
        self._check_limits(trial, config)
        may_prune = params not in self._baselines
        trainee = Trainee(trial, config, self.place, self._study.name, may_prune)
        return trainee.train(self._study.file.limits.minutes)

    def _config(self, trial: optuna.Trial, params: Mapping[str, Value]) -> RunConfig:
        try:
            return self._study.config_of(params, test=False, threads=self.place.threads)
        except ConfigError as error:
            trial.set_constraint("possible", 1.0)
            trial.set_user_attr("cause", "cannot be built")
            trial.set_user_attr("message", str(error))
            raise TrialPruned(str(error)) from error

    def _check_limits(self, trial: optuna.Trial, config: RunConfig) -> None:
        """Refuse a model over a limit before its first step."""
        broken = broken_limit(config, self._study.file.limits)
        if broken is not None:
            trial.set_constraint(broken.name, broken.excess)
            trial.set_user_attr("cause", f"over the limit of {broken.name}")
            trial.set_user_attr("message", broken.message)
            trial.set_user_attr("parameters", broken.num_parameters)
            raise TrialPruned(broken.message)


class ConfirmObjective:
    """What the confirm stage trains: a configuration of the search with a fresh seed, in full."""

    def __init__(self, study: Study, place: Place, search: optuna.Study) -> None:
        self._study, self.place, self._search = study, place, search

    def __call__(self, trial: optuna.Trial) -> float:
        _begin(trial)
        number, seed = confirm.suggest(trial)
        chosen = next(t for t in self._search.get_trials(deepcopy=False) if t.number == number)
        config = self._study.config_of(
            slots.values_of(chosen), seed=seed, threads=self.place.threads
        )
        label = f"{self._study.name}-confirm"
        return Trainee(trial, config, self.place, label, may_prune=False).train()


def _begin(trial: optuna.Trial) -> None:
    """Note who trains a trial, and since when, before anything else."""
    trial.set_user_attr("worker", who())
    trial.set_user_attr("started", time.time())
