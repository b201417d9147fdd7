"""Tuning: a search by worker processes, then the confirm stage, as one stream of events.

The caller owns the loop; closing the stream, or a stop asked for through `control`, puts running
trials back and keeps all that was reached. Imports no torch.
"""

import math
import socket
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState

from bench import confirm, earlier, ledger, slots
from bench.ledger import Overrides
from bench.stage import StageRun, revive_the_dead
from bench.storage import using_storage
from bench.study import Study
from bench.tuning_events import (
    Believed,
    EndStatus,
    Stage,
    StudyEnded,
    StudyOpened,
    TrialEnded,
    TuningEvent,
)
from bench.worker_order import Order
from bench.workers import Crew
from engine.control import Control
from engine.data.load import load
from engine.data.spec import Progress
from engine.memory import available_memory

Events = Generator[TuningEvent, None, None]
_MEMORY_SHARE = 0.9  # of what is available, for all workers
_FEW = 10  # complete trials below which nothing is believed
_BELIEF_SECONDS = 5.0


@dataclass(frozen=True)
class DataFacts:
    """What a study's identity and statistics need of its data."""

    digest: str
    num_val: int


@dataclass(frozen=True)
class Plan:
    """What `tune` is to do. `minutes` bounds search and confirm together."""

    study: Study
    overrides: Overrides
    data: DataFacts
    url: str
    root: Path
    trials: int
    workers: int
    threads: int
    minutes: float | None = None
    search: bool = True
    confirm: bool = True
    learn_from_earlier: bool = False
    gpus: tuple[str, ...] = ()
    control: Control = field(default_factory=Control)

    @property
    def id(self) -> str:
        """The study's identity, which is its name in the storage."""
        return self.study.identity(self.data.digest)


@dataclass(frozen=True)
class _Course:
    """What `tune` works on: a plan, its two studies, and what ends them before they are done."""

    plan: Plan
    search: optuna.Study
    confirming: optuna.Study
    deadline: float | None
    answered: float | None  # the last request to end the search that is not for this call


def look_at_data(study: Study) -> Generator[Progress, None, DataFacts]:
    """Prepare the study's data, and return what is to be known of it.

    Raises:
        DataError: it is not on this machine; the sentence says what to do.
    """
    loaded = yield from load(study.config.dataset, study.config.data)
    return DataFacts(loaded.prepared.digest, len(loaded.val))


def tune(plan: Plan) -> Events:
    """Search, then confirm, and yield what happens.

    Raises:
        StorageError: the storage cannot be used.
        RunError: no worker can start, or every trial fails.
    """
    with using_storage(plan.url, create=True, revive=slots.revive, patient=True) as storage:
        yield from _tune(plan, storage)


def _tune(plan: Plan, storage: RDBStorage) -> Events:
    deadline = _deadline(plan.minutes)
    search, confirming = _made(plan, storage)
    course = _Course(plan, search, confirming, deadline, ledger.last_stop(search))
    target = search.user_attrs.get(slots.TARGET, 0)
    yield StudyOpened(
        time.time(), plan.id, plan.url, target, _num_finished(search), plan.workers, plan.threads
    )
    why: tuple[EndStatus, str] | None = None
    for name, stored in _stages(course):
        if name == "confirm" and not _fits(course):
            why = "time is up", "the confirm stage does not fit into the time left"
            break
        run = _stage_run(course, name, stored)
        yield from _with_beliefs(run) if name == "search" else run.events()
        why = run.why_stopped
        if why is not None:
            break
    yield _ended(course, why)


def _made(plan: Plan, storage: RDBStorage) -> tuple[optuna.Study, optuna.Study]:
    """Return the search and its confirm stage, as they are to go on from."""
    study = plan.study
    source = ledger.source_of(study, plan.overrides, plan.data.num_val, plan.data.digest)
    search = ledger.make_study(storage, study, plan.id, source)
    confirming = ledger.make_study(storage, study, plan.id + confirm.SUFFIX, source)
    for stored in (search, confirming):
        revive_the_dead(stored, plan.root, socket.gethostname())
    if plan.learn_from_earlier:
        earlier.learn_from(search, study, earlier.fitting(storage, study, plan.data.digest))
    if plan.search:
        slots.fill(search, study, slots.target_of(study, plan.trials))
    return search, confirming


def _stages(course: _Course) -> Iterator[tuple[Stage, optuna.Study]]:
    if course.plan.search:
        yield "search", course.search
    if course.plan.confirm:
        yield "confirm", course.confirming


def _stage_run(course: _Course, name: Stage, stored: optuna.Study) -> StageRun:
    plan = course.plan
    memory = plan.study.file.limits.memory_gb
    share = _share_of_memory(plan.workers)
    order = Order(
        url=plan.url,
        study=plan.id,
        stage=stored.study_name,
        root=str(plan.root.resolve()),
        threads=plan.threads,
        memory_bytes=None if plan.gpus else (int(memory * 1e9) if memory else share),
        answered=course.answered,
    )
    logs = plan.root / ".tune" / plan.id.replace("@", "-")
    return StageRun(
        name=name,
        stored=stored,
        search=course.search,
        study=plan.study,
        crew=Crew(order, logs, plan.gpus),
        workers=plan.workers,
        control=plan.control,
        root=plan.root,
        deadline=course.deadline,
        answered=course.answered,
    )


def _share_of_memory(workers: int) -> int | None:
    available = available_memory()
    return None if available is None else int(_MEMORY_SHARE * available / workers)


def _deadline(minutes: float | None) -> float | None:
    return None if minutes is None else time.monotonic() + 60 * minutes


def _fits(course: _Course) -> bool:
    """Queue the confirm stage if it can be expected to end before the deadline."""
    plan, search, confirming = course.plan, course.search, course.confirming
    missing = len(confirm.pairs_to_train(search, confirming, plan.study))
    if course.deadline is not None and missing:
        rounds = math.ceil(missing / plan.workers)
        if rounds * _seconds_of_a_trial(search) > course.deadline - time.monotonic():
            return False
    confirm.fill(search, confirming, plan.study)
    return True


def _complete(search: optuna.Study) -> list[FrozenTrial]:
    """Return the study's own complete trials."""
    found = search.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return slots.slots(found)


def _seconds_of_a_trial(search: optuna.Study) -> float:
    seconds = [float(trial.user_attrs.get("seconds", 0.0)) for trial in _complete(search)]
    return sum(seconds) / len(seconds) if seconds else 0.0


def _with_beliefs(run: StageRun) -> Events:
    """Pass on a search's events, and now and then what explains its values so far."""
    due = 0.0
    for event in run.events():
        yield event
        if isinstance(event, TrialEnded) and time.monotonic() >= due:
            due = time.monotonic() + _BELIEF_SECONDS
            yield from _beliefs(run.stored)


def _beliefs(search: optuna.Study) -> Iterator[Believed]:
    if len(_complete(search)) >= _FEW:
        shares = optuna.importance.get_param_importances(search)
        yield Believed(time.time(), {path: float(share) for path, share in shares.items()})


def _num_finished(search: optuna.Study) -> int:
    held = slots.slots(search.get_trials(deepcopy=False))
    return sum(trial.state.is_finished() for trial in held)


def _ended(course: _Course, why: tuple[EndStatus, str] | None) -> StudyEnded:
    plan, search, confirming = course.plan, course.search, course.confirming
    missing = len(confirm.pairs_to_train(search, confirming, plan.study))
    queued = confirming.get_trials(deepcopy=False, states=(TrialState.WAITING,))
    if why is None and plan.search and not _complete(search):
        why = "failed", "no trial was trained to its end"
    status, reason = why or ("complete", "")
    return StudyEnded(
        time=time.time(),
        status=status,
        reason=reason,
        finished=_num_finished(search),
        target=search.user_attrs.get(slots.TARGET, 0),
        to_confirm=missing + len(queued),
        causes=causes(search),
    )


def causes(search: optuna.Study) -> Mapping[str, int]:
    """Return how many trials failed or were infeasible, by cause."""
    held = slots.slots(search.get_trials(deepcopy=False))
    told = [trial.user_attrs.get("cause") for trial in held if trial.state.is_finished()]
    return dict(Counter(cause for cause in told if cause))
