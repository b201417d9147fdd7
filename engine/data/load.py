"""Cuts a prepared set into train, val and test, and measures what normalisation needs."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from engine.data.prepare import prepare
from engine.data.spec import Images, Labels, PreparedSet, Progress, Split
from engine.data.split import choose, rest
from engine.errors import ConfigError, DataError
from engine.options import DataOptions

_CHUNK = 1000  # pictures


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of a split: picture i of the part is `images[index[i]]`, of `labels[index[i]]`.

    `images` (N, H, W, C) and `labels` (N,) are the whole split's; `index` is sorted.
    """

    images: Images
    labels: Labels
    index: Labels

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True, eq=False)
class LoadedData:
    """A prepared set with its three disjoint parts."""

    prepared: PreparedSet
    train: Part
    val: Part
    test: Part


def load(dataset: str, options: DataOptions) -> Generator[Progress, None, LoadedData]:
    """Prepare a data set and cut it; yields progress, returns the parts.

    Raises:
        ConfigError: the name is unknown, or a size does not fit the set.
        DataError: the set is not on this machine, or its pictures are not usable.
        StorageError: the cache cannot be written.
    """
    prepared = yield from prepare(dataset, options)
    return cut(prepared, options)


def cut(prepared: PreparedSet, options: DataOptions) -> LoadedData:
    """Return the parts of a set: val is cut from train by split_seed, unless the set has its own.

    With val_size 0 val is empty: nothing is cut from train, and a set's own val lies idle, so that
    the config alone tells whether a run is judged. `subset` counts the pictures that are left of
    train before val is cut. The run's own seed is not known here, so it cannot move pictures
    between parts.

    Raises:
        ConfigError: subset, val_size or val_fraction does not fit the set.
        DataError: a class has too few pictures to be in train and in val.
    """
    labels = np.asarray(prepared.train.labels)
    is_cut = prepared.val is None and options.has_val
    fewest = 2 if is_cut else 1  # pictures of a class: for train, and for val
    _check_classes(prepared, fewest)
    rows = _subset(labels, options, fewest)
    test = _whole(prepared.test)
    if not options.has_val:
        none = _part(prepared.train, rows[:0])
        return LoadedData(prepared, _part(prepared.train, rows), none, test)
    if prepared.val is not None:
        return LoadedData(prepared, _part(prepared.train, rows), _whole(prepared.val), test)
    size = _val_size(len(rows), options, len(prepared.classes))
    held = choose(labels[rows], size, options.split_seed)
    train, val = (_part(prepared.train, r) for r in (rows[rest(len(rows), held)], rows[held]))
    return LoadedData(prepared, train, val, test)


def normalisation(
    loaded: LoadedData, options: DataOptions
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and standard deviation per channel, of pixels in [0, 1].

    They are 0 and 1 without normalisation, the given ones, or exactly those of the train part.

    Raises:
        ConfigError: the given ones are not one for each channel.
    """
    channels = loaded.prepared.shape.channels
    if options.normalize == "train":
        return _measured(loaded.train)
    if options.normalize == "none":
        return (0.0,) * channels, (1.0,) * channels
    assert options.mean is not None
    assert options.std is not None
    for name, values in (("mean", options.mean), ("std", options.std)):
        if len(values) != channels:
            raise ConfigError(
                f"data.{name} has {len(values)} values, but the pictures of "
                f"'{loaded.prepared.name}' have {channels} channels; give one for each."
            )
    return options.mean, options.std


def _measured(part: Part) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Count how often each of the 256 values occurs: exact whatever the number of pictures."""
    channels = part.images.shape[-1]
    counts = np.zeros((channels, 256), dtype=np.int64)
    for start in range(0, len(part), _CHUNK):
        pixels = part.images[part.index[start : start + _CHUNK]].reshape(-1, channels)
        for channel in range(channels):
            counts[channel] += np.bincount(pixels[:, channel], minlength=256)
    values = np.arange(256) / 255
    weights = counts / counts.sum(axis=1, keepdims=True)
    mean = weights @ values
    variance = (weights * (values - mean[:, np.newaxis]) ** 2).sum(axis=1)
    std = np.where(variance > 0, np.sqrt(variance), 1.0)  # a flat channel stays as it is
    return tuple(mean.tolist()), tuple(std.tolist())


def _part(split: Split, rows: Labels) -> Part:
    return Part(split.images, split.labels, rows)


def _whole(split: Split) -> Part:
    return _part(split, np.arange(len(split.labels), dtype=np.int64))


def _check_classes(prepared: PreparedSet, fewest: int) -> None:
    counts = np.bincount(prepared.train.labels, minlength=len(prepared.classes))
    rarest = int(counts.argmin())
    if counts[rarest] < fewest:
        raise DataError(
            f"class '{prepared.classes[rarest]}' of '{prepared.name}' has {counts[rarest]} "
            f"training pictures; every class needs at least {fewest}"
            + (", one each for train and val." if fewest > 1 else ".")
        )


def _subset(labels: Labels, options: DataOptions, fewest: int) -> Labels:
    """Return the rows of train that are used."""
    size, count = options.subset, len(labels)
    if size is None or size == count:
        return np.arange(count, dtype=np.int64)
    num_classes = int(labels.max()) + 1
    if size > count:
        raise ConfigError(f"data.subset is {size:,}, but there are {count:,} training pictures.")
    if size < fewest * num_classes:
        raise ConfigError(
            f"data.subset is {size}, but {num_classes} classes need at least "
            f"{fewest * num_classes} training pictures" + ", val's included." * (fewest > 1)
        )
    return choose(labels, size, options.split_seed, keep=(fewest, 0))


def _val_size(count: int, options: DataOptions, num_classes: int) -> int:
    """Return how many of `count` pictures become val: all classes must be in it and in train."""
    most = count - num_classes
    if options.val_size is None:
        return min(max(round(options.val_fraction * count), num_classes), most)
    if not num_classes <= options.val_size <= most:
        raise ConfigError(
            f"data.val_size is {options.val_size:,}, but {num_classes} classes and {count:,} "
            f"training pictures allow {num_classes} to {most:,}."
        )
    return options.val_size
