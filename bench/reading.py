"""Reads a study from its storage into plain records, for reports and live views. No torch."""

import json
import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState

from bench import confirm, ledger, slots
from bench.records import ConfirmRecord, StudyRecord, TrialRecord
from bench.records import TrialState as State
from bench.study import Study

_STATES: Mapping[TrialState, State] = {
    TrialState.WAITING: "waiting",
    TrialState.RUNNING: "running",
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}


def read_record(storage: RDBStorage, study_id: str) -> StudyRecord:
    """Return all that a storage knows of a study.

    Raises:
        RunError: there is none of this id.
        ConfigError: its file was written for another version of dli.
    """
    stored = ledger.open_study(storage, study_id)
    confirming = open_confirm(storage, study_id)
    return record_of(stored, ledger.read_study(stored), confirming, shown_url(storage))


def record_of(
    stored: optuna.Study, study: Study, confirming: optuna.Study | None, url: str
) -> StudyRecord:
    """Return all that is known of an open study.

    Args:
        stored: the search in its storage.
        study: the same as `ledger.read_study` returns it.
        confirming: its confirm stage, if there is one.
        url: the storage's, as it may be shown.
    """
    attributes = stored.user_attrs
    source = attributes[ledger.SOURCE]
    return StudyRecord(
        name=study.name,
        id=stored.study_name,
        about=study.file.about,
        space=study.space,
        base=study.base_values,
        epochs=study.config.epochs,
        num_val=source["num_val"],
        top=study.file.confirm.top,
        seeds=study.file.confirm.seeds,
        trials=tuple(trial_records(stored.get_trials(deepcopy=False), study)),
        confirms=tuple(_confirms(confirming)),
        warmup=study.warmup() if study.pruner() != "none" else 0,
        facts={
            **attributes.get(ledger.FACTS, {}),
            "train": _train_command(study, source["overrides"]),
            "data_digest": source["data_digest"],
            "dataset": study.config.dataset,
            "seed": study.file.search.seed,
            "sampler": study.file.search.sampler,
            "pruner": study.pruner(),
            "storage": url,
        },
    )


def _train_command(study: Study, overrides: Sequence[Sequence[Any]]) -> str:
    """Return the command that trains the study's base as the study has it."""
    shipped_or_local = Path(study.file.path).parent.name == "studies"
    words = ["dli", "train", study.name if shipped_or_local else study.file.path]
    for path, value in overrides:
        text = value if isinstance(value, str) else json.dumps(value).replace("null", "none")
        words += ["--set", f"{path}={text}"]
    return shlex.join(words)


def trial_records(trials: Sequence[FrozenTrial], study: Study) -> list[TrialRecord]:
    """Return a record for each trial that holds a slot."""
    names = {_key(baseline.params): baseline.name for baseline in study.baselines}
    return [
        trial_record(trial, names.get(_key(slots.values_of(trial)), ""))
        for trial in slots.slots(trials)
    ]


def trial_record(trial: FrozenTrial, baseline: str = "") -> TrialRecord:
    """Return what is known of a trial of the search."""
    told = trial.user_attrs
    return TrialRecord(
        number=trial.number,
        state=_STATES[trial.state],
        params=slots.values_of(trial),
        value=_value(trial),
        curve=_curve(trial),
        feasible=all(excess <= 0 for excess in trial.constraints.values()),
        baseline=baseline,
        cause=told.get("cause", "" if trial.state != TrialState.FAIL else "unknown"),
        message=told.get("message", ""),
        run=told.get("run", ""),
        num_parameters=told.get("parameters", 0),
        seconds=told.get("seconds", 0.0),
        worker=told.get("worker", ""),
        started=told.get("started"),
        finished=told.get("finished"),
    )


def confirm_record(trial: FrozenTrial) -> ConfirmRecord:
    """Return what is known of a training of the confirm stage."""
    told = trial.user_attrs
    values: Mapping[str, Any] = trial.params or trial.system_attrs.get("fixed_params", {})
    return ConfirmRecord(
        candidate=values.get(confirm.CANDIDATE, -1),
        seed=values.get(confirm.SEED, -1),
        state=_STATES[trial.state],
        value=_value(trial) if trial.state == TrialState.COMPLETE else None,
        epochs=len(trial.intermediate_values),
        seconds=told.get("seconds", 0.0),
        test_correct=told.get("test_correct"),
        test_total=told.get("test_total"),
        run=told.get("run", ""),
        cause=told.get("cause", ""),
        message=told.get("message", ""),
        started=told.get("started"),
        finished=told.get("finished"),
    )


def shown_url(storage: RDBStorage) -> str:
    """Return the storage's URL without its password."""
    return storage.engine.url.render_as_string(hide_password=True)


def open_confirm(storage: RDBStorage, study_id: str) -> optuna.Study | None:
    """Return the confirm stage of a study, or None where there is none yet."""
    try:
        return optuna.load_study(storage=storage, study_name=study_id + confirm.SUFFIX)
    except KeyError:
        return None


def _confirms(stage: optuna.Study | None) -> list[ConfirmRecord]:
    trials = stage.get_trials(deepcopy=False) if stage is not None else []
    return [confirm_record(trial) for trial in slots.slots(trials)]


def _key(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((path, repr(value)) for path, value in params.items()))


def _value(trial: FrozenTrial) -> float | None:
    value = trial.value
    return value if value is not None and math.isfinite(value) else None


def _curve(trial: FrozenTrial) -> tuple[float, ...]:
    """Return the value after each epoch; Optuna's steps count from 0."""
    reported = trial.intermediate_values
    return tuple(reported.get(step, math.nan) for step in range(max(reported, default=-1) + 1))
