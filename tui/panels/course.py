"""Where the steps and epochs of a run lie on an x axis: by epoch, by step or by time trained."""

from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.history import History

Array = NDArray[np.float64]
By = Literal["epoch", "step", "time"]
AXES: tuple[By, ...] = get_args(By)


class Pause(NamedTuple):
    """A pause after a step, from one time to another; without an end while it lasts."""

    step: int
    begin: float
    end: float | None


def steps_along(history: History, by: By) -> Array:
    """Return where each row of `history.steps` lies."""
    return _along(history, by, history.steps["step"], history.steps["time"])


def epochs_along(history: History, by: By) -> Array:
    """Return where each row of `history.epochs` lies."""
    if by == "epoch":
        return history.epochs["epoch"]
    return _along(history, by, history.epochs["step"], history.epochs["time"])


def place_of(history: History, by: By, step: int, time: float) -> float:
    """Return where something lies that happened after a step, at a time."""
    return float(_along(history, by, np.array([step], float), np.array([time]))[0])


def _along(history: History, by: By, steps: Array, times: Array) -> Array:
    if by == "time":
        return trained_seconds(history, times)
    return steps / _steps_per_epoch(history) if by == "epoch" else steps


def _steps_per_epoch(history: History) -> int:
    return history.prepared.steps_per_epoch if history.prepared else 1


def trained_seconds(history: History, times: ArrayLike) -> Array:
    """Return the seconds trained from the first step until some times, which rise.

    Pauses are left out, and all from the last step that counts before an interruption to the first
    one after it. Validation is part of training.
    """
    times = np.asarray(times, float)
    seconds = times - _first_time(history)
    for begin, end in _merged(outages(history)):
        seconds -= np.clip(times - begin, 0.0, end - begin)
    return np.maximum.accumulate(np.maximum(seconds, 0.0))  # a clock may have been set back


def _first_time(history: History) -> float:
    if len(history.steps):
        return float(history.steps["time"][0])
    return history.started.time if history.started else 0.0


def outages(history: History) -> list[tuple[float, float]]:
    """Return when nothing was trained, from and to, by rising begin; some may overlap."""
    paused = [(pause.begin, pause.end) for pause in pauses(history) if pause.end is not None]
    return sorted([*paused, *_interruptions(history)])


def _merged(spans: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield spans cut so that no two overlap; rising."""
    until = -np.inf
    for begin, end in spans:
        if end > until:
            yield max(begin, until), end
            until = end


def _interruptions(history: History) -> Iterator[tuple[float, float]]:
    steps, epochs = history.steps["time"], history.epochs["time"]
    for resume in history.resumes:
        next_step = int(np.searchsorted(steps, resume.time))
        before = [*steps[:next_step][-1:], *epochs[: np.searchsorted(epochs, resume.time)][-1:]]
        if before and next_step < len(steps):
            yield float(max(before)), float(steps[next_step])


def pauses(history: History) -> Iterator[Pause]:
    """Yield the pauses of a run; one that was asked for after an epoch begins with its end."""
    ends = history.epochs["time"]
    begin: float | None = None
    asked_after = np.inf  # a time from which the end of an epoch is a pause
    step = 0
    for done in history.interventions:
        if begin is None:
            begin = _epoch_end(ends, asked_after, done.time)
        if done.command == "pause" and begin is None:
            begin = done.time
        elif done.command == "pause_after_epoch":
            asked_after = done.time
        elif done.command == "continue":
            if begin is not None:
                yield Pause(done.step, begin, done.time)
            begin, asked_after = None, np.inf
        step = done.step
    if begin is not None:
        yield Pause(step, begin, None)


def _epoch_end(ends: Array, after: float, before: float) -> float | None:
    """Return when the first epoch ended after one time and before another."""
    place = int(np.searchsorted(ends, after))
    return float(ends[place]) if place < len(ends) and ends[place] <= before else None
