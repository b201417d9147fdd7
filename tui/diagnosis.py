"""What is wrong with a run, seen from its history alone, and what helps."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.config import RunConfig
from engine.history import History
from engine.overrides import configure
from tui import format as fmt

Kind = Literal["non-finite loss", "over-fitting", "plateau", "data-bound"]
Settings = tuple[tuple[str, float], ...]

_EPOCHS = 4  # that a trend must last
_RISE = 1.1  # of the val loss over its lowest
_FLAT_POINTS = 0.001  # of accuracy: less than this in the window is no progress
_DATA_SHARE = 0.35  # of training time spent on making batches
_LOWER = 0.3


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: the evidence in a sentence, and the remedy.

    `settings` are what a fork is to change, or, with `at_once`, a live run.
    """

    kind: Kind
    evidence: str
    remedy: str
    settings: Settings = ()
    at_once: bool = False


def findings(history: History) -> list[Finding]:
    """Return what is wrong now, the worst first."""
    config = history.config
    if config is None:
        return []
    checks = (_non_finite, _over_fitting, _plateau, _data_bound)
    return [found for check in checks for found in check(history, config)]


def _non_finite(history: History, config: RunConfig) -> Iterator[Finding]:
    losses, ended = history.steps["loss"], history.finished
    bad = np.flatnonzero(~np.isfinite(losses))
    diverged = ended is not None and ended.status == "failed" and "diverged" in ended.reason
    if not len(bad) and not diverged:
        return
    step = int(history.steps["step"][bad[0]]) if len(bad) else (ended.step + 1 if ended else 0)
    lr = float(f"{_LOWER * config.optimizer.lr:.3g}")
    yield Finding(
        "non-finite loss",
        f"the loss is no finite number since step {step}",
        f"fork with lr {fmt.lr(lr)} and clipped gradients",
        (("optimizer.lr", lr), ("clip.norm", 1.0)),
    )


def _over_fitting(history: History, config: RunConfig) -> Iterator[Finding]:
    val, train = history.epochs["val_loss"], history.epochs["train_loss"]
    if len(val) <= _EPOCHS or not np.isfinite(val).all():
        return
    lowest = int(np.argmin(val))
    since = len(val) - 1 - lowest
    if since < _EPOCHS or val[-1] < _RISE * val[lowest] or train[-1] >= train[lowest]:
        return
    yield Finding(
        "over-fitting",
        f"val loss rose from {fmt.loss(float(val[lowest]))} at epoch {lowest + 1} to "
        f"{fmt.loss(float(val[-1]))} while train loss fell",
        *_regularized(config),
    )


def _regularized(config: RunConfig) -> tuple[str, Settings]:
    """Return the next stronger regularisation that this config can have."""
    dropout = getattr(config.model, "head_dropout", getattr(config.model, "dropout", None))
    if isinstance(dropout, float) and dropout < 0.5:
        name = "head_dropout" if hasattr(config.model, "head_dropout") else "dropout"
        return "fork with dropout 0.5", ((f"model.{name}", 0.5),)
    decay = 10 * config.optimizer.weight_decay or 5e-4
    return f"fork with weight decay {decay:g}", (("optimizer.weight_decay", decay),)


def _plateau(history: History, config: RunConfig) -> Iterator[Finding]:
    window = max(_EPOCHS, math.ceil(0.2 * config.epochs))
    accuracy, loss = history.epochs["val_accuracy"], history.epochs["train_loss"]
    if len(accuracy) < 2 * window or history.finished is not None or not history.has_val:
        return
    gained = float(accuracy[-window:].max() - accuracy[:-window].max())
    falls = loss[-1] < 0.97 * loss[-window]
    if gained > _FLAT_POINTS or falls:
        return
    lr = float(f"{_LOWER * config.optimizer.lr:.3g}")
    yield Finding(
        "plateau",
        f"val accuracy gained {fmt.points(100 * max(gained, 0.0))} in {window} epochs "
        "and train loss stands still",
        f"set lr to {fmt.lr(lr)} now",
        (("optimizer.lr", lr),),
        at_once=True,
    )


def _data_bound(history: History, config: RunConfig) -> Iterator[Finding]:
    seconds = float(history.epochs["seconds"][-_EPOCHS:].sum())
    if seconds <= 0:
        return
    share = float(history.epochs["data_seconds"][-_EPOCHS:].sum()) / seconds
    if share <= _DATA_SHARE:
        return
    augment = config.augment
    heavy = [name for name in ("rotate", "shear", "zoom", "shift") if getattr(augment, name)]
    remedy = f"fork without augment.{heavy[0]}" if heavy else "use a larger batch_size"
    settings: Settings = tuple((f"augment.{name}", 0.0) for name in heavy[:1])
    yield Finding(
        "data-bound", f"making batches takes {fmt.percent(share, 0)} of the training time",
        remedy, settings or (("batch_size", 2 * config.batch_size),),
    )  # fmt: skip


def remedied(config: RunConfig, finding: Finding) -> RunConfig:
    """Return the config with the finding's settings.

    Raises:
        ConfigError: the settings do not fit the rest.
    """
    return configure(config.model_dump(mode="json"), finding.settings)[1]
