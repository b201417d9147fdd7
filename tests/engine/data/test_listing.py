from pathlib import Path

from engine.data.listing import list_datasets
from engine.data.prepare import prepare
from engine.options import DataOptions
from engine.work import finish


def test_the_listing_tells_what_is_here_and_what_is_cached(data: Path) -> None:
    finish(prepare("digits", DataOptions()))
    found = {status.spec.name: status for status in list_datasets()}
    assert list(found) == sorted(found)
    assert set(found) >= {"digits", "mnist", "fashion_mnist", "kmnist", "cifar10", "cifar100"}
    digits, mnist = found["digits"], found["mnist"]
    assert (digits.present, digits.where) == (True, None)
    assert digits.cached_bytes > 1797 * 28 * 28
    assert (mnist.present, mnist.where, mnist.cached_bytes) == (False, data / "MNIST" / "raw", 0)


def test_a_set_is_present_only_with_all_its_files(data: Path) -> None:
    raw = data / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"):
        (raw / part).touch()
    assert not next(s for s in list_datasets() if s.spec.name == "mnist").present
    (raw / "t10k-labels-idx1-ubyte.gz").touch()
    assert next(s for s in list_datasets() if s.spec.name == "mnist").present
