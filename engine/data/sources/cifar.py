"""CIFAR-10 and CIFAR-100 (Krizhevsky 2009), from the Python version's files.

The files are pickles; only NumPy arrays and plain values are unpickled, so they can run no code.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.spec import DatasetSpec, Pictures, RemoteFile, Source
from engine.errors import DataError
from engine.models.spec import PictureShape


@dataclass(frozen=True)
class _Layout:
    """Where one of the two sets keeps what."""

    torchvision: str
    folder: str
    train: tuple[str, ...]
    test: tuple[str, ...]
    meta: str
    labels: str
    names: str


_LAYOUTS = {
    "cifar10": _Layout(
        torchvision="CIFAR10",
        folder="cifar-10-batches-py",
        train=tuple(f"data_batch_{number}" for number in range(1, 6)),
        test=("test_batch",),
        meta="batches.meta",
        labels="labels",
        names="label_names",
    ),
    "cifar100": _Layout(
        torchvision="CIFAR100",
        folder="cifar-100-python",
        train=("train",),
        test=("test",),
        meta="meta",
        labels="fine_labels",
        names="fine_label_names",
    ),
}


def read(spec: DatasetSpec, folder: Path) -> Source:
    """Return the pictures of the set's batches.

    Raises:
        DataError: a file is damaged, unreadable, or asks for code to be run.
    """
    layout = _LAYOUTS[spec.name]
    names = _unpickle(folder / layout.folder / layout.meta).get(layout.names)
    if not isinstance(names, list) or len(names) != spec.num_classes:
        raise _damaged(folder / layout.folder / layout.meta, "it does not name the classes")
    parts = {"train": layout.train, "test": layout.test}
    return Source(
        tuple(map(str, names)),
        {name: _read_part(spec, folder, files) for name, files in parts.items()},
    )


def _read_part(spec: DatasetSpec, folder: Path, files: tuple[str, ...]) -> Pictures:
    layout = _LAYOUTS[spec.name]
    images, labels = [], []
    for file in files:
        path = folder / layout.folder / file
        batch = _unpickle(path)
        pixels, classes = batch.get("data"), np.asarray(batch.get(layout.labels, ()))
        if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
            raise _damaged(path, "it holds no pictures")
        in_range = np.isin(classes, np.arange(spec.num_classes)).all()
        if pixels.shape != (len(classes), 3072) or not in_range:
            raise _damaged(path, "its labels do not fit its pictures")
        images.append(pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))  # (N, 32, 32, 3)
        labels.append(classes.astype(np.int64))
    return Pictures.of(np.concatenate(images), np.concatenate(labels))


class _PlainUnpickler(pickle.Unpickler):
    """Knows the three names that a pickled NumPy array needs, and no other."""

    _ALLOWED = frozenset(
        ["numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct",
         "numpy ndarray", "numpy dtype"]
    )  # fmt: skip

    def find_class(self, module: str, name: str) -> Any:
        if f"{module} {name}" not in self._ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def _unpickle(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = _PlainUnpickler(file, encoding="latin1").load()
    except PermissionError as error:
        raise DataError(f"cannot read {str(path)!r}: {error.strerror}.") from None
    except (OSError, pickle.UnpicklingError, EOFError, ValueError, LookupError, TypeError,
            AttributeError, MemoryError, OverflowError) as error:  # fmt: skip
        raise _damaged(path, str(error)) from None
    if not isinstance(content, dict):
        raise _damaged(path, "it is not one of CIFAR's files")
    return content


def _damaged(path: Path, why: str) -> DataError:
    return DataError(
        f"file {str(path)!r} is damaged: {why}; delete its folder and run `dli data get` again."
    )


def remote(spec: DatasetSpec) -> tuple[RemoteFile, ...]:
    """Return the set's archive with torchvision's URL and checksum."""
    from engine.vision import torchvision

    layout = _LAYOUTS[spec.name]
    known = getattr(torchvision().datasets, layout.torchvision)
    return (RemoteFile(layout.folder, known.tgz_md5, (known.url,), unpack=True),)


def _spec(name: str, about: str, num_classes: int, download_mb: int) -> DatasetSpec:
    layout = _LAYOUTS[name]
    files = (*layout.train, *layout.test, layout.meta)
    return DatasetSpec(
        name=name,
        about=about,
        num_classes=num_classes,
        shape=PictureShape(3, 32, 32),
        train_size=50_000,
        test_size=10_000,
        download_mb=download_mb,
        licence="none stated",
        read="engine.data.sources.cifar:read",
        files=tuple(f"{layout.folder}/{file}" for file in files),
        remote="engine.data.sources.cifar:remote",
    )


SPECS = (
    _spec("cifar10", "60,000 photos of 10 kinds of animals and vehicles", 10, 170),
    _spec("cifar100", "60,000 photos of 100 kinds of things", 100, 169),
)
