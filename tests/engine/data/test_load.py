from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.data.load import LoadedData, Part, cut, load, normalisation
from engine.data.spec import PreparedSet, Split
from engine.errors import ConfigError, DataError
from engine.options import DataOptions
from engine.work import finish


def make_set(counts: tuple[int, ...] = (60, 30, 10), val: bool = False) -> PreparedSet:
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(counts)), counts)
    images = random.integers(0, 256, (len(labels), 4, 5, 3), dtype=np.uint8)
    split = Split(images, labels)
    test = Split(images[:7], labels[:7])
    names = tuple("abcdefgh"[: len(counts)])
    return PreparedSet("toy", names, "0", split, test, test if val else None)


def rows(part: Part) -> list[int]:
    return part.index.tolist()


def class_counts(part: Part) -> list[int]:
    return np.bincount(part.labels[part.index]).tolist()


def test_val_is_a_stratified_tenth_of_train_and_disjoint() -> None:
    loaded = cut(make_set(), DataOptions())
    assert class_counts(loaded.val) == [6, 3, 1]
    assert sorted(rows(loaded.train) + rows(loaded.val)) == list(range(100))
    assert rows(loaded.test) == list(range(7))
    assert len(loaded.test) == 7


def test_the_split_depends_on_the_split_seed_alone() -> None:
    first, again, other = (
        rows(cut(make_set(), DataOptions(split_seed=seed)).val) for seed in (4, 4, 5)
    )
    assert first == again
    assert first != other


def test_val_size_overrides_the_fraction() -> None:
    loaded = cut(make_set(), DataOptions(val_size=20))
    assert class_counts(loaded.val) == [12, 6, 2]


def test_the_sets_own_val_wins() -> None:
    loaded = cut(make_set(val=True), DataOptions(subset=10))
    assert len(loaded.val) == 7
    assert class_counts(loaded.train) == [6, 3, 1]


def test_a_subset_counts_train_and_val_and_stays_stratified() -> None:
    loaded = cut(make_set(), DataOptions(subset=40, val_fraction=0.25))
    assert (len(loaded.train), len(loaded.val)) == (30, 10)
    assert (np.array(class_counts(loaded.train)) + class_counts(loaded.val)).tolist() == [24, 12, 4]
    assert not set(rows(loaded.train)) & set(rows(loaded.val))


def test_every_class_is_in_val_however_small_the_set() -> None:
    loaded = cut(make_set((2, 2, 3)), DataOptions())
    assert class_counts(loaded.val) == [1, 1, 1]
    assert class_counts(loaded.train) == [1, 1, 2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (DataOptions(subset=101), r"data\.subset is 101, but there are 100 training pictures"),
        (DataOptions(subset=5), r"data\.subset is 5, but 3 classes need at least 6"),
        (DataOptions(val_size=2), r"data\.val_size is 2, .* allow 3 to 97"),
        (DataOptions(val_size=98), r"data\.val_size is 98, .* allow 3 to 97"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(options: DataOptions, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        cut(make_set(), options)


def test_a_class_with_one_picture_is_refused() -> None:
    with pytest.raises(DataError, match=r"class 'b' of 'toy' has 1 training pictures"):
        cut(make_set((5, 1)), DataOptions())


def test_the_mean_and_deviation_are_those_of_the_train_part_alone() -> None:
    loaded = cut(make_set((900, 800, 700)), DataOptions())
    options = DataOptions(normalize="train")
    pixels = loaded.train.images[loaded.train.index] / 255
    mean, std = normalisation(loaded, options)
    np.testing.assert_allclose(mean, pixels.mean(axis=(0, 1, 2)), rtol=1e-12)
    np.testing.assert_allclose(std, pixels.std(axis=(0, 1, 2)), rtol=1e-12)


def flat(loaded: LoadedData) -> LoadedData:
    part = Part(np.zeros_like(loaded.train.images), loaded.train.labels, loaded.train.index)
    return LoadedData(loaded.prepared, part, loaded.val, loaded.test)


def test_flat_channels_are_not_divided_by_zero() -> None:
    loaded = flat(cut(make_set(), DataOptions()))
    assert normalisation(loaded, DataOptions(normalize="train")) == ((0.0,) * 3, (1.0,) * 3)


def test_without_normalisation_nothing_is_changed_and_given_values_are_taken() -> None:
    loaded = cut(make_set(), DataOptions())
    assert normalisation(loaded, DataOptions()) == ((0.0,) * 3, (1.0,) * 3)
    given = DataOptions(normalize="given", mean=(0.1, 0.2, 0.3), std=(1, 2, 3))
    assert normalisation(loaded, given) == ((0.1, 0.2, 0.3), (1, 2, 3))


def test_given_values_must_fit_the_channels() -> None:
    given = DataOptions(normalize="given", mean=(0.5,), std=(0.5,))
    with pytest.raises(ConfigError, match=r"data\.mean has 1 values.* 3 channels"):
        normalisation(cut(make_set(), DataOptions()), given)


def test_loading_prepares_and_cuts(tmp_path: Path, class_folders: Callable[..., Path]) -> None:
    loaded = finish(load(f"folder:{class_folders(tmp_path / 'pets')}", DataOptions()))
    assert [len(part) for part in (loaded.train, loaded.val, loaded.test)] == [14, 2, 4]


@pytest.mark.parametrize("val", [False, True])
def test_without_val_all_of_train_is_trained_on(val: bool) -> None:
    loaded = cut(make_set(val=val), DataOptions(val_size=0))
    assert rows(loaded.train) == list(range(100))
    assert rows(loaded.val) == []
    assert rows(loaded.test) == list(range(7))


def test_without_val_a_subset_needs_one_picture_of_each_class() -> None:
    loaded = cut(make_set(), DataOptions(val_size=0, subset=3))
    assert class_counts(loaded.train) == [1, 1, 1]
    with pytest.raises(ConfigError, match=r"3 classes need at least 3 training pictures$"):
        cut(make_set(), DataOptions(val_size=0, subset=2))
    with pytest.raises(DataError, match=r"'b' .* has 0 training pictures; .* at least 1\.$"):
        cut(make_set((5, 0, 2)), DataOptions(val_size=0))
