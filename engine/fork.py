"""Runs that begin with another run's weights: what is kept of the parent. Imports no torch.

A fork's folder holds the parent's weights as they were when it was forked, and `fork.json` tells
whose they are; `engine.inherit` copies them into the model.
"""

import errno
import json
import os
import pickle
import shutil
import zipfile
from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from engine.config import RunConfig
from engine.errors import CheckpointError, RunError
from engine.files import storage_errors, write_atomically
from engine.runs import RunFolder, create_run

Which = Literal["last", "best"]
_FILE = "fork.json"
_HELD = {"checkpoint.pt": "fork.pt", "best.safetensors": "fork.safetensors"}
_SOURCES: dict[Which, tuple[str, ...]] = {
    "last": ("checkpoint.pt", "best.safetensors"),
    "best": ("best.safetensors",),
}
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES}
_REMEDY = "Fork the run again, or start a new one."


@dataclass(frozen=True)
class Fork:
    """Whose weights a run begins with: those after `epoch` epochs, at `step` where that is known.

    `source` is the parent's file, `config_digest` that of the parent's config.
    """

    parent: str
    path: str
    source: str
    epoch: int
    step: int | None
    config_digest: str

    @property
    def when(self) -> str:
        """Return how far the parent was: `epoch 3, step 70`."""
        return f"epoch {self.epoch}" + ("" if self.step is None else f", step {self.step}")


def fork_run(
    root: Path, config: RunConfig, parent: RunFolder, label: str = "", which: Which = "last"
) -> RunFolder:
    """Make the folder of a run that begins with a parent's weights, as they are at this moment.

    A parent that trains on, or is deleted, changes nothing any more: its files are only ever
    replaced, so a hard link keeps the weights (a copy does on another file system).

    Args:
        root: the runs folder.
        config: what the fork is to do; where it has other layers, those begin fresh.
        parent: a run in any state.
        label: put into the id instead of data set and model.
        which: the newest weights (the best ones, where no others are left) or the best.

    Raises:
        RunError: the parent has no weights, or no readable config.
        CheckpointError: its weights are damaged, or no run of dli wrote them.
        StorageError: the folder cannot be made.
    """
    digest = parent.config().digest()

    def hold(folder: RunFolder) -> None:
        source = _hold_weights(parent, folder, which)
        epoch, step = _place_of(folder[_HELD[source]], parent)
        path = str(parent.path.resolve())
        fork = Fork(parent.id, path, source, epoch, step, digest)
        write_atomically(folder[_FILE], json.dumps(asdict(fork), indent=1).encode())

    return create_run(root, config, label, hold)


def read_fork(folder: RunFolder) -> Fork | None:
    """Return whose weights a run begins with, or None where it begins with fresh ones.

    Raises:
        CheckpointError: the run is a fork, but what tells of its parent cannot be read.
    """
    path = folder[_FILE]
    try:
        fork = Fork(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged or unreadable: {error}. {_REMEDY}") from None
    if fork.source not in _HELD or not isinstance(fork.epoch, int):
        raise CheckpointError(f"{path} was not written by this dli. {_REMEDY}")
    return fork


def held_weights(folder: RunFolder, fork: Fork) -> Path:
    """Return the file in a fork's folder that holds its parent's weights."""
    return folder[_HELD[fork.source]]


def _hold_weights(parent: RunFolder, folder: RunFolder, which: Which) -> str:
    """Keep the parent's weights in the folder; return the file they were in."""
    for source in _SOURCES[which]:
        try:
            _link_or_copy(parent[source], folder[_HELD[source]])
        except FileNotFoundError:
            continue
        except OSError as error:
            raise RunError(f"cannot take {parent[source]}: {error.strerror}.") from None
        return source
    raise RunError(
        f"run '{parent.id}' has no {'best ' * (which == 'best')}weights to fork from: "
        f"there is no {' or '.join(_SOURCES[which])} in {parent.path}. Start a new run with "
        f"`dli train --config {parent['config.json']}`."
    )


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        with source.open("rb") as old, storage_errors(target), target.open("wb") as new:
            shutil.copyfileobj(old, new, 1 << 20)


def _place_of(path: Path, parent: RunFolder) -> tuple[int, int | None]:
    """Return the epochs and steps after which the weights were kept."""
    if path.suffix == ".pt":
        progress = _outline(path)["progress"]
        return progress["epochs_done"], progress["step"]
    epoch = _epoch_of_best(path)
    state = parent.state()
    total = state.total_steps if state else 0
    return epoch, epoch * total // state.epochs if state and total else None


class _Outline(pickle.Unpickler):
    """Reads a checkpoint's plain values; whatever else it names becomes None, so nothing runs."""

    def find_class(self, module: str, name: str) -> Any:
        return OrderedDict if (module, name) == ("collections", "OrderedDict") else _nothing

    def persistent_load(self, pid: object) -> None:  # noqa: ARG002
        return None


def _nothing(*_: object) -> None:
    return None


def _outline(path: Path) -> dict[str, Any]:
    """Return a checkpoint without its tensors."""
    try:
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            with archive.open(name) as file:
                content: dict[str, Any] = _Outline(file).load()
        content["progress"]["epochs_done"] + content["progress"]["step"]
    except (OSError, zipfile.BadZipFile, StopIteration, pickle.UnpicklingError, EOFError) as error:
        raise CheckpointError(f"checkpoint {path} is cut or unreadable: {error}.") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise CheckpointError(f"checkpoint {path} was not written by this dli.") from None
    return content


def _epoch_of_best(path: Path) -> int:
    """Return the epoch of a safetensors file of ours, from its header."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(size, 100 << 20)))
        return int(header["__metadata__"]["epoch"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"weights {path} are cut or foreign: {error}.") from None
