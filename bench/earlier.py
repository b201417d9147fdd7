"""Trials of earlier versions of a study, which the sampler of a new version may learn from.

A changed base or space makes a new study, and results are never mixed. But where an old trial is,
to the last setting, one that the new study could have made, of the same data and length, its value
is worth knowing. Imports no torch.
"""

from collections.abc import Iterator, Mapping

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from bench import ledger, slots
from bench.space import Value
from bench.study import Study, setting
from engine.config import RunConfig
from engine.errors import ConfigError

_ENDED = (TrialState.COMPLETE, TrialState.PRUNED)
Found = tuple[FrozenTrial, dict[str, Value]]  # an old trial, and its values in the new space


def fitting(storage: RDBStorage, study: Study, data_digest: str) -> Mapping[str, list[Found]]:
    """Return the trials of each earlier version, by its id, that the study could have made itself.

    Args:
        storage: where they are.
        study: the new version, which may not be there yet.
        data_digest: of its data.
    """
    own, found = study.identity(data_digest), {}
    for other in ledger.names(storage):
        if other == own or other.partition("@")[0] != study.name:
            continue
        stored = ledger.open_study(storage, other)
        if stored.user_attrs[ledger.SOURCE]["data_digest"] == data_digest:
            trials = list(_fitting_of(stored, study))
            if trials:
                found[other] = trials
    return found


def _fitting_of(stored: optuna.Study, study: Study) -> Iterator[Found]:
    try:
        old = ledger.read_study(stored)
    except ConfigError:
        return  # its file was written for another version of dli
    for trial in slots.slots(stored.get_trials(deepcopy=False, states=_ENDED)):
        params = _same_point(old.config_of(slots.values_of(trial)), study)
        if params is not None:
            yield trial, params


def _same_point(config: RunConfig, study: Study) -> dict[str, Value] | None:
    """Return the point of the study's space that is this very config, if there is one."""
    chosen: dict[str, Value] = {}
    for dimension in study.space:
        if dimension.is_active(chosen):
            value = setting(config, dimension.path)
            if value is None or not dimension.contains(value):
                return None
            chosen[dimension.path] = value
    return chosen if study.config_of(chosen) == config else None


def learn_from(search: optuna.Study, study: Study, found: Mapping[str, list[Found]]) -> int:
    """Put earlier trials beside those of the study, where they only teach the sampler.

    They hold no slot, and no report shows them. Returns their number; a second call adds none.
    """
    known = {
        trial.user_attrs[slots.EARLIER]
        for trial in search.get_trials(deepcopy=False)
        if slots.EARLIER in trial.user_attrs
    }
    spaces = slots.distributions(study.space)
    for study_id, trials in found.items():
        for trial, params in trials:
            name = f"{study_id} {trial.number}"
            if name not in known:
                known.add(name)
                search.add_trial(
                    create_trial(
                        state=trial.state,
                        value=trial.value,
                        params=dict(params),
                        distributions={path: spaces[path] for path in params},
                        user_attrs={slots.EARLIER: name},
                        intermediate_values=trial.intermediate_values,
                        constraints=dict(trial.constraints),
                    )
                )
    return len(known)
