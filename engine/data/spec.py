"""What a data set says of itself, and the forms its pictures take. Imports no torch.

A source yields a `Source`; preparing turns that into a `PreparedSet` of memory-mapped arrays;
loading cuts a `PreparedSet` into train, val and test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.models.spec import PictureShape
from engine.options import DataOptions

Images = NDArray[np.uint8]  # (N, H, W, C)
Labels = NDArray[np.int64]  # (N,)


@dataclass(frozen=True)
class DatasetSpec:
    """A registry entry; `read` and `remote` name functions as `module:function`.

    `read(spec, folder)` returns a `Source`; `remote(spec)` returns the `RemoteFile`s to download.
    `files` are what `read` needs, relative to the data folder, each there as it is or as `.gz`;
    without any the set is embedded and always present.
    """

    name: str
    about: str
    num_classes: int
    shape: PictureShape
    train_size: int
    test_size: int
    download_mb: int
    licence: str
    read: str
    files: tuple[str, ...] = ()
    remote: str = ""

    def shape_for(self, options: DataOptions) -> PictureShape:
        """Return the shape of every picture once it is prepared with the options."""
        return PictureShape(
            channels=1 if options.grayscale else self.shape.channels,
            height=options.image_size or self.shape.height,
            width=options.image_size or self.shape.width,
        )


@dataclass(frozen=True)
class RemoteFile:
    """A file to download: where it goes in the data folder, its md5, and every mirror's URL.

    With `unpack`, the URL is a tar archive that holds `path` as a folder.
    """

    path: str
    md5: str
    urls: tuple[str, ...]
    unpack: bool = False


@dataclass(frozen=True)
class Progress:
    """How far a long job has come; units are the job's own (pictures or bytes)."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class Pictures:
    """One split as its source has it: labels, and `read(rows)`, callable from any thread.

    `slow` tells that reading a picture takes long enough for several threads to pay.
    """

    labels: Labels
    read: Callable[[range], Images]
    slow: bool = False

    @classmethod
    def of(cls, images: Images, labels: Labels) -> "Pictures":
        """Return a split that is in memory already."""
        return cls(labels, lambda rows: images[rows.start : rows.stop])


@dataclass(frozen=True, eq=False)
class Source:
    """A data set before it is prepared; `splits` has train, test and maybe val."""

    classes: tuple[str, ...]
    splits: Mapping[str, Pictures]


@dataclass(frozen=True, eq=False)
class Split:
    """Pictures in memory or in a mapped file: images (N, H, W, C) uint8 and labels (N,) int64."""

    images: Images
    labels: Labels


@dataclass(frozen=True, eq=False)
class PreparedSet:
    """A data set in the cache; `digest` changes when any picture, label or class name does."""

    name: str
    classes: tuple[str, ...]
    digest: str
    train: Split
    test: Split
    val: Split | None

    @property
    def shape(self) -> PictureShape:
        """The shape of every picture."""
        height, width, channels = self.train.images.shape[1:]
        return PictureShape(channels, height, width)


def present(spec: DatasetSpec, folder: Path) -> bool:
    """Tell whether everything that reading needs is in the data folder."""
    return all(find_file(folder / name) is not None for name in spec.files)


def find_file(path: Path) -> Path | None:
    """Return the file, or its compressed form, or None when neither is there."""
    packed = path.with_name(path.name + ".gz")
    return next((found for found in (path, packed) if found.is_file()), None)
