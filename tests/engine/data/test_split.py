import numpy as np
import pytest

from engine.data.split import choose, rest


def test_a_choice_and_its_rest_are_disjoint_and_everything() -> None:
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    chosen = choose(labels, 25, seed=3)
    both = np.concatenate([chosen, rest(100, chosen)])
    assert sorted(both.tolist()) == list(range(100))
    assert chosen.tolist() == sorted(chosen.tolist())


@pytest.mark.parametrize("size", [3, 10, 37, 97])
def test_each_class_has_its_share_and_the_sizes_add_up(size: int) -> None:
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    counts = np.bincount(labels[choose(labels, size, seed=0)], minlength=3)
    assert counts.sum() == size
    assert np.abs(counts - size * np.array([0.5, 0.3, 0.2])).max() <= 1


def test_a_rare_class_is_chosen_and_left_at_least_as_often_as_told() -> None:
    labels = np.repeat([0, 1], [1000, 4])
    few = choose(labels, 10, seed=0, keep=(2, 1))
    many = choose(labels, 1000, seed=0, keep=(1, 2))
    assert (labels[few] == 1).sum() == 2
    assert (labels[rest(1004, many)] == 1).sum() == 2


def test_the_same_seed_gives_the_same_rows_and_another_gives_others() -> None:
    labels = np.arange(200) % 4
    first, again, other = (choose(labels, 40, seed).tolist() for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_rows_never_move_between_versions() -> None:
    assert choose(np.arange(20) % 2, 6, seed=0).tolist() == [0, 2, 3, 9, 12, 15]
    assert len(choose(np.arange(20) % 2, 6, seed=2**80)) == 6
