"""`Session`: the fold of a search's events, and what follows from it: counts, speed, time left."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from statistics import fmean

from bench.records import ConfirmRecord, Params, TrialRecord
from bench.study import Study
from bench.tuning_events import (
    Believed,
    StageBegan,
    StudyEnded,
    StudyOpened,
    Ticked,
    TrialBegan,
    TrialEnded,
    TrialPutBack,
    TuningEvent,
    WorkerEnded,
)

Record = TrialRecord | ConfirmRecord
STATES = ("complete", "pruned", "infeasible", "failed", "earlier", "running", "waiting")
_FEW = 2  # trainings that must have ended before any speed is told


def outcome(record: Record) -> str:
    """Return what became of a training; one that broke a limit or diverged is `infeasible`."""
    if record.state == "pruned" and (isinstance(record, ConfirmRecord) or not record.feasible):
        return "infeasible"
    return record.state


def is_better(record: TrialRecord, best: TrialRecord | None) -> bool:
    """Tell whether a trial that was trained to its end is better than the best so far."""
    value = record.value
    if outcome(record) != "complete" or value is None or not math.isfinite(value):
        return False
    return best is None or best.value is None or value > best.value


class Session:
    """All that a search has said so far.

    Args:
        study: what is searched.
        earlier: what had ended before, if known; of other trials only the number is told.
    """

    def __init__(self, study: Study, earlier: Iterable[Record] = ()) -> None:
        self.study = study
        self.trials: list[TrialRecord] = []
        self.confirms: list[ConfirmRecord] = []
        self.best: TrialRecord | None = None
        self._best_of_all: int | None = None  # the number that the search itself called best
        self.opened: StudyOpened | None = None
        self.stage: StageBegan | None = None
        self.begun: dict[int, TrialBegan] = {}  # in this stage
        self.running: dict[int, TrialBegan] = {}
        self.num_running = 0  # of all machines, those that only begin among them
        self.to_do = self.finished = self.target = 0
        self.now = 0.0
        self.believed: Believed | None = None
        self.put_back = self.lost_workers = 0
        self.ended: StudyEnded | None = None
        self._seconds: list[float] = []  # of each training that ended in this stage
        for record in earlier:
            self._keep(record)
        self._num_given = len(self.trials)

    def fold(self, event: TuningEvent) -> None:
        """Take in one event."""
        self.now = event.time
        match event:
            case StudyOpened():
                self.opened = event
                self.finished, self.target = event.finished, event.target
            case StageBegan():
                self._begin_stage(event)
            case TrialBegan():
                self.begun[event.number] = self.running[event.number] = event
                self.num_running = max(self.num_running, len(self.running))
            case TrialEnded():
                self._end_trial(event)
            case Ticked():
                self._tick(event)
            case Believed():
                self.believed = event
            case _:
                self._fold_rare(event)

    def _fold_rare(self, event: TuningEvent) -> None:
        match event:
            case TrialPutBack():
                self.running.pop(event.number, None)
                self.put_back += 1
            case WorkerEnded():
                self.lost_workers += 1
            case StudyEnded():
                self.ended = event
                self.running = {}
                self.num_running = 0

    def _begin_stage(self, event: StageBegan) -> None:
        self.stage = event
        self.begun, self.running, self._seconds = {}, {}, []
        self.num_running = 0
        self.to_do, self.finished = event.to_do, event.finished
        if event.stage == "confirm" or self.opened is None:
            self.target = event.finished + event.to_do

    def _end_trial(self, event: TrialEnded) -> None:
        self.finished, self.target = event.finished, event.target
        if self.running.pop(event.number, None) is not None:
            self.num_running -= 1
        self._seconds.append(_seconds_of(event.record))
        if event.is_best and event.stage == "search":
            self._best_of_all = event.number
        self._keep(event.record)

    def _keep(self, record: Record) -> None:
        if isinstance(record, ConfirmRecord):
            self.confirms.append(record)
            return
        self.trials.append(record)
        if is_better(record, self.best):
            self.best = record

    def _tick(self, event: Ticked) -> None:
        self.to_do, self.num_running = event.to_do, len(event.running)
        known = [number for number in self.running if number in event.running]
        self.running = {number: self.running[number] for number in known}

    def num_unknown(self) -> int:
        """Return how many trials had ended before of which nothing is known here."""
        return max(0, self.opened.finished - self._num_given) if self.opened else 0

    @property
    def is_best_certain(self) -> bool:
        """Whether no trial that ended unseen can be better than `best`."""
        best = self.best.number if self.best else None
        return self.num_unknown() == 0 or best == self._best_of_all

    @property
    def is_confirming(self) -> bool:
        """Whether the best are being trained again."""
        return self.stage is not None and self.stage.stage == "confirm"

    @property
    def seconds(self) -> float:
        """Since the study was opened."""
        return self.now - self.opened.time if self.opened else 0.0

    def counts(self) -> dict[str, int]:
        """Return how many configurations are in each of `STATES`; `earlier` ended unseen."""
        records: Iterable[Record] = self.confirms if self.is_confirming else self.trials
        ended = Counter(outcome(record) for record in records)
        earlier = max(0, self.finished - ended.total())
        waiting = max(0, self.target - self.finished - self.num_running)
        others = {"earlier": earlier, "running": self.num_running, "waiting": waiting}
        return {state: {**ended, **others}.get(state, 0) for state in STATES}

    def per_hour(self) -> float | None:
        """Return how many trainings end in an hour; None before a few have."""
        passed = self.now - self.stage.time if self.stage else 0.0
        if len(self._seconds) < _FEW or passed <= 0:
            return None
        return 3600 * len(self._seconds) / passed

    def remaining_seconds(self) -> float | None:
        """Return how long this stage may still take; None before a few trainings have ended.

        As long as those that ended on average, the pruned among them, shared by all workers.
        """
        if len(self._seconds) < _FEW or self.opened is None:
            return None
        mean = fmean(self._seconds)
        begun = [max(0.0, mean - self.now + began.time) for began in self.running.values()]
        work = sum(begun) + mean * self.counts()["waiting"]
        parallel = max(self.opened.workers, self.num_running, 1)
        return max([work / parallel, *begun])

    def trial(self, number: int) -> TrialRecord | None:
        """Return a trial of the search that ended, if it is known here."""
        return next((trial for trial in self.trials if trial.number == number), None)

    def params_of(self, number: int) -> Params:
        """Return the settings of a trial of the search, as far as they are known here."""
        trial = self.trial(number)
        return trial.params if trial else {}

    def confirmed(self, candidate: int) -> dict[int, float]:
        """Return what a candidate reached so far in the confirm stage, by seed."""
        mine = (record for record in self.confirms if record.candidate == candidate)
        return {r.seed: r.value for r in mine if r.state == "complete" and r.value is not None}

    def baseline_of(self, params: Params) -> str:
        """Return the name of the baseline with these settings, or nothing."""
        return next((b.name for b in self.study.baselines if dict(b.params) == dict(params)), "")

    def causes(self) -> Mapping[str, int]:
        """Return how many trials of the search were infeasible or failed, by cause."""
        if self.ended is not None:
            return self.ended.causes
        return Counter(record.cause or "unknown" for record in self.failures())

    def failures(self) -> Iterator[Record]:
        """Yield what was infeasible or failed in this stage, in the order it ended."""
        records: Iterable[Record] = self.confirms if self.is_confirming else self.trials
        return (record for record in records if outcome(record) in ("infeasible", "failed"))


def _seconds_of(record: Record) -> float:
    """Return how long a worker was busy with a training."""
    if record.started is not None and record.finished is not None:
        return max(0.0, record.finished - record.started)
    return record.seconds
