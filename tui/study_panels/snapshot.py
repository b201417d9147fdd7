"""`StudyView`: all that the Study screen draws a study from; made in a thread, never changed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bench.records import ConfirmRecord, StudyRecord, TrialRecord
from engine.errors import DliError, RunError
from engine.runs import RunFolder, RunState
from tui import clock
from tui.study_panels.tuner import Tuner, TunerStatus, living

if TYPE_CHECKING:
    from bench.following import Follower, StudyNow, StudySummary
    from bench.study import Study

Activity = Literal[
    "preparing", "searching", "confirming", "stopping", "interrupted", "stopped", "unconfirmed",
    "finished",
]  # fmt: skip
LIVE: tuple[Activity, ...] = ("preparing", "searching", "confirming", "stopping")
ENDED = ("complete", "pruned", "failed")
_BETWEEN = 10.0  # seconds between trials, and between search and confirm stage
_STARTING = 60.0  # seconds from taking a trial to its run
_LOCKING = 1.0  # and from there to the run's lock
Record = TrialRecord | ConfirmRecord


@dataclass(frozen=True)
class StudyView:
    """A study with what runs of it, at a moment; `problem` tells why it cannot be read."""

    study_id: str
    root: Path
    url: str
    at: float
    now: "StudyNow | None" = None
    activity: Activity = "preparing"
    states: Mapping[str, RunState] = field(default_factory=dict)  # by run, of those that run
    tuner: TunerStatus | None = None
    problem: str = ""

    @property
    def record(self) -> StudyRecord | None:
        """The study's trials."""
        return self.now.record if self.now else None

    @property
    def is_live(self) -> bool:
        """Whether somebody works on it."""
        return self.activity in LIVE

    @property
    def is_confirming(self) -> bool:
        """Whether what is worked on is the confirm stage, which may have been asked to stop."""
        running = self.running()
        is_stage = bool(running) and not isinstance(running[0], TrialRecord)
        return self.activity == "confirming" or (self.is_live and is_stage)

    def num_ended(self) -> int:
        """Return how many configurations were tried."""
        return sum(trial.state in ENDED for trial in self.record.trials) if self.record else 0

    def num_finished(self) -> tuple[int, int]:
        """Return how many trials and confirm runs ended: what a report depends on."""
        confirms = self.record.confirms if self.record else ()
        return self.num_ended(), sum(run.state in ENDED for run in confirms)

    def best(self) -> TrialRecord | None:
        """Return the best of the search so far."""
        ranked = self.record.ranked() if self.record else ()
        return ranked[0] if ranked else None

    def trial(self, number: int | None) -> TrialRecord | None:
        """Return a trial of the search by its number."""
        trials = self.record.trials if self.record else ()
        return next((trial for trial in trials if trial.number == number), None)

    def running(self) -> list[Record]:
        """Return what is trained now, those of the search first."""
        if self.record is None:
            return []
        both: tuple[Record, ...] = (*self.record.trials, *self.record.confirms)
        return [one for one in both if one.state == "running"]


@dataclass(frozen=True)
class ListedStudy:
    """A row of the list: a study of the storage or, without a summary, one never searched."""

    study: "Study"
    summary: "StudySummary | None" = None
    activity: Activity | None = None


def look_at_study(
    follower: "Follower", study_id: str, root: Path, tuner: Tuner | None
) -> StudyView:
    """Return a study as it is now; a storage that cannot be read is a sentence in the view."""
    status = tuner.status() if tuner else None
    if status is None or not status.is_alive:
        status = next((s for s in living(root) if s.study_id == study_id), status)
    view = StudyView(study_id, root, follower.url, clock.now(), tuner=status)
    alive = status is not None and status.is_alive
    try:
        now = follower.look(study_id)
    except RunError as error:  # there is no such study: perhaps not yet
        return view if alive else _problem(view, error)
    except DliError as error:
        return _problem(view, error)
    both: tuple[Record, ...] = (*now.record.trials, *now.record.confirms)
    running = [one for one in both if one.state == "running"]
    return StudyView(
        study_id=study_id,
        root=root,
        url=follower.url,
        at=view.at,
        now=now,
        activity=_activity(now, running, root, status),
        states=_states(running, root),
        tuner=status,
    )


def _problem(view: StudyView, error: DliError) -> StudyView:
    return StudyView(
        view.study_id, view.root, view.url, view.at, activity="stopped", tuner=view.tuner,
        problem=str(error),
    )  # fmt: skip


def _states(running: Iterable[Record], root: Path) -> dict[str, RunState]:
    known = {one.run: RunFolder(root / one.run).state() for one in running if one.run}
    return {run: state for run, state in known.items() if state is not None}


def _activity(
    now: "StudyNow", running: list[Record], root: Path, tuner: TunerStatus | None
) -> Activity:
    """Return what a study is doing."""
    alive = tuner is not None and tuner.is_alive
    if tuner is not None and alive and _comes_up(now, running, tuner):
        return "preparing"
    is_trained = any(_is_trained(one, root) for one in running)
    is_between = tuner is None and not running and _ended_just_now(now)
    if is_trained or alive or is_between:
        of_search = [isinstance(one, TrialRecord) for one in running]
        is_search = any(of_search) if running else _num_to_do(now)  # trials may wait meanwhile
        return "stopping" if now.is_stopping else "searching" if is_search else "confirming"
    if running:
        return "interrupted"
    if _num_to_do(now):
        return "stopped"
    waiting = sum(run.state == "waiting" for run in now.record.confirms)
    return "unconfirmed" if waiting + now.to_confirm and now.record.complete() else "finished"


def _comes_up(now: "StudyNow", running: list[Record], tuner: TunerStatus) -> bool:
    """Tell whether a search's process has begun no trial yet."""
    is_new = tuner.started > max(now.opened, now.stop_asked)
    return is_new or (not running and not now.is_stopping and _last_end(now) < now.opened)


def _last_end(now: "StudyNow") -> float:
    both: tuple[Record, ...] = (*now.record.trials, *now.record.confirms)
    return max((one.finished or 0.0 for one in both), default=0.0)


def _is_trained(one: Record, root: Path) -> bool:
    """Tell whether a training that is said to run does; of other machines that is believed."""
    since = clock.now() - (one.started or 0.0)
    if since < (_LOCKING if one.run else _STARTING):
        return True
    if not one.run:
        return False
    folder = RunFolder(root / one.run)
    return folder.is_alive() or not folder["config.json"].is_file()


def _num_ended(now: "StudyNow") -> int:
    return sum(trial.state in ENDED for trial in now.record.trials)


def _num_to_do(now: "StudyNow") -> int:
    running = sum(trial.state == "running" for trial in now.record.trials)
    return max(0, now.target - _num_ended(now) - running)


def _ended_just_now(now: "StudyNow") -> bool:
    """Tell whether the next trial may be about to begin."""
    confirms = now.record.confirms
    left = _num_to_do(now) + now.to_confirm + sum(run.state == "waiting" for run in confirms)
    is_recent = clock.now() - _last_end(now) < _BETWEEN
    return bool(left) and not now.is_stopping and is_recent


def look_at_all(follower: "Follower", root: Path) -> Iterable[ListedStudy]:
    """Yield the studies of a storage, the one opened last first.

    Raises:
        StorageError: the storage cannot be read.
    """
    alive = {status.study_id for status in living(root)}
    for summary in follower.look_at_all():
        activity = _listed_activity(summary, root, summary.id in alive)
        yield ListedStudy(summary.study, summary, activity)


def _listed_activity(summary: "StudySummary", root: Path, alive: bool) -> Activity:
    ended = sum(summary.counts.get(state, 0) for state in ENDED)
    if alive or any(_is_trained(one, root) for one in summary.running):
        is_search = summary.counts.get("running") or (
            not summary.running and ended < summary.target
        )
        return "searching" if is_search else "confirming"
    if summary.running:
        return "interrupted"
    if ended < summary.target:
        return "stopped"
    return "finished" if summary.confirmed and not summary.to_confirm else "unconfirmed"


def never_searched(known: Iterable[str]) -> list[ListedStudy]:
    """Return the studies that are known but have no trials yet; broken files are left out.

    Args:
        known: names of those in the storage.
    """
    from bench import catalog
    from bench.resolve import resolve

    there, found = set(known), []
    for name in catalog.names():
        with suppress(DliError):  # `dli studies` tells what is wrong with it
            file = catalog.find(name)
            if name not in there and file.space:
                found.append(ListedStudy(resolve(file)))
    return found
