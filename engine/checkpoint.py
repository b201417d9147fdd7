"""Checkpoints: the full state to go on from, and the best weights. Loading never runs code."""

import io
import json
import pickle
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors import torch as safetensors
from torch import Tensor

from engine.errors import CheckpointError
from engine.files import write_atomically
from engine.schedule import PlateauState

CHECKPOINT_SCHEMA = 1


@dataclass
class Progress:
    """Where training stands; all that is not a tensor of model or optimizer.

    `step` counts over the whole run; `epochs_done` counts epochs that were validated too.
    The sums run over the pictures of the epoch so far.
    """

    step: int = 0
    epochs_done: int = 0
    base_lr: float = 0.0
    loss_sum: float = 0.0
    num_correct: int = 0
    num_seen: int = 0
    train_seconds: float = 0.0
    data_seconds: float = 0.0
    best_value: float | None = None
    best_epoch: int | None = None
    stop_value: float | None = None
    epochs_without_better: int = 0
    plateau: PlateauState = field(default_factory=PlateauState)
    pending_losses: list[float] = field(default_factory=list)
    done_commands: list[str] = field(default_factory=list)


@dataclass
class Checkpoint:
    """What `checkpoint.pt` holds: states, progress, and whose they are."""

    config_digest: str
    data_digest: str
    progress: Progress
    model: dict[str, Tensor]
    optimizer: dict[str, Any]
    ema: dict[str, Tensor] | None = None


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write the checkpoint in one move, synced to the disk.

    Raises:
        StorageError: the disk is full or read-only; the checkpoint before it is untouched.
    """
    content = {
        "schema": CHECKPOINT_SCHEMA,
        "config_digest": checkpoint.config_digest,
        "data_digest": checkpoint.data_digest,
        "progress": asdict(checkpoint.progress),
        "model": checkpoint.model,
        "optimizer": checkpoint.optimizer,
        "ema": checkpoint.ema,
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(path, buffer.getvalue())


def load_checkpoint(path: Path, config_digest: str) -> Checkpoint:
    """Read a checkpoint without running anything that may be hidden in it.

    Raises:
        CheckpointError: it is cut or changed, holds more than plain data, or is of another config.
    """
    remedy = "Start afresh with `dli train --config`, or restore the file."
    try:
        with zipfile.ZipFile(path) as archive:  # torch writes checksums but does not look at them
            damaged = archive.testzip()
        if damaged:
            raise CheckpointError(f"checkpoint {path} is damaged in '{damaged}'. {remedy}")
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (zipfile.BadZipFile, EOFError, RuntimeError, OSError) as error:
        raise CheckpointError(
            f"checkpoint {path} is cut or unreadable: {error}. {remedy}"
        ) from None
    except (IndexError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"checkpoint {path} is damaged inside: {type(error).__name__}. {remedy}"
        ) from None
    except pickle.UnpicklingError:
        raise CheckpointError(
            f"checkpoint {path} holds code, which is never run, so dli did not write it. {remedy}"
        ) from None
    return _checked(content, path, config_digest, remedy)


def _checked(content: object, path: Path, config_digest: str, remedy: str) -> Checkpoint:
    if not isinstance(content, dict) or "schema" not in content:
        raise CheckpointError(f"checkpoint {path} was not written by dli. {remedy}")
    if content["schema"] != CHECKPOINT_SCHEMA:
        raise CheckpointError(
            f"checkpoint {path} has format {content['schema']}, and this dli reads "
            f"{CHECKPOINT_SCHEMA}; use the version that wrote it."
        )
    if content.get("config_digest") != config_digest:
        raise CheckpointError(
            f"checkpoint {path} belongs to another config than the config.json beside it. {remedy}"
        )
    try:
        return Checkpoint(
            config_digest=config_digest,
            data_digest=content["data_digest"],
            progress=_progress(content["progress"]),
            model=content["model"],
            optimizer=content["optimizer"],
            ema=content["ema"],
        )
    except (KeyError, TypeError):
        raise CheckpointError(f"checkpoint {path} lacks a part that dli writes. {remedy}") from None


def _progress(values: dict[str, Any]) -> Progress:
    return Progress(**{**values, "plateau": PlateauState(**values["plateau"])})


def save_weights(weights: dict[str, Tensor], about: dict[str, object], path: Path) -> None:
    """Write weights as safetensors, with `about` (like the config) as JSON in the metadata.

    Raises:
        StorageError: the disk is full or read-only.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    metadata = {key: json.dumps(value) for key, value in about.items()}
    write_atomically(path, safetensors.save(plain, metadata))


def load_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the weights and what is said about them.

    Raises:
        CheckpointError: the file is missing, cut, or no safetensors file.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = {key: json.loads(text) for key, text in (file.metadata() or {}).items()}
            return {name: file.get_tensor(name) for name in file.keys()}, about  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"weights {path} are cut or unreadable: {error}.") from None
