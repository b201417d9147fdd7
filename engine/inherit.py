"""Copies the weights that a fork begins with into its model, wherever name and shape are alike."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.checkpoint import load_checkpoint, load_weights
from engine.errors import CheckpointError
from engine.events import Notice
from engine.fork import Fork, held_weights, read_fork
from engine.runs import RunFolder
from engine.setup import Setup

_MOST_NAMED = 3
Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class _Match:
    """Names of the model's tensors: those taken, and those left fresh with the reason."""

    taken: tuple[str, ...]
    other_shape: tuple[str, ...]
    missing: tuple[str, ...]


def take_weights(folder: RunFolder, setup: Setup) -> Notice | None:
    """Copy the parent's weights into the model of a fork; return what is to be told of it.

    The averaged weights come along where both runs average and all of them fit; else the average
    begins with the weights taken. The optimizer begins fresh. None if the run is no fork.

    Raises:
        CheckpointError: the weights are gone, cut, or those of another run.
    """
    fork = read_fork(folder)
    if fork is None:
        return None
    theirs, ema = _weights(folder, fork)
    mine = setup.model.state_dict()
    match = _match(mine, theirs)
    with torch.no_grad():
        for name in match.taken:
            mine[name].copy_(theirs[name])
    if setup.ema is not None and ema is not None:
        averaged = setup.ema.state_dict()
        if len(_match(averaged, ema).taken) == len(averaged):
            setup.ema.load_state_dict(dict(ema))
    told = _told(fork, match, mine, theirs)
    return Notice(time.time(), 0, "info" if match.taken else "warning", told)


def _weights(folder: RunFolder, fork: Fork) -> tuple[Weights, Weights | None]:
    path = held_weights(folder, fork)
    if path.suffix != ".pt":
        return load_weights(path)[0], None
    checkpoint = load_checkpoint(path, fork.config_digest)
    for weights in (checkpoint.model, checkpoint.ema or {}):
        known = isinstance(weights, dict) and all(isinstance(v, Tensor) for v in weights.values())
        if not known:
            raise CheckpointError(f"checkpoint {path} holds no weights that dli wrote.")
    return checkpoint.model, checkpoint.ema


def _match(mine: Weights, theirs: Weights) -> _Match:
    there = [name for name in mine if name in theirs]
    return _Match(
        taken=tuple(name for name in there if mine[name].shape == theirs[name].shape),
        other_shape=tuple(name for name in there if mine[name].shape != theirs[name].shape),
        missing=tuple(name for name in mine if name not in theirs),
    )


def _told(fork: Fork, match: _Match, mine: Weights, theirs: Weights) -> str:
    """Return what was taken, and what not and why, as a sentence."""
    whose = f"{fork.parent} ({fork.when})"
    if not match.taken:
        return f"no tensor of {whose} fits this model, so it starts fresh"
    is_whole = len(match.taken) == len(mine)
    number = f"all {len(mine)}" if is_whole else f"{len(match.taken)} of {len(mine)}"
    parts = [f"took {number} tensors from {whose}"]
    if match.other_shape:
        shapes = [
            f"{name} ({_shape(mine[name])} here, {_shape(theirs[name])} there)"
            for name in match.other_shape
        ]
        parts.append(f"fresh, as their shape differs: {_listed(shapes)}")
    if match.missing:
        parts.append(f"fresh, as there were none of that name: {_listed(match.missing)}")
    return "; ".join(parts)


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "a number"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
