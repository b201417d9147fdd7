"""One stage of tuning as a stream of events: workers are kept busy until nothing waits."""

import os
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import optuna
from optuna.storages import fail_stale_trials
from optuna.trial import FrozenTrial, TrialState

from bench import ledger, slots
from bench.reading import confirm_record, trial_record
from bench.study import Study
from bench.tuning_events import (
    EndStatus,
    Stage,
    StageBegan,
    Ticked,
    TrialBegan,
    TrialEnded,
    TrialPutBack,
    TuningEvent,
    WorkerEnded,
)
from bench.workers import Crew, WorkerProcess, last_words
from engine.control import Control
from engine.errors import RunError
from engine.runs import RunFolder

Events = Generator[TuningEvent, None, None]
_POLL_SECONDS = 0.25
_SWEEP_SECONDS = 30.0
ASKED = "asked to stop after the trials that ran"
_ALL_FAIL = 5  # trials that fail, with none that does not, end a stage


@dataclass
class StageRun:
    """A stage that is being run by this process's crew, perhaps beside other machines' crews."""

    name: Stage
    stored: optuna.Study
    search: optuna.Study  # the stage itself, or the search that it confirms
    study: Study
    crew: Crew
    workers: int
    control: Control
    root: Path
    deadline: float | None = None
    answered: float | None = None  # the last request to end the search that came before
    _seen: dict[int, TrialState] = field(default_factory=dict)
    _sweep_due: float = 0.0
    _best: float = -1.0

    def events(self) -> Events:
        """Run the stage; ends when nothing waits or runs, it is to stop, or time is up.

        Raises:
            RunError: no worker can start, or every trial fails.
            StorageError: the storage went away.
        """
        trials = self._trials()
        self._take_note(trials)
        to_do = slots.num_to_do(self.stored)
        yield StageBegan(time.time(), self.name, to_do, _num_finished(trials))
        try:
            while not self._is_over():
                yield from self._look()
                time.sleep(_POLL_SECONDS)
            self.crew.ask_to_end()
            while len(self.crew) and not self.crew.took_too_long:
                self.crew.reap()
                yield from self._look_at_trials()
                yield self._ticked()
                time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:  # asked twice: the trials go on from their last checkpoints
            pids = self.crew.pids
            self.crew.kill()
            self._put_back_trials_of(pids)
            raise
        finally:
            self.crew.end()
        yield from self._look_at_trials()

    @property
    def why_stopped(self) -> tuple[EndStatus, str] | None:
        """Why it ends, or ended, before everything was done; None where nothing stops it."""
        if self.control.stop_reason:
            return "stopped", self.control.stop_reason
        if self.deadline is not None and time.monotonic() > self.deadline:
            return "time is up", "time is up"
        return ("stopped", ASKED) if self._is_asked() else None

    def _is_asked(self) -> bool:
        """Tell whether the search is to end once what runs is done."""
        return ledger.last_stop(self.search) != self.answered

    def _is_over(self) -> bool:
        why = self.why_stopped
        if why is not None:
            return why[1] != ASKED or not len(self.crew)
        if len(self.crew) or slots.num_to_do(self.stored):
            return False
        return not self.stored.get_trials(deepcopy=False, states=(TrialState.RUNNING,))

    def _look(self) -> Events:
        """See what happened since the last time, and replace workers that ended."""
        yield from self._reap()
        self._sweep()
        yield from self._look_at_trials()
        trials = self._trials()
        self._refuse_hopeless(trials)
        to_do = slots.num_to_do(self.stored)
        for number in self.crew.free_numbers(self.workers)[: 0 if self._is_asked() else to_do]:
            self.crew.start(number)
        yield self._ticked()

    def _ticked(self) -> Ticked:
        running = {
            trial.number: trial.user_attrs.get("run", "")
            for trial in self.stored.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        }
        return Ticked(time.time(), self.name, running, slots.num_to_do(self.stored))

    def _reap(self) -> Events:
        for worker in self.crew.reap():
            code = worker.process.returncode
            if code:
                yield WorkerEnded(time.time(), worker.number, code, str(worker.log))
                self._revive_trials_of(worker)
            if self.crew.cannot_start:
                raise RunError(
                    f"workers end as soon as they start (exit {code}); the last said: "
                    f"{last_words(worker.log)}"
                )

    def _revive_trials_of(self, worker: WorkerProcess) -> None:
        for trial in self._trials():
            who = trial.user_attrs.get("worker", "")
            if trial.state == TrialState.RUNNING and who.endswith(f":{worker.pid}"):
                slots.fail_and_revive(self.stored, trial.number)

    def _put_back_trials_of(self, pids: set[int]) -> None:
        for trial in self._trials():
            pid = trial.user_attrs.get("worker", "").rpartition(":")[2]
            if trial.state == TrialState.RUNNING and pid in map(str, pids):
                slots.put_back_dead(self.stored, trial)

    def _sweep(self) -> None:
        """Revive trials of other machines whose heartbeat stopped, now and then."""
        if time.monotonic() >= self._sweep_due:
            self._sweep_due = time.monotonic() + _SWEEP_SECONDS
            fail_stale_trials(self.stored)

    def _refuse_hopeless(self, trials: list[FrozenTrial]) -> None:
        held = slots.slots(trials)
        failed = [trial for trial in held if trial.state == TrialState.FAIL]
        good = [t for t in held if t.state in (TrialState.COMPLETE, TrialState.PRUNED)]
        if len(failed) >= _ALL_FAIL and not good:
            raise RunError(
                f"all {len(failed)} trials failed, so the search ends: {_causes(failed)}"
            )

    def _look_at_trials(self) -> Events:
        trials = self._trials()
        for trial in trials:
            before = self._seen.get(trial.number)
            if trial.state == before:
                continue
            begun = trial.user_attrs.get(slots.BEGAN) == trial.number
            if trial.state == TrialState.RUNNING and not begun:
                continue  # told once it has its run
            self._seen[trial.number] = trial.state
            yield from self._told(trial, trials)

    def _told(self, trial: FrozenTrial, trials: list[FrozenTrial]) -> Events:
        """Tell what became of a trial."""
        now, number = time.time(), trial.number
        if trial.state == TrialState.RUNNING:
            again = bool(trial.user_attrs.get(slots.GOES_ON))
            run, worker = trial.user_attrs["run"], trial.user_attrs.get("worker", "")
            values = slots.values_of(trial)
            yield TrialBegan(now, self.name, number, values, run, worker, again)
        elif trial.state.is_finished():
            held = {other.number for other in slots.slots(trials)}
            if number in held:
                yield self._ended(trial, trials)
            elif trial.user_attrs.get(slots.VOID) in (None, "put back"):
                why = "its worker was killed" if not trial.user_attrs.get(slots.VOID) else "stopped"
                yield TrialPutBack(now, self.name, number, why)

    def _ended(self, trial: FrozenTrial, trials: list[FrozenTrial]) -> TrialEnded:
        is_search = self.name == "search"
        record = trial_record(trial, self._baseline(trial)) if is_search else confirm_record(trial)
        value = record.value if trial.state == TrialState.COMPLETE else None
        best = value is not None and value > self._best
        self._best = value if best and value is not None else self._best
        held = slots.slots(trials)
        target = self.stored.user_attrs.get(slots.TARGET, len(held)) if is_search else len(held)
        told = [o for o in held if o.state.is_finished() and self._seen.get(o.number) == o.state]
        return TrialEnded(time.time(), self.name, trial.number, record, best, len(told), target)

    def _baseline(self, trial: FrozenTrial) -> str:
        same = (b.name for b in self.study.baselines if dict(b.params) == slots.values_of(trial))
        return next(same, "")

    def _trials(self) -> list[FrozenTrial]:
        return self.stored.get_trials(deepcopy=False)

    def _take_note(self, trials: list[FrozenTrial]) -> None:
        for trial in trials:
            if trial.state.is_finished():
                self._seen[trial.number] = trial.state
            is_own = slots.EARLIER not in trial.user_attrs
            if is_own and trial.state == TrialState.COMPLETE and trial.value is not None:
                self._best = max(self._best, trial.value)


def _num_finished(trials: list[FrozenTrial]) -> int:
    return sum(trial.state.is_finished() for trial in slots.slots(trials))


def _causes(failed: list[FrozenTrial]) -> str:
    """Return the causes with how often each was met, the most frequent first, and an example."""
    by_cause: dict[str, list[str]] = {}
    for trial in failed:
        told = trial.user_attrs
        cause = told.get("cause", "unknown cause")
        by_cause.setdefault(cause, []).append(told.get("message", "no reason was stored"))
    groups = sorted(by_cause.items(), key=lambda group: -len(group[1]))
    return "; ".join(f"{len(texts)} × {cause}: {texts[0]}" for cause, texts in groups)


def revive_the_dead(stored: optuna.Study, root: Path, host: str) -> list[int]:
    """Revive the running trials whose run nobody on this machine trains; return their numbers.

    They are left of a parent and its workers that were all killed at once.
    """
    dead = []
    for trial in stored.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        name, _, pid = str(trial.user_attrs.get("worker", "")).rpartition(":")
        run = trial.user_attrs.get("run")
        trained = run is not None and RunFolder(root / run).is_alive()
        if name == host and not trained and not _is_process(int(pid)):
            dead.append(trial.number)
    return [number for number in dead if slots.fail_and_revive(stored, number)]


def _is_process(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
