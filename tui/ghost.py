"""The ghost: the best earlier run on the same pictures, which a run is raced against."""

from pathlib import Path

import numpy as np

from engine.config import RunConfig
from engine.errors import DliError
from engine.history import History
from engine.runs import RunFolder, RunState, list_runs
from tui import format as fmt

_MOST_READ = 20  # configs; the best few are nearly always on the same split


def find_ghost(root: Path, folder: RunFolder, config: RunConfig) -> RunFolder | None:
    """Return the best run that began before this one, on the same pictures with the same split."""
    own = folder.state()
    before = own.started if own else float("inf")
    found = [
        (state, other)
        for other in list_runs(root)
        if other.path != folder.path
        and (state := other.state())
        and _is_rival(state, config)
        and state.started < before
    ]
    sign = -1 if config.best_metric == "val_accuracy" else 1
    found.sort(key=lambda pair: sign * (pair[0].best_value or 0.0))
    same = (other for _, other in found[:_MOST_READ] if _same_pictures(other, config))
    return next(same, None)


def _is_rival(state: RunState, config: RunConfig) -> bool:
    same = state.dataset == config.dataset and state.best_metric == config.best_metric
    return same and state.best_value is not None


def _same_pictures(other: RunFolder, config: RunConfig) -> bool:
    try:
        return other.config().data == config.data
    except DliError:
        return False


def gap_text(history: History, ghost: History) -> str:
    """Return how far a run is ahead of its ghost after the same epoch, in points of accuracy."""
    epoch = len(history.epochs)
    if not epoch or not len(ghost.epochs) or not (history.has_val and ghost.has_val):
        return ""
    own = float(np.nanmax(history.epochs["val_accuracy"], initial=0.0))
    other = float(np.nanmax(ghost.epochs["val_accuracy"][:epoch], initial=0.0))
    points = 100 * (own - other)
    if abs(points) < 0.005:
        return f"level with the ghost after epoch {epoch}"
    side = "ahead of" if points > 0 else "behind"
    return f"{fmt.points(abs(points))} {side} the ghost after epoch {epoch}"
