"""MNIST and the sets made in its form, from IDX files as torchvision lays them out.

The format: two zero bytes, the type (8: unsigned bytes), the number of dimensions, each dimension
as a big-endian 32-bit number, then the values (LeCun, http://yann.lecun.com/exdb/mnist/).
"""

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.spec import DatasetSpec, Pictures, RemoteFile, Source, find_file
from engine.errors import DataError
from engine.models.spec import PictureShape

_CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion_mnist": (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
}  # fmt: skip
_TORCHVISION = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "kmnist": "KMNIST"}
_PARTS = {"train": "train", "test": "t10k"}


def read(spec: DatasetSpec, folder: Path) -> Source:
    """Return the pictures of the set's four IDX files.

    Raises:
        DataError: a file is damaged or unreadable.
    """
    raw = folder / _TORCHVISION[spec.name] / "raw"
    splits = {name: _read_part(raw, part, spec.num_classes) for name, part in _PARTS.items()}
    return Source(_CLASSES[spec.name], splits)


def _read_part(raw: Path, part: str, num_classes: int) -> Pictures:
    images = _read_idx(raw / f"{part}-images-idx3-ubyte", ndim=3)
    path = raw / f"{part}-labels-idx1-ubyte"
    labels = _read_idx(path, ndim=1)
    if len(labels) != len(images) or labels.max() >= num_classes:
        raise _damaged(path, f"it does not label {len(images)} pictures of {num_classes} classes")
    return Pictures.of(images[..., np.newaxis], labels.astype(np.int64))


def _read_idx(plain: Path, ndim: int) -> NDArray[np.uint8]:
    """Return the array in an IDX file of bytes, which may be gzipped."""
    path = find_file(plain) or plain
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except PermissionError as error:
        raise DataError(f"cannot read {str(path)!r}: {error.strerror}.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, str(error)) from None
    if content[:4] != bytes((0, 0, 8, ndim)) or len(content) < 4 + 4 * ndim:
        raise _damaged(path, "it is not an IDX file")
    shape = struct.unpack_from(f">{ndim}I", content, 4)
    values = np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * ndim)
    if not 0 < len(values) == np.prod(shape, dtype=object):
        raise _damaged(path, f"it has {len(values):,} bytes for a shape of {shape}")
    return values.reshape(shape)


def _damaged(path: Path, why: str) -> DataError:
    return DataError(f"file {str(path)!r} is damaged: {why}; delete it and run `dli data get`.")


def remote(spec: DatasetSpec) -> tuple[RemoteFile, ...]:
    """Return the set's files with torchvision's mirrors and checksums."""
    from engine.vision import torchvision

    name = _TORCHVISION[spec.name]
    known = getattr(torchvision().datasets, name)
    return tuple(
        RemoteFile(f"{name}/raw/{file}", md5, tuple(mirror + file for mirror in known.mirrors))
        for file, md5 in known.resources
    )


def _spec(name: str, about: str, download_mb: int, licence: str) -> DatasetSpec:
    raw = f"{_TORCHVISION[name]}/raw"
    kinds = ("images-idx3-ubyte", "labels-idx1-ubyte")
    return DatasetSpec(
        name=name,
        about=about,
        num_classes=10,
        shape=PictureShape(1, 28, 28),
        train_size=60_000,
        test_size=10_000,
        download_mb=download_mb,
        licence=licence,
        read="engine.data.sources.mnist:read",
        files=tuple(f"{raw}/{part}-{kind}" for part in _PARTS.values() for kind in kinds),
        remote="engine.data.sources.mnist:remote",
    )


SPECS = (
    _spec("mnist", "70,000 handwritten digits", 12, "CC BY-SA 3.0"),
    _spec("fashion_mnist", "70,000 pictures of clothes, shoes and bags (Zalando)", 31, "MIT"),
    _spec("kmnist", "70,000 handwritten Japanese syllables (Kuzushiji)", 21, "CC BY-SA 4.0"),
)
