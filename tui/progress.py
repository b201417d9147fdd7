"""How far a run is and how long the rest takes, from its history."""

import numpy as np

from engine.history import History

_RECENT = 200  # groups of steps that tell the pace of the first epoch; a pause is in one of them


def last_step(history: History) -> int:
    """Return how many steps are done."""
    return int(history.steps["step"][-1]) if len(history.steps) else 0


def steps_in_epoch(history: History) -> tuple[int, int]:
    """Return how many steps of the current epoch are done, and of how many."""
    per_epoch = history.prepared.steps_per_epoch if history.prepared else 0
    done = last_step(history) - len(history.epochs) * per_epoch
    return min(max(done, 0), per_epoch), per_epoch


def epochs_done(history: History) -> float:
    """Return how many epochs are done, with the part of the current one."""
    done, per_epoch = steps_in_epoch(history)
    return len(history.epochs) + (done / per_epoch if per_epoch else 0.0)


def remaining_seconds(history: History) -> float | None:
    """Return how long the rest of the run takes at the pace of its last epochs, if that is known.

    Early stopping may end it sooner; pauses do not count.
    """
    if history.config is None or history.prepared is None:
        return None
    left = history.config.epochs - epochs_done(history)
    if len(history.epochs):
        return left * float(
            (history.epochs["seconds"][-5:] + history.epochs["val_seconds"][-5:]).mean()
        )
    steps, times = history.steps["step"], history.steps["time"]
    if len(steps) < 2:
        return None
    per_step = float(np.median(np.diff(times[-_RECENT:]) / np.diff(steps[-_RECENT:])))
    return left * history.prepared.steps_per_epoch * per_step


def images_per_second(history: History) -> float | None:
    """Return the speed of the last few groups of steps."""
    speeds = history.steps["images_per_second"][-10:]
    return float(speeds.mean()) if len(speeds) else None
