"""The contract of every data set that is on this machine, and the readers of their files."""

import gzip
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data.load import load
from engine.data.locations import data_folder
from engine.data.prepare import prepare
from engine.data.registry import find, imported, specs
from engine.data.spec import present
from engine.errors import DataError
from engine.options import DataOptions
from engine.work import finish

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
REAL_DATA = Path(os.environ.get("DLI_DATA") or SHARED)


@pytest.mark.parametrize("name", specs())
def test_a_data_set_keeps_its_promises(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLI_DATA", str(REAL_DATA))
    spec = find(name)
    if not present(spec, data_folder()):
        pytest.skip(f"{name} is not in {REAL_DATA}")
    loaded = finish(load(name, DataOptions()))
    prepared = loaded.prepared
    assert prepared.shape == spec.shape
    assert len(prepared.classes) == spec.num_classes == len(set(prepared.classes))
    assert len(prepared.train.labels) == spec.train_size
    assert len(prepared.test.labels) == spec.test_size
    assert not set(loaded.train.index.tolist()) & set(loaded.val.index.tolist())
    for part in (loaded.train, loaded.val, loaded.test):
        assert part.images.dtype == np.uint8
        assert part.images.max() == 255
        assert sorted(set(part.labels[part.index].tolist())) == list(range(spec.num_classes))
    assert imported(spec.read)
    assert spec.licence


def test_digits_are_enlarged_smoothly_and_split_evenly() -> None:
    prepared = finish(prepare("digits", DataOptions()))
    counts = [np.bincount(split.labels) for split in (prepared.train, prepared.test)]
    assert np.ptp(counts[1]) <= 2
    assert (counts[0] / counts[1]).max() < 4.3
    assert len(np.unique(prepared.train.images)) > 200


@pytest.fixture
def raw(data: Path, write_idx: Callable[..., None]) -> Path:
    """A small MNIST of noise."""
    folder = data / "MNIST" / "raw"
    random = np.random.default_rng(0)
    for part, count in (("train", 60), ("t10k", 20)):
        write_idx(folder / f"{part}-images-idx3-ubyte", random.integers(0, 256, (count, 28, 28)))
        write_idx(folder / f"{part}-labels-idx1-ubyte", np.arange(count) % 10)
    return folder


def test_idx_files_are_read_plain_and_gzipped(raw: Path) -> None:
    plain = finish(prepare("mnist", DataOptions()))
    for path in list(raw.iterdir()):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    packed = finish(prepare("mnist", DataOptions()))
    assert plain.digest == packed.digest
    assert plain.train.labels.tolist() == [i % 10 for i in range(60)]
    assert str(finish(prepare("mnist", DataOptions(image_size=32))).shape) == "1x32x32"


@pytest.mark.parametrize(
    ("file", "damage", "reason"),
    [
        ("train-images-idx3-ubyte", lambda old: old[:-1], "bytes for a shape of"),
        ("train-images-idx3-ubyte", lambda old: old[:10], "not an IDX file"),
        ("t10k-labels-idx1-ubyte", lambda old: b"<html>", "not an IDX file"),
        ("t10k-labels-idx1-ubyte", lambda old: old[:-1] + b"\x63", "does not label 20 pictures"),
    ],
)
def test_a_damaged_idx_file_is_named(
    raw: Path, file: str, damage: Callable[[bytes], bytes], reason: str
) -> None:
    (raw / file).write_bytes(damage((raw / file).read_bytes()))
    with pytest.raises(DataError, match=rf"{file}' is damaged: .*{reason}.*dli data get"):
        finish(prepare("mnist", DataOptions()))


def test_a_cut_gzip_file_is_named(raw: Path) -> None:
    path = raw / "train-images-idx3-ubyte"
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes())[:-20])
    path.unlink()
    with pytest.raises(DataError, match=r"ubyte\.gz' is damaged"):
        finish(prepare("mnist", DataOptions()))


def write_cifar(data: Path) -> Path:
    folder = data / "cifar-10-batches-py"
    folder.mkdir()
    pixels = np.arange(20 * 3072).reshape(20, 3072).astype(np.uint8)
    batch = {"data": pixels, "labels": [i % 10 for i in range(20)]}
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        (folder / name).write_bytes(pickle.dumps(batch, protocol=4))
    names = {"label_names": [f"class {i}" for i in range(10)]}
    (folder / "batches.meta").write_bytes(pickle.dumps(names))
    return folder


def test_cifar_batches_are_read_with_channels_last(data: Path) -> None:
    write_cifar(data)
    prepared = finish(prepare("cifar10", DataOptions()))
    assert (len(prepared.train.labels), len(prepared.test.labels)) == (100, 20)
    assert prepared.test.images[0, 0, :2].tolist() == [[0, 0, 0], [1, 1, 1]]
    assert prepared.test.images[0, 0, 1].tolist() == [1, 1025 % 256, 2049 % 256]
    assert prepared.classes[3] == "class 3"
    grey = finish(prepare("cifar10", DataOptions(grayscale=True, image_size=16)))
    assert str(grey.shape) == "1x16x16"


def test_python_2_pickles_of_arrays_are_read(data: Path) -> None:
    folder = write_cifar(data)
    values = bytes(range(256)) * 12 * 10
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntU\x01btR"
        b"(I1\n(I10\nI3072\ntcnumpy\ndtype\n(U\x02u1I0\nI1\ntR(I3\nU\x01|NNNI-1\nI-1\nI0\ntbI00\n"
        b"T" + len(values).to_bytes(4, "little") + values + b"tb"
    )
    labels = b"(" + b"".join(b"I%d\n" % i for i in range(10)) + b"l"
    content = b"\x80\x02}(U\x04data" + array + b"U\x06labels" + labels + b"u."
    (folder / "test_batch").write_bytes(content)
    prepared = finish(prepare("cifar10", DataOptions()))
    assert prepared.test.images.shape == (10, 32, 32, 3)
    assert prepared.test.labels.tolist() == list(range(10))


class Hostile:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.mkdir, (Path("hacked"),)


@pytest.mark.parametrize(
    "content",
    [pickle.dumps(Hostile()), b"", b"garbage", pickle.dumps([1]), pickle.dumps({"data": 1})],
)
def test_a_foreign_or_hostile_pickle_is_refused_and_runs_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    (write_cifar(data) / "data_batch_3").write_bytes(content)
    monkeypatch.chdir(data)
    with pytest.raises(DataError, match=r"data_batch_3' is damaged"):
        finish(prepare("cifar10", DataOptions()))
    assert not (data / "hacked").exists()
