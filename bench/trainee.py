"""One trial: a point of the space is trained as an ordinary run, reported and perhaps pruned.

What goes wrong is written into the trial's user attributes before Optuna hears of it, since Optuna
keeps no reason; limits, memory and divergence become constraints, which teach the sampler.
"""

import os
import socket
import time
import traceback
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import optuna
from optuna.exceptions import TrialPruned, UpdateFinishedTrialError

from bench import slots
from engine import session
from engine.config import RunConfig
from engine.control import PRUNED_BY_HAND, Control, Stop, StopStatus
from engine.errors import ConfigError, DivergedError, DliError, ModelError
from engine.events import EpochCompleted, Event, Intervened, RunFinished, RunPrepared, RunStarted
from engine.history import History
from engine.record import last_event, replay
from engine.runs import RunFolder, create_run

_TRACEBACK = 2000  # characters kept


class Void(Exception):  # noqa: N818  # no error: the trial gave its slot away
    """Raised out of a trial that holds no slot any more; Optuna sees a failed trial."""


class Failed(Exception):  # noqa: N818
    """Raised out of a trial that failed for good; the reason is in its attributes."""


@dataclass(frozen=True)
class Place:
    """Where and how a worker runs its trials."""

    root: Path
    threads: int
    control: Control
    parent: int  # the process that started the worker

    def is_orphaned(self) -> bool:
        """Tell whether the parent went away without a word."""
        return os.getppid() != self.parent


class _TrialControl(Control):
    """A trial is steered by hand like any run, and stops with its worker, also while it waits."""

    def __init__(self, folder: RunFolder, place: Place) -> None:
        super().__init__(folder, place.control)
        self._place = place

    @property
    def asked(self) -> tuple[str, StopStatus] | None:
        """Why the trial is to stop; a worker whose parent is gone stops too."""
        if self._place.is_orphaned():
            self._place.control.request_stop("the process that started the search is gone")
        return super().asked


def who() -> str:
    """Return this worker's name: machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Trainee:
    """A trial that is being trained: its run, and what is reported of it.

    Args:
        trial: Optuna's trial, whose values are drawn already.
        config: what to train.
        place: where.
        label: begins the run's id.
        may_prune: whether the pruner is asked.
    """

    def __init__(
        self, trial: optuna.Trial, config: RunConfig, place: Place, label: str, may_prune: bool
    ) -> None:
        self._trial, self._config, self._place = trial, config, place
        self._label, self._may_prune = label, may_prune
        self._begun = time.time()
        self._minutes: float | None = None
        self._reported: set[int] = set()

    def train(self, minutes: float | None = None) -> float:
        """Train to the end, and return the best epoch's val accuracy.

        Raises:
            TrialPruned: stopped early, or infeasible: over a limit, out of memory, diverged.
            Void: put back in the queue, to go on from its checkpoint.
            Failed: failed for good.
        """
        self._minutes = minutes
        folder = self._folder()
        history = History.of(replay(folder))
        self._trial.set_user_attr("run", folder.id)
        self._trial.set_user_attr("path", str(folder.path.resolve()))
        self._trial.set_user_attr(slots.BEGAN, self._trial.number)
        try:
            if not _is_over(folder):
                self._report_earlier(history)
                self._follow(folder, history)
            return self._result(history)
        except (TrialPruned, Void):
            raise
        except UpdateFinishedTrialError:
            raise Void("another worker has taken the trial over") from None
        except Exception as error:
            raise self._end_of(error, history) from error
        finally:
            self._tell(history, folder)

    def _folder(self) -> RunFolder:
        """Return the folder of a trial that was put back or whose worker died, or a new one.

        It is trained on as it began, also where workers have more or fewer threads now.
        """
        told = self._trial.user_attrs
        for path in (self._place.root / str(told.get("run")), Path(str(told.get("path")))):
            folder = RunFolder(path)
            if folder["config.json"].is_file() and not folder.is_alive() and not _failed(folder):
                with suppress(DliError):
                    if _as_if_here(folder.config()) == _as_if_here(self._config):
                        self._trial.set_user_attr(slots.GOES_ON, True)
                        return folder
        self._trial.set_user_attr(slots.GOES_ON, False)
        return create_run(self._place.root, self._config, f"{self._label}-t{self._trial.number}")

    def _report_earlier(self, history: History) -> None:
        """Report the epochs of a run that goes on, as far as they are not stored yet."""
        stored = self._trial.storage.get_trial(self._trial._trial_id)  # noqa: SLF001
        self._reported = set(stored.intermediate_values)
        epochs = history.epochs
        for epoch, value in zip(epochs["epoch"], epochs["val_accuracy"], strict=True):
            self._report(int(epoch), float(value))

    def _follow(self, folder: RunFolder, history: History) -> None:
        study = self._trial.study.study_name
        started = RunStarted(
            time.time(), folder.id, self._config, study=study, trial=self._trial.number
        )
        control = _TrialControl(folder, self._place)
        with closing(session.run(folder, control, started)) as events:
            stop: Stop | None = None
            for event in events:
                history.fold(event)
                stop = self._why_stop(event)
                if stop is not None:
                    break
            if stop is not None:
                history.fold(events.throw(stop))
                for event in events:  # its checkpoint and its last word
                    history.fold(event)

    def _why_stop(self, event: Event) -> Stop | None:
        if isinstance(event, RunPrepared):
            self._trial.set_user_attr("parameters", event.num_parameters)
        if self._minutes and time.time() - self._begun > 60 * self._minutes:
            over = (time.time() - self._begun) / (60 * self._minutes) - 1
            return self._infeasible("minutes", over, f"longer than {self._minutes:g} minutes")
        if not isinstance(event, EpochCompleted):
            return None
        self._report(event.epoch, event.val_accuracy)
        if self._may_prune and event.epoch < self._config.epochs and self._trial.should_prune():
            return Stop(f"pruned after epoch {event.epoch}", "pruned")
        return None

    def _report(self, epoch: int, value: float) -> None:
        """Report once; Optuna's steps count from 0."""
        if epoch - 1 not in self._reported:
            self._reported.add(epoch - 1)
            self._trial.report(value, epoch - 1)

    def _infeasible(self, limit: str, over: float, message: str) -> Stop:
        self._trial.set_constraint(limit, over)
        self._trial.set_user_attr("cause", f"over the limit of {limit}")
        self._trial.set_user_attr("message", message)
        return Stop(message, "pruned")

    def _result(self, history: History) -> float:
        finished = history.finished
        if finished is None:
            raise Void("the run ended without a word")
        if finished.test is not None:
            self._trial.set_user_attr("test_correct", finished.test.num_correct)
            self._trial.set_user_attr("test_total", finished.test.num_pictures)
        if finished.status == "completed":
            best = history.epochs["epoch"] == history.best_epoch
            return float(history.epochs["val_accuracy"][best][-1])
        told = {done.command for done in _since_resume(history)}
        if finished.status == "pruned":
            if "prune" in told:
                self._trial.set_user_attr("cause", PRUNED_BY_HAND)
            raise TrialPruned(finished.reason)
        if "stop" in told:
            self._trial.set_user_attr("cause", "stopped by hand")
            raise TrialPruned(finished.reason)
        slots.put_back(self._trial.study, self._trial)
        raise Void(finished.reason)

    def _end_of(self, error: Exception, history: History) -> Exception:
        """Return what Optuna is to hear of an error; the reason is stored first."""
        constraint = constraint_of(error)
        tell = self._trial.set_user_attr
        tell("cause", constraint.cause if constraint else type(error).__name__)
        tell("message", str(error)[:_TRACEBACK])
        if constraint is not None:
            self._trial.set_constraint(constraint.name, 1.0)
            return TrialPruned(constraint.cause)
        if not isinstance(error, DliError):
            tell("traceback", traceback.format_exc()[-_TRACEBACK:])
        return Failed(f"after {len(history.epochs)} epochs")

    def _tell(self, history: History, folder: RunFolder) -> None:
        """Store what the trial cost, and drop what nobody goes on from."""
        epochs = history.epochs
        spent = float(epochs["seconds"].sum() + epochs["val_seconds"].sum())
        with suppress(UpdateFinishedTrialError):
            self._trial.set_user_attr("seconds", spent)
            self._trial.set_user_attr("finished", time.time())
        if _is_over(folder):
            folder["checkpoint.pt"].unlink(missing_ok=True)


@dataclass(frozen=True)
class Constraint:
    """A failure that the values of the trial are to blame for."""

    name: str
    cause: str


def constraint_of(error: Exception) -> Constraint | None:
    """Return what the sampler is to learn from an error, or None where the values are innocent."""
    if isinstance(error, DivergedError):
        return Constraint("finite", "diverged")
    if isinstance(error, ConfigError | ModelError):
        return Constraint("possible", "cannot be built")
    text = str(error).lower()
    words = ("out of memory", "can't allocate memory", "not enough memory", "cannot allocate")
    if isinstance(error, MemoryError) or any(word in text for word in words):
        return Constraint("memory", "out of memory")
    return None


def _failed(folder: RunFolder) -> bool:
    last = last_event(folder)
    return isinstance(last, RunFinished) and last.status == "failed"


def _as_if_here(config: RunConfig) -> RunConfig:
    return config.model_copy(update={"threads": None})


def _is_over(folder: RunFolder) -> bool:
    last = last_event(folder)
    return isinstance(last, RunFinished) and last.status in ("completed", "pruned", "failed")


def _since_resume(history: History) -> list[Intervened]:
    since = history.resumes[-1].time if history.resumes else 0.0
    return [done for done in history.interventions if done.time >= since]
