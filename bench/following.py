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
from bench.reading import open_confirm, record_of, shown_url, trial_record
from bench.records import StudyRecord, TrialRecord
from bench.spec import read
from bench.storage import as_sentences, open_storage
from bench.study import Study
from bench.thresholds import Demand, demands


@dataclass(frozen=True)
class StudyNow:
    """A study at a moment. The same object is returned until something changes."""

    record: StudyRecord
    demands: tuple[Demand, ...]
    target: int  # configurations that it is to try
    to_confirm: int  # trainings of the confirm stage that nobody has queued yet
    is_stopping: bool  # whether somebody asked for its end since it was opened last


@dataclass(frozen=True)
class StudySummary:
    """What a listing shows of a study."""

    id: str
    about: str
    counts: dict[str, int]  # trials of the search by state
    target: int
    best: float | None
    opened: float  # when it was searched last, in seconds since 1970
    running: tuple[TrialRecord, ...]
    confirmed: int  # trainings of the confirm stage that ended
    to_confirm: int  # and those that did not


class _Follower:
    """Holds a storage open; every error of it becomes a sentence."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._storage: RDBStorage | None = None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[RDBStorage]:
        if self._storage is None:
            self._storage = open_storage(self._url)
        try:
            with as_sentences(self._url):
                yield self._storage
        finally:
            self._storage.remove_session()  # the next look may come from another thread

    def close(self) -> None:
        """Let go of the storage."""
        if self._storage is not None:
            self._storage.remove_session()
            self._storage.engine.dispose()
            self._storage = None


class StudyFollower(_Follower):
    """Looks at one study.

    Args:
        url: its storage.
        study_id: its id, `name@hash8`.
    """

    def __init__(self, url: str, study_id: str) -> None:
        super().__init__(url)
        self.study_id = study_id
        self._search: optuna.Study | None = None
        self._confirming: optuna.Study | None = None
        self._study: tuple[Any, Study] | None = None
        self._seen: object = None
        self._now: StudyNow | None = None

    def look(self) -> StudyNow:
        """Return the study as it is now.

        Raises:
            RunError: there is none of this id.
            ConfigError: its file was written for another version of dli.
            StorageError: the storage cannot be read.
        """
        with self._opened() as storage:
            search = self._search = self._search or ledger.open_study(storage, self.study_id)
            self._confirming = self._confirming or open_confirm(storage, self.study_id)
            trials = search.get_trials(deepcopy=False)
            confirms = self._confirming.get_trials(deepcopy=False) if self._confirming else []
            seen = _traces(trials), _traces(confirms), search.user_attrs
            if self._now is None or seen != self._seen:
                self._now, self._seen = self._read(search, trials, shown_url(storage)), seen
            return self._now

    def _read(self, search: optuna.Study, trials: Sequence[FrozenTrial], url: str) -> StudyNow:
        study = self._study_of(search)
        missing, attributes = 0, search.user_attrs
        if self._confirming is not None:
            missing = len(confirm.pairs_to_train(search, self._confirming, study))
        return StudyNow(
            record=record_of(search, study, self._confirming, url),
            demands=demands(trials, study),
            target=attributes.get(slots.TARGET, 0),
            to_confirm=missing,
            is_stopping=attributes.get(ledger.STOP, 0.0) > attributes.get(ledger.OPENED, 0.0),
        )

    def _study_of(self, search: optuna.Study) -> Study:
        """Return what is searched; reading a study's file takes a while, so it is kept."""
        source = search.user_attrs[ledger.SOURCE]
        if self._study is None or self._study[0] != source:
            self._study = source, ledger.read_source(source)
        return self._study[1]


class Overview(_Follower):
    """Looks at all studies of a storage."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._opened_studies: dict[str, optuna.Study] = {}

    def look(self) -> Iterator[StudySummary]:
        """Yield the studies, the one opened last first; the first look at each takes longest.

        Raises:
            StorageError: the storage cannot be read.
        """
        with self._opened() as storage:
            for study_id in reversed(ledger.names(storage)):
                search = self._study(storage, study_id)
                stage = self._study(storage, study_id + confirm.SUFFIX)
                if search is not None:
                    yield _summary(search, stage)

    def _study(self, storage: RDBStorage, name: str) -> optuna.Study | None:
        if name not in self._opened_studies:
            with contextlib.suppress(KeyError):
                self._opened_studies[name] = optuna.load_study(storage=storage, study_name=name)
        return self._opened_studies.get(name)


def _summary(search: optuna.Study, stage: optuna.Study | None) -> StudySummary:
    attributes = search.user_attrs
    source = attributes[ledger.SOURCE]
    held = slots.slots(search.get_trials(deepcopy=False))
    trials = [trial_record(trial) for trial in held]
    complete = [t.value for t in trials if t.state == "complete" and t.feasible and t.value]
    confirms = slots.slots(stage.get_trials(deepcopy=False)) if stage is not None else []
    stages = [trial_record(trial) for trial in confirms]
    ended = sum(trial.state.is_finished() for trial in confirms)
    return StudySummary(
        id=search.study_name,
        about=read(source["text"], source["path"]).about,
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
