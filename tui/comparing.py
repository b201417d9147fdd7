"""Several runs side by side: their figures, what differs in their settings, who is really better.

A function of run folders and histories; imports no torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel

from bench.paired import Paired, paired
from engine.config import RunConfig
from engine.errors import DliError
from engine.history import History
from engine.metrics import wilson_interval
from engine.predictions import read_predictions, read_split
from engine.runs import RunFolder

Axis = Literal["epoch", "step", "time"]
AXES: tuple[Axis, ...] = ("epoch", "step", "time")
MOST = 8  # runs on one pair of axes


@dataclass(frozen=True)
class Figure:
    """An accuracy with its 95 % interval, in fractions, and of how many pictures it is."""

    value: float
    low: float
    high: float
    pictures: int


def best_val(history: History) -> Figure | None:
    """Return the val accuracy at the best epoch, with Wilson's interval; None without val."""
    best, prepared = history.best_epoch, history.prepared
    if best is None or prepared is None or not history.has_val:
        return None
    value = float(history.epochs["val_accuracy"][best - 1])
    return _figure(round(value * prepared.num_val), prepared.num_val)


def test_figure(history: History) -> Figure | None:
    """Return the test accuracy with Wilson's interval, where test was read."""
    test = history.finished.test if history.finished else None
    return _figure(test.num_correct, test.num_pictures) if test else None


test_figure.__test__ = False  # type: ignore[attr-defined]  # not a test, whatever pytest thinks


def _figure(correct: int, n: int) -> Figure:
    return Figure(correct / n, *wilson_interval(correct, n), n)


def seconds_trained(history: History) -> float:
    """Return the time spent on training and validating; pauses do not count."""
    return float((history.epochs["seconds"] + history.epochs["val_seconds"]).sum())


def x_of_epochs(history: History, axis: Axis) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return where the ends of the epochs lie on an axis: epochs, steps, or seconds of training."""
    epochs = history.epochs
    if axis == "time":
        return np.cumsum(epochs["seconds"] + epochs["val_seconds"])
    return epochs[axis]


def differing(configs: Sequence[RunConfig]) -> list[tuple[str, list[object]]]:
    """Return the settings that are not the same in all configs, with each one's value.

    A setting that a config does not have (another optimizer's) is None there.
    """
    flat = [_flat(config, "") for config in configs]
    paths = list(dict.fromkeys(path for each in flat for path in each))
    found = [(path, [each.get(path) for each in flat]) for path in paths]
    return [(path, values) for path, values in found if any(v != values[0] for v in values)]


def _flat(options: BaseModel, prefix: str) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name in type(options).model_fields:
        value = getattr(options, name)
        if isinstance(value, BaseModel):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


@dataclass(frozen=True)
class Judged:
    """Which val pictures a run has right after its best epoch: rows and right, (N,) each."""

    digest: str
    rows: np.ndarray[Any, np.dtype[np.int64]]
    right: np.ndarray[Any, np.dtype[np.bool_]]


def judged(folder: RunFolder, history: History) -> Judged | None:
    """Return what the best weights of a run have right, or None where that is not known."""
    if history.best_epoch is None or history.prepared is None:
        return None
    try:
        split = read_split(folder)
        predicted, _ = read_predictions(folder, history.best_epoch)
        right = predicted == split["val_labels"]
        return Judged(history.prepared.data_digest, split["val_index"], right)
    except (DliError, KeyError):
        return None


def against(first: Judged | None, second: Judged | None) -> Paired | None:
    """Compare two runs on the same val pictures; None where they were not judged on the same."""
    if first is None or second is None or first.digest != second.digest:
        return None
    if not len(first.rows) or not np.array_equal(first.rows, second.rows):
        return None
    return paired(first.right, second.right)
