"""`folder:PATH`: your own pictures, decoded in parallel, split already or by seed."""

from collections import Counter
from collections.abc import Generator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from engine.data.class_folders import UNSPLIT, Listed, Listing
from engine.data.parallel import in_parallel
from engine.data.pictures import decode, is_colour
from engine.data.spec import Images, Labels, Pictures, Progress, Source
from engine.data.split import choose, rest
from engine.errors import DataError
from engine.options import DataOptions

TEST_FRACTION = 0.2  # of a folder that is not split

_Files = tuple[Listed, ...]


def read(listing: Listing, options: DataOptions) -> Generator[Progress, None, Source]:
    """Return the listed pictures, which are decoded when their rows are read.

    Raises:
        DataError: a picture that has to be opened first is not readable, or a class is too small.
    """
    splits = _with_test(listing, options.split_seed)
    channels = 1 if options.grayscale else (yield from _channels(listing))
    decoder = _Decoder(listing.root, splits["train"][0].path, channels, options.image_size)
    pictures = {
        name: Pictures(_labels(files), partial(decoder.read, files), slow=_mean_bytes(files) > 4096)
        for name, files in splits.items()
    }
    return Source(listing.classes, pictures)


class _Decoder:
    """Reads files to pixels and insists on the first picture's shape."""

    def __init__(self, root: Path, first: str, channels: int, size: int | None) -> None:
        self.root, self.first, self.channels, self.size = root, first, channels, size
        self.shape = decode(root / first, channels, size).shape

    def read(self, files: _Files, rows: range) -> Images:
        """Return the pixels (N, H, W, C) of some of the files."""
        images = np.empty((len(rows), *self.shape), dtype=np.uint8)
        for place, row in enumerate(rows):
            pixels = decode(self.root / files[row].path, self.channels, self.size)
            if pixels.shape != self.shape:
                raise DataError(self._two_sizes(files[row].path, pixels))
            images[place] = pixels
        return images

    def _two_sizes(self, path: str, pixels: Images) -> str:
        old, new = (f"{shape[1]}x{shape[0]}" for shape in (self.shape, pixels.shape))
        return (
            f"pictures of {str(self.root)!r} differ in size: {self.first!r} is {old} pixels, "
            f"{path!r} is {new}; set data.image_size (--set data.image_size=32) to resize them all."
        )


def _channels(listing: Listing) -> Generator[Progress, None, int]:
    """Return 3 when any picture has colours; if the first one has, no other is opened."""
    paths = [listing.root / file.path for files in listing.splits.values() for file in files]

    def any_colour(rows: range) -> bool:
        return any(is_colour(paths[row]) for row in rows)

    if is_colour(paths[0]):
        return 3
    for done, colour in in_parallel(any_colour, len(paths), 256, workers=1):
        if colour:
            return 3
        yield Progress("looking for colours", done, len(paths))
    return 1


def _with_test(listing: Listing, seed: int) -> Mapping[str, _Files]:
    """Return the files of each split; of a folder that is not split, a fifth becomes test."""
    if UNSPLIT not in listing.splits:
        return listing.splits
    files = listing.splits[UNSPLIT]
    name, smallest = min(
        Counter(listing.classes[file.label] for file in files).items(), key=lambda item: item[1]
    )
    if smallest < 3:
        raise DataError(
            f"class {name!r} of {str(listing.root)!r} has {smallest} pictures; every class needs "
            "at least 3, one each for train, val and test."
        )
    size = max(round(TEST_FRACTION * len(files)), len(listing.classes))
    test = choose(_labels(files), size, seed, keep=(1, 2))
    train = rest(len(files), test)
    return {"train": tuple(files[i] for i in train), "test": tuple(files[i] for i in test)}


def _labels(files: _Files) -> Labels:
    return np.array([file.label for file in files], dtype=np.int64)


def _mean_bytes(files: _Files) -> float:
    return sum(file.size for file in files) / len(files)
