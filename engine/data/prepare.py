"""Brings a data set into the cache, once, and opens it from there."""

import hashlib
import re
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from engine.data.cache import FORMAT, open_prepared, write_prepared
from engine.data.class_folders import UNSPLIT, scan
from engine.data.folder import read as read_folder
from engine.data.locations import data_folder, prepared_folder, storage_error
from engine.data.pictures import fit, settle_warnings
from engine.data.registry import FOLDER, find, imported
from engine.data.spec import (
    DatasetSpec,
    Images,
    Pictures,
    PreparedSet,
    Progress,
    Source,
    find_file,
    present,
)
from engine.errors import DataError
from engine.options import DataOptions


def prepare(dataset: str, options: DataOptions) -> Generator[Progress, None, PreparedSet]:
    """Return a data set from the cache, where it is put first if it is not there yet.

    Yields how far it is, at least five times a second, so that the caller can show it and be
    stopped. Never downloads.

    Args:
        dataset: a name, or folder:PATH.
        options: image_size and grayscale change the pictures, split_seed a folder's test split.

    Raises:
        ConfigError: there is no set of this name.
        DataError: the set is not on this machine, or its pictures are not usable.
        StorageError: the cache cannot be written.
    """
    if dataset == FOLDER:
        raise DataError("folder: needs a path, as in folder:my/pictures.")
    if dataset.startswith(FOLDER):
        plan = _plan_folder(Path(dataset.removeprefix(FOLDER)), options)
    else:
        plan = _plan_named(find(dataset), options)
    prepared = open_prepared(plan.folder, dataset)
    if prepared is None:
        settle_warnings()
        yield Progress(f"preparing {dataset}", 0, 1)
        source = yield from plan.reading
        prepared = yield from _put(plan.folder, source, dataset)
    return prepared


@dataclass(frozen=True)
class _Plan:
    """Where a prepared set belongs, and how its source is read if it is not there."""

    folder: Path
    reading: Generator[Progress, None, Source]


def _plan_folder(path: Path, options: DataOptions) -> _Plan:
    listing = scan(path.expanduser().resolve())
    seed = options.split_seed if UNSPLIT in listing.splits else None
    variant = f"{listing.root}\0{options.image_size}\0{options.grayscale}\0{seed}"
    name = "folder-" + re.sub(r"[^A-Za-z0-9_]+", "-", listing.root.name)[:40]
    return _Plan(_entry(name, variant, listing.key()), read_folder(listing, options))


def _plan_named(spec: DatasetSpec, options: DataOptions) -> _Plan:
    folder = data_folder()
    if not present(spec, folder):
        raise missing(spec)
    found = (find_file(folder / name) for name in spec.files)
    facts = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in found if f]
    variant = f"{options.image_size}\0{options.grayscale}"
    return _Plan(_entry(spec.name, variant, repr(facts)), _read_named(spec, options))


def missing(spec: DatasetSpec) -> DataError:
    """Return the sentence for a data set that is not on this machine."""
    folder = data_folder()
    where = f"{str(folder)!r}" + ("" if folder.is_dir() else " (no such folder; DLI_DATA names it)")
    return DataError(
        f"data set '{spec.name}' is not in {where}: `dli data get {spec.name}` downloads it "
        f"({spec.download_mb} MB), --dataset folder:PATH takes your own pictures, "
        "and --dataset digits works now."
    )


def _entry(name: str, variant: str, content: str) -> Path:
    """Return the cache folder for a set in one variant (options) with one content (files)."""
    keys = (_hash(variant, 8), _hash(f"{FORMAT}\0{content}", 16))
    return prepared_folder() / "-".join((name, *keys))


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:length]


def _read_named(spec: DatasetSpec, options: DataOptions) -> Generator[Progress, None, Source]:
    yield Progress(f"reading {spec.name}", 0, spec.train_size + spec.test_size)
    source: Source = imported(spec.read)(spec, data_folder())
    if options.image_size is None and not options.grayscale:
        return source
    channels = 1 if options.grayscale else spec.shape.channels
    splits = {
        name: Pictures(pictures.labels, partial(_fitted, pictures, channels, options.image_size))
        for name, pictures in source.splits.items()
    }
    return Source(source.classes, splits)


def _fitted(pictures: Pictures, channels: int, size: int | None, rows: range) -> Images:
    """Return some rows, converted and resized like picture files."""
    images = (Image.fromarray(image.squeeze()) for image in pictures.read(rows))
    return np.stack([fit(image, channels, size) for image in images])


def _put(folder: Path, source: Source, dataset: str) -> Generator[Progress, None, PreparedSet]:
    """Write a source to the cache and open it, and drop what was cached of its older content."""
    try:
        yield from write_prepared(folder, source, dataset)
        prepared = open_prepared(folder, dataset)
        if prepared is None:
            raise FileNotFoundError(2, "the prepared set was removed or changed meanwhile")
    except OSError as error:
        raise storage_error(error, prepared_folder(), "DLI_CACHE") from None
    variant, _, _ = folder.name.rpartition("-")
    for other in folder.parent.glob(f"{variant}-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return prepared
