"""Prepared sets on disk: one folder each, either whole or not there, mapped into memory.

A folder holds `SPLIT.images.npy` (N, H, W, C) uint8 and `SPLIT.labels.npy` (N,) int64 for each
split, and `meta.json` with the classes and the content's digest.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np

from engine.data.parallel import cpus, in_parallel
from engine.data.spec import Images, Pictures, PreparedSet, Progress, Source, Split

FORMAT = 1  # raised when the same source would be prepared to other pixels or files
_META = "meta.json"
_TEMPORARY = ".tmp-"
_STALE = 24 * 3600.0  # seconds after which a temporary folder is a killed process's
_STEP_BYTES = 4 << 20
_STEP_PICTURES = 64
_STEP_SLOW = 8  # what a stop has to wait for


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


def open_prepared(folder: Path, name: str) -> PreparedSet | None:
    """Return the set in a folder, mapped read-only, or None if it is not there or damaged."""
    try:
        meta = json.loads((folder / _META).read_bytes())
        splits = {part: _open_split(folder, part, len(meta["classes"])) for part in meta["splits"]}
        classes, digest = tuple(meta["classes"]), str(meta["digest"])
        return PreparedSet(
            name, classes, digest, splits["train"], splits["test"], splits.get("val")
        )
    except (OSError, ValueError, EOFError, KeyError, TypeError):
        return None


def _open_split(folder: Path, part: str, num_classes: int) -> Split:
    """Map one split; NumPy refuses files shorter than their header says."""
    images = np.lib.format.open_memmap(folder / f"{part}.images.npy", mode="r")
    labels = np.lib.format.open_memmap(folder / f"{part}.labels.npy", mode="r")
    if images.dtype != np.uint8 or labels.dtype != np.int64 or len(images) != len(labels):
        raise ValueError("not a prepared split")
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError("labels out of range")
    return Split(images, labels)


def write_prepared(folder: Path, source: Source, name: str) -> Generator[Progress, None, None]:
    """Write a set into a new folder, which appears under its name only when it is whole.

    Raises:
        OSError: the disk is full, read-only or gone.
        DataError: a picture cannot be read.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder.parent))
    try:
        yield from _fill(temporary, source, name)
        temporary.chmod(0o755)  # mkdtemp's folder is for one user; a cache may be shared
        _publish(temporary, folder, name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _fill(folder: Path, source: Source, name: str) -> Generator[Progress, None, None]:
    digest = hashlib.sha256(json.dumps(source.classes).encode())
    total = sum(len(pictures.labels) for pictures in source.splits.values())
    before = 0
    for part, pictures in source.splits.items():
        digest.update(f"\n{part}\n".encode())
        digest.update(pictures.labels.astype("<i8").tobytes())
        with (folder / f"{part}.labels.npy").open("wb") as file:
            np.save(file, pictures.labels)
            _sync(file)
        with (folder / f"{part}.images.npy").open("wb") as file:
            for done in _write_images(file, pictures, digest):
                yield Progress(f"preparing {name}", before + done, total)
            _sync(file)
        before += len(pictures.labels)
    meta = {"classes": source.classes, "digest": digest.hexdigest()[:16]}
    with (folder / _META).open("wb") as file:
        file.write(json.dumps(meta | {"splits": list(source.splits)}).encode())
        _sync(file)


def _write_images(file: BinaryIO, pictures: Pictures, digest: _Hash) -> Generator[int, None, None]:
    """Append pictures as they are read. A mapped file would kill the process on a full disk."""
    count = len(pictures.labels)
    first: Images = pictures.read(range(1))
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, *first.shape[1:])}
    np.lib.format.write_array_header_1_0(file, header)
    digest.update(str(header["shape"]).encode())
    workers, most = (cpus(), _STEP_SLOW) if pictures.slow else (1, _STEP_PICTURES)
    step = min(most, max(1, _STEP_BYTES // first.nbytes))
    for done, images in in_parallel(pictures.read, count, step, workers):
        if images is not None:
            pixels = images.tobytes()
            digest.update(pixels)
            file.write(pixels)
        yield done


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _publish(temporary: Path, folder: Path, name: str) -> None:
    """Move a whole folder to its name; another process may have been quicker, or left a ruin."""
    if folder.exists():
        if open_prepared(folder, name) is not None:
            return
        ruin = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder.parent))
        folder.replace(ruin)
        shutil.rmtree(ruin, ignore_errors=True)
    try:
        temporary.replace(folder)
    except OSError:
        if open_prepared(folder, name) is None:
            raise


def _sweep(folder: Path) -> None:
    """Remove what processes that were killed while preparing have left."""
    for temporary in folder.glob(f"{_TEMPORARY}*"):
        with contextlib.suppress(OSError):
            if time.time() - temporary.stat().st_mtime > _STALE:
                shutil.rmtree(temporary, ignore_errors=True)
