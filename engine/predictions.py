"""Each epoch's predictions on val, and the final ones on test, as small fixed records.

A record is two little-endian uint16: the class, and the confidence times 65,535. Epoch e's block
of `predictions.bin` begins at byte (e - 1) · N · 4, so a repeated epoch writes the same place.
Imports no torch.
"""

import os
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from engine.errors import RunError
from engine.files import storage_errors, write_all, write_atomically
from engine.runs import RunFolder

_RECORD = np.dtype([("class", "<u2"), ("confidence", "<u2")])
_SCALE = 65535
_SPLIT = ("val_index", "val_labels", "test_index", "test_labels")
Predictions = tuple[NDArray[np.uint16], NDArray[np.float64]]


def pack(predicted: NDArray[Any], confidence: NDArray[Any]) -> bytes:
    """Return the records of classes (N,) and confidences (N,) in [0, 1]."""
    records = np.empty(len(predicted), _RECORD)
    records["class"] = predicted
    records["confidence"] = np.rint(np.clip(confidence, 0, 1) * _SCALE)
    return records.tobytes()


def write_epoch(folder: RunFolder, epoch: int, records: bytes) -> None:
    """Put an epoch's records at their place in `predictions.bin`.

    Raises:
        StorageError: the disk is full or read-only.
    """
    path = folder["predictions.bin"]
    with storage_errors(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            write_all(handle, records, (epoch - 1) * len(records))
            os.fsync(handle)
        finally:
            os.close(handle)


def write_test(folder: RunFolder, records: bytes) -> None:
    """Write `test_predictions.bin`, once a run."""
    write_atomically(folder["test_predictions.bin"], records)


def write_split(folder: RunFolder, **arrays: NDArray[Any]) -> None:
    """Write `split.npz`: which rows of the prepared set val and test are, with their labels."""
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    write_atomically(folder["split.npz"], buffer.getvalue())


def read_split(folder: RunFolder) -> dict[str, NDArray[np.int64]]:
    """Return `val_index`, `val_labels`, `test_index` and `test_labels`, each (N,).

    Raises:
        RunError: the run has not come so far, or the file is damaged.
    """
    path = folder["split.npz"]
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            split = {name: arrays[name] for name in _SPLIT}
    except FileNotFoundError:
        raise RunError(f"run '{folder.id}' has made no predictions yet: no split.npz.") from None
    except (OSError, ValueError, TypeError, EOFError, KeyError, BadZipFile) as error:
        raise RunError(f"run '{folder.id}' has no readable split.npz: {error}.") from None
    if any(array.ndim != 1 or array.dtype.kind not in "iu" for array in split.values()):
        raise RunError(f"run '{folder.id}' has no readable split.npz: not the rows of a split.")
    return split


def read_predictions(folder: RunFolder, epoch: int) -> Predictions:
    """Return the classes (N,) and confidences (N,) on val after an epoch, counted from 1.

    Raises:
        RunError: the run has not come so far.
    """
    size = len(read_split(folder)["val_labels"]) * _RECORD.itemsize
    return _unpack(_read(folder, "predictions.bin", (epoch - 1) * size, size, epoch))


def read_epochs(folder: RunFolder, epochs: range, num_pictures: int) -> Predictions:
    """Return the classes (E, N) and confidences (E, N) on val of consecutive epochs.

    Args:
        folder: the run's folder.
        epochs: which ones, counted from 1.
        num_pictures: how many val pictures there are, N.

    Raises:
        RunError: the run has not come so far.
    """
    size = num_pictures * _RECORD.itemsize
    first = (epochs.start - 1) * size
    records = _read(folder, "predictions.bin", first, len(epochs) * size, epochs.stop - 1)
    return _unpack(records.reshape(len(epochs), num_pictures))


def read_picture(folder: RunFolder, place: int, epochs: range, num_pictures: int) -> Predictions:
    """Return the classes (E,) and confidences (E,) of one val picture after consecutive epochs.

    Args:
        folder: the run's folder.
        place: which of the val pictures, counted from 0.
        epochs: which ones, counted from 1.
        num_pictures: how many val pictures there are.

    Raises:
        RunError: the run has not come so far.
    """
    size = _RECORD.itemsize
    starts = [((epoch - 1) * num_pictures + place) * size for epoch in epochs]
    records = [
        _read(folder, "predictions.bin", at, size, epoch)
        for at, epoch in zip(starts, epochs, strict=True)
    ]
    return _unpack(np.concatenate(records))


def read_test_predictions(folder: RunFolder) -> Predictions:
    """Return the classes (N,) and confidences (N,) on test.

    Raises:
        RunError: test was not read.
    """
    size = len(read_split(folder)["test_labels"]) * _RECORD.itemsize
    return _unpack(_read(folder, "test_predictions.bin", 0, size))


def _unpack(records: NDArray[Any]) -> Predictions:
    return records["class"], records["confidence"] / _SCALE


def _read(folder: RunFolder, name: str, offset: int, size: int, epoch: int = 0) -> NDArray[Any]:
    path: Path = folder[name]
    if size == 0:
        raise RunError(f"run '{folder.id}' has no val pictures, and so no predictions of them.")
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(size)
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror}.") from None
    if len(content) < size:
        raise RunError(_why_short(folder, name, epoch))
    return np.frombuffer(content, _RECORD)


def _why_short(folder: RunFolder, name: str, epoch: int) -> str:
    """Return whether a run has not come to an epoch, or its file is cut; 0 stands for the end."""
    state = folder.state()
    if state is not None and state.epoch < epoch:
        return f"run '{folder.id}' has not come to epoch {epoch}: {name} does not reach so far."
    before = f" before the end of epoch {epoch}" if epoch else " too early"
    return f"run '{folder.id}' has a damaged {name}: the file ends{before}."
