"""Looks at studies again and again while they are searched; each look costs what changed since.

Safe to use from changing threads, one at a time. Imports no torch.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial

from bench import confirm, ledger, slots
from bench.reading import record_of, shown_url, trial_record
from bench.records import StudyRecord, TrialRecord
from bench.storage import as_sentences, open_storage
from bench.study import Study
from bench.thresholds import Demand, demands
from engine.errors import ConfigError


@dataclass(frozen=True)
class StudyNow:
    """A study at a moment. The same object is returned until something changes."""

    record: StudyRecord
    demands: tuple[Demand, ...]
    target: int  # configurations that it is to try
    to_confirm: int  # trainings of the confirm stage that nobody has queued yet
    opened: float  # when somebody last began or went on with it, in seconds since 1970
    stop_asked: float  # when somebody last asked for its end; 0 if never

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked for its end since it was opened last."""
        return self.stop_asked > self.opened


@dataclass(frozen=True)
class StudySummary:
    """What a listing shows of a study."""

    id: str
    study: Study
    counts: dict[str, int]  # trials of the search by state
    target: int
    best: float | None
    opened: float  # when it was searched last, in seconds since 1970
    running: tuple[TrialRecord, ...]
    confirmed: int  # trainings of the confirm stage that ended
    to_confirm: int  # and those that did not


class Follower:
    """Holds a storage open, with what was read of it; every error of it becomes a sentence.

    Args:
        url: the storage.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._storage: RDBStorage | None = None
        self._opened: dict[str, optuna.Study] = {}  # each keeps the trials that ended
        self._studies: dict[str, tuple[Any, Study]] = {}
        self._seen: object = None
        self._now: StudyNow | None = None

    def look(self, study_id: str) -> StudyNow:
        """Return a study as it is now.

        Raises:
            RunError: there is none of this id.
            ConfigError: its file was written for another version of dli.
            StorageError: the storage cannot be read.
        """
        with self._reading() as storage:
            search = self._open(storage, study_id) or ledger.open_study(storage, study_id)
            stage = self._open(storage, study_id + confirm.SUFFIX)
            trials = search.get_trials(deepcopy=False)
            confirms = stage.get_trials(deepcopy=False) if stage is not None else []
            seen = study_id, _traces(trials), _traces(confirms), search.user_attrs
            if self._now is None or seen != self._seen:
                self._now = self._read(search, stage, trials, shown_url(storage))
                self._seen = seen
            return self._now

    def look_at_all(self) -> Iterator[StudySummary]:
        """Yield the studies, the one opened last first; the first look at each takes longest.

        Raises:
            ConfigError: a study's file was written for another version of dli; told after the rest.
            StorageError: the storage cannot be read.
        """
        problem: ConfigError | None = None
        with self._reading() as storage:
            for study_id in reversed(ledger.names(storage)):
                search = self._open(storage, study_id)
                stage = self._open(storage, study_id + confirm.SUFFIX)
                try:
                    if search is not None:
                        yield _summary(search, stage, self._study_of(search))
                except ConfigError as error:
                    problem = problem or error
        if problem is not None:
            raise problem

    def close(self) -> None:
        """Let go of the storage."""
        if self._storage is not None:
            self._storage.remove_session()
            self._storage.engine.dispose()
            self._storage = None

    @contextlib.contextmanager
    def _reading(self) -> Iterator[RDBStorage]:
        if self._storage is None:
            self._storage = open_storage(self.url)
        try:
            with as_sentences(self.url):
                yield self._storage
        finally:
            self._storage.remove_session()  # the next look may come from another thread

    def _open(self, storage: RDBStorage, name: str) -> optuna.Study | None:
        if name not in self._opened:
            with contextlib.suppress(KeyError):
                self._opened[name] = optuna.load_study(storage=storage, study_name=name)
        return self._opened.get(name)

    def _read(
        self,
        search: optuna.Study,
        stage: optuna.Study | None,
        trials: Sequence[FrozenTrial],
        url: str,
    ) -> StudyNow:
        study, attributes = self._study_of(search), search.user_attrs
        missing = confirm.pairs_to_train(search, stage, study) if stage is not None else ()
        return StudyNow(
            record=record_of(search, study, stage, url),
            demands=demands(trials, study),
            target=attributes.get(slots.TARGET, 0),
            to_confirm=len(missing),
            opened=attributes.get(ledger.OPENED, 0.0),
            stop_asked=attributes.get(ledger.STOP, 0.0),
        )

    def _study_of(self, search: optuna.Study) -> Study:
        """Return what is searched; reading a study's file takes a while, so it is kept."""
        source = search.user_attrs[ledger.SOURCE]
        known = self._studies.get(search.study_name)
        if known is None or known[0] != source:
            known = self._studies[search.study_name] = source, ledger.read_source(source)
        return known[1]


def _summary(search: optuna.Study, stage: optuna.Study | None, study: Study) -> StudySummary:
    attributes = search.user_attrs
    held = slots.slots(search.get_trials(deepcopy=False))
    trials = [trial_record(trial) for trial in held]
    complete = [t.value for t in trials if t.state == "complete" and t.feasible and t.value]
    confirms = slots.slots(stage.get_trials(deepcopy=False)) if stage is not None else []
    stages = [trial_record(trial) for trial in confirms]
    ended = sum(trial.state.is_finished() for trial in confirms)
    return StudySummary(
        id=search.study_name,
        study=study,
        counts=dict(Counter(trial.state for trial in trials)),
        target=attributes.get(slots.TARGET, 0),
        best=max(complete, default=None),
        opened=attributes.get(ledger.OPENED, 0.0),
        running=tuple(trial for trial in (*trials, *stages) if trial.state == "running"),
        confirmed=ended,
        to_confirm=len(confirms) - ended,
    )


def _traces(trials: Sequence[FrozenTrial]) -> list[tuple[object, ...]]:
    """Return what differs between two looks exactly if a trial changed."""
    return [
        (
            trial.state,
            len(trial.intermediate_values),
            len(trial.user_attrs),
            trial.user_attrs.get("run"),
        )
        for trial in trials
    ]
