"""A data set opened to be looked at: its parts by class, and the mean picture of each."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.load import LoadedData, Part, load
from engine.data.spec import Images, Labels, Progress
from engine.options import DataOptions

PARTS = ("train", "val", "test")
_MOST = 1000  # pictures of a class that its mean is taken of
_CHUNK = 100  # pictures that are read in one go


@dataclass(frozen=True, eq=False)
class Looked:
    """An opened set; `rows[part][k]` are the rows of class k in that part's pictures."""

    loaded: LoadedData
    rows: Mapping[str, list[Labels]]

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self.loaded.prepared.classes

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of every picture."""
        shape = self.loaded.prepared.shape
        return shape.height, shape.width, shape.channels

    def images(self, part: str) -> Images:
        """Return the pictures (N, H, W, C) that the rows of a part number."""
        chosen: Part = getattr(self.loaded, part)
        return chosen.images

    def counts(self, part: str) -> list[int]:
        """Return how many pictures each class has in a part."""
        return [len(rows) for rows in self.rows[part]]


def look(dataset: str, options: DataOptions) -> Generator[Progress, None, Looked]:
    """Open a data set, which is prepared first if need be; yields how far that is.

    Raises:
        DliError: what `engine.data.load.load` raises.
    """
    loaded = yield from load(dataset, options)
    num_classes = len(loaded.prepared.classes)
    return Looked(loaded, {name: _by_class(getattr(loaded, name), num_classes) for name in PARTS})


def _by_class(part: Part, num_classes: int) -> list[Labels]:
    labels = np.asarray(part.labels)[part.index]
    ordered = part.index[np.argsort(labels, kind="stable")]
    ends = np.cumsum(np.bincount(labels, minlength=num_classes))
    return np.split(ordered, ends[:-1])


def mean_pictures(looked: Looked, part: str) -> Generator[Progress, None, Images]:
    """Return the mean picture of each class (K, H, W, C), of at most a thousand pictures each.

    Yields how far that is, in classes; a class without pictures is black.
    """
    images, rows = looked.images(part), looked.rows[part]
    means = np.zeros((len(rows), *looked.shape), dtype=np.uint8)
    for label, chosen in enumerate(rows):
        shown = chosen[np.linspace(0, len(chosen) - 1, min(len(chosen), _MOST)).astype(np.int64)]
        total = np.zeros(looked.shape)
        for start in range(0, len(shown), _CHUNK):
            yield Progress("taking means", label, len(rows))
            total += images[shown[start : start + _CHUNK]].sum(axis=0, dtype=np.int64)
        means[label] = np.rint(total / max(len(shown), 1))
    return means
