"""Writing a run's events to its folder, and reading them back, whole or as they come.

Imports no torch.
"""

import math
import os
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from io import FileIO

from engine.control import Stop
from engine.errors import DliError, RunError, StorageError
from engine.events import (
    EpochCompleted,
    Event,
    Intervened,
    PhaseChanged,
    RunFinished,
    RunPrepared,
    RunResumed,
    RunStarted,
    StepCompleted,
    TestResult,
    from_json,
    to_json,
)
from engine.files import storage_errors, write_all, write_atomically
from engine.runs import RunFolder, RunState

Events = Generator[Event, None, None]
_STATE_SECONDS = 0.25
_SPARKLINE_POINTS = 32


def recorded(events: Events, folder: RunFolder) -> Events:
    """Yield the events, each written to the folder's log and state first.

    Whatever ends the stream, the log ends with `RunFinished`: closing it, an error of the user's
    (recorded, yielded, then raised), or a thrown `Stop`, which reaches the trainer.

    Raises:
        StorageError: the log cannot be written; what was written stays readable.
    """
    with storage_errors(folder["events.jsonl"]):
        log = _Log(folder)
    try:
        yield from _copied(events, log)
    except DliError as error:
        finish = log.finish("failed", str(error))
        if not isinstance(error, StorageError):
            log.write(finish)
            yield finish
        raise
    except Exception as error:
        log.write(log.finish("failed", f"a bug in dli: {type(error).__name__}: {error}"))
        raise
    finally:
        try:
            events.close()
        finally:
            log.close()


def _copied(events: Events, log: "_Log") -> Events:
    """Pass events on to the log and the consumer, and the consumer's `Stop` back to the trainer."""
    stop: Stop | None = None
    while True:
        try:
            event = next(events) if stop is None else events.throw(stop)
        except StopIteration:
            return
        try:
            log.write(event)
        except BaseException as error:
            events.throw(error)  # a checkpoint must not run ahead of the log
            raise
        try:
            yield event
            stop = None
        except Stop as asked:
            stop = asked


class _Log:
    """`events.jsonl` and `state.json` of one run."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._file = open_log(folder)
        self._state = folder.state()
        self._state_due = 0.0
        self._before = self._state.seconds if self._state else 0.0
        self._since = time.time()
        self._finished = False

    def write(self, event: Event) -> None:
        """Append the event; the disk has it for good at the end of each epoch."""
        with storage_errors(self._folder["events.jsonl"]):
            write_all(self._file.fileno(), to_json(event).encode() + b"\n")
            if isinstance(event, EpochCompleted | RunFinished):
                os.fsync(self._file.fileno())
        self._finished = isinstance(event, RunFinished)
        self._update_state(event)

    def finish(self, status: str, reason: str) -> RunFinished:
        """Return the last event for a stream that ended without one."""
        state = self._state
        return RunFinished(
            time=time.time(),
            status=status,  # type: ignore[arg-type]
            reason=reason,
            epoch=state.epoch if state else 0,
            step=state.step if state else 0,
            best_epoch=state.best_epoch if state else None,
            best_value=state.best_value if state else None,
        )

    def close(self) -> None:
        """Close the log, with a last event if the stream ended without one."""
        try:
            if not self._finished:
                self.write(self.finish("stopped", "its reader went away"))
        except StorageError:
            pass  # the cause was raised already, or nobody is left to hear it
        finally:
            self._file.close()

    def _update_state(self, event: Event) -> None:
        if isinstance(event, RunStarted) and self._state is None:
            self._state = _first_state(event)
        if self._state is None:
            return
        now = time.time()
        self._state = replace(
            _next_state(self._state, event), updated=now, seconds=self._before + now - self._since
        )
        quiet = isinstance(event, StepCompleted) or (
            isinstance(event, PhaseChanged) and event.done > 0
        )
        if not quiet or now >= self._state_due:
            self._state_due = now + _STATE_SECONDS
            write_atomically(self._folder["state.json"], self._state.to_json(), durable=False)


def open_log(folder: RunFolder) -> FileIO:
    """Open the log for appending; a line that a kill cut is closed first, never removed."""
    path = folder["events.jsonl"]
    file = path.open("ab", buffering=0)
    if file.tell():
        with path.open("rb") as reader:
            reader.seek(-1, os.SEEK_END)
            if reader.read(1) != b"\n":
                write_all(file.fileno(), b"\n")
    return file


def _first_state(event: RunStarted) -> RunState:
    config = event.config
    return RunState(
        run=event.run,
        dataset=config.dataset,
        model=config.model.name,
        seed=config.seed,
        epochs=config.epochs,
        best_metric=config.best_metric,
        started=event.time,
        study=event.study,
        trial=event.trial,
        parent=event.parent,
        parent_step=event.parent_step,
    )


def _next_state(state: RunState, event: Event) -> RunState:
    match event:
        case PhaseChanged():
            return replace(state, phase=event.phase)
        case RunPrepared():
            total = event.steps_per_epoch * state.epochs
            return replace(state, total_steps=total, num_parameters=event.num_parameters)
        case RunResumed():
            return replace(state, status="", reason="", epoch=event.epoch, step=event.step)
        case StepCompleted():
            return replace(state, step=event.step)
        case EpochCompleted():
            return _after_epoch(state, event)
        case RunFinished():
            return _after_finish(state, event, event.test)
        case _:
            return state


def _after_epoch(state: RunState, event: EpochCompleted) -> RunState:
    state = replace(state, epoch=event.epoch, step=event.step)
    if math.isnan(event.val_accuracy):  # without val the last weights count, unjudged
        return replace(state, best_epoch=event.epoch)
    sparkline = (*state.sparkline, round(event.val_accuracy, 4))[-_SPARKLINE_POINTS:]
    state = replace(state, sparkline=sparkline)
    if not event.is_best:
        return state
    return replace(
        state, best_epoch=event.epoch, best_value=float(getattr(event, state.best_metric))
    )


def _after_finish(state: RunState, event: RunFinished, test: TestResult | None) -> RunState:
    return replace(
        state,
        status=event.status,
        reason=event.reason,
        epoch=event.epoch,
        step=event.step,
        test_accuracy=test.accuracy if test else None,
    )


class Tail:
    """Reads a log as it grows: each `read` returns the events of the whole lines since the last."""

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder["events.jsonl"]
        self._offset = 0
        self.is_behind = False  # whether the last `read` left whole lines behind

    def read(self, limit: int = 16 << 20) -> list[Event]:
        """Return the new events, of at most about `limit` bytes of log; none if there is no log.

        Lines that a kill cut, and events of a newer version, are passed over.
        """
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                text = file.read(limit)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RunError(f"cannot read {self._path}: {error.strerror}.") from None
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        self.is_behind = len(text) == limit
        events = [from_json(line) for line in whole.splitlines()]
        return [event for event in events if event is not None]


def replay(folder: RunFolder) -> Iterator[Event]:
    """Yield all the events of a run's log, as far as it goes."""
    tail = Tail(folder)
    while events := tail.read():
        yield from events


def has_started(folder: RunFolder) -> bool:
    """Tell whether the log holds the run's first event, whole."""
    return any(isinstance(event, RunStarted) for event in Tail(folder).read(limit=1 << 20))


def acknowledged(folder: RunFolder) -> list[Intervened]:
    """Return every command that ever took effect, once each, also where a resume took it back."""
    try:
        with folder["events.jsonl"].open("rb") as file:
            events = [from_json(line) for line in file if b'"event":"Intervened"' in line]
    except OSError:
        return []
    once = {event.command_id: event for event in events if isinstance(event, Intervened)}
    return list(once.values())


def last_event(folder: RunFolder) -> Event | None:
    """Return the last event of the log, or None where there is no whole one."""
    try:
        with folder["events.jsonl"].open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - (1 << 16)))
            lines = file.read().splitlines()
    except OSError:
        return None
    return next((event for line in reversed(lines) if (event := from_json(line))), None)
