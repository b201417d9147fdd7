"""Two recipes side by side: paired by seed, honest with one seed, on val if one is unfinished."""

import pytest

from bench.results.contrast import Contrast, contrast, difference, gap_of
from bench.results.result import Result
from bench.results.standing import Standing, standings
from tests.bench.results.curved_results import curved


def _standing(*results: Result) -> Standing:
    (found,) = [standing for standing in standings(results) if standing.results]
    return found


def _contrast(before: Standing, after: Standing) -> Contrast:
    found = contrast(before, after)
    assert found is not None
    return found


def _full(study: str, right: int, seed: int = 0, val: float = 0.9, train: float = 0.95) -> Result:
    return curved(study, right, [val] * 10, train, seed=seed)


def test_a_difference_that_all_seeds_have_is_told_though_each_recipe_varies_more() -> None:
    wide = [9_000, 9_100, 9_200]
    before = _standing(*(_full("linear", right, seed) for seed, right in enumerate(wide)))
    after = _standing(*(_full("logistic", right + 50, seed) for seed, right in enumerate(wide)))

    found = _contrast(before, after).accuracy

    assert found.seeds == (0, 1, 2)
    assert found.knows_seeds
    assert found.interval.value == pytest.approx(0.005)
    assert found.side == 1


def test_seeds_that_disagree_leave_it_open() -> None:
    before = _standing(*(_full("linear", 9_000, seed) for seed in range(3)))
    after = _standing(*(_full("logistic", 8_950 + 60 * seed, seed) for seed in range(3)))

    assert _contrast(before, after).accuracy.side == 0


def test_of_one_seed_each_the_interval_is_that_of_two_shares_of_the_pictures() -> None:
    found = _contrast(
        _standing(_full("linear", 9_000)), _standing(_full("logistic", 9_200))
    ).accuracy

    assert not found.knows_seeds
    assert found.side == 1
    assert found.interval.low == pytest.approx(0.02 - 0.0079, abs=1e-4)  # 1.96 sqrt(Σ p(1-p)/N)
    assert found.interval.high == pytest.approx(0.02 + 0.0079, abs=1e-4)


def test_seeds_that_only_one_side_has_are_in_its_mean_but_tell_nothing_of_seeds() -> None:
    found = difference({0: 0.8, 1: 0.9}, {1: 0.9}, pictures=10_000)

    assert found.interval.value == pytest.approx(0.05)
    assert found.seeds == (1,)
    assert not found.knows_seeds


def test_worse_is_the_other_side() -> None:
    before, after = {0: 0.9, 1: 0.91}, {0: 0.8, 1: 0.81}

    assert difference(before, after, 10_000).side == -1
    assert difference(after, before, 10_000).side == 1


def test_an_unfinished_run_is_compared_on_val_after_the_last_epoch_that_both_have() -> None:
    val: list[float | None] = [0.5, 0.6, 0.7, *[0.8] * 7]
    before = _standing(curved("linear", 9_000, val, 0.9))
    after = _standing(curved("logistic", 9_000, [0.5, 0.65, 0.75], 0.77))

    found = _contrast(before, after)

    assert found.epoch == 3
    assert found.accuracy.interval.value == pytest.approx(0.05)
    assert found.gap is not None
    assert found.gap.interval.value == pytest.approx((0.77 - 0.75) - (0.9 - 0.7))


def test_without_a_common_epoch_on_val_nothing_is_compared() -> None:
    before = _standing(curved("linear", 9_000, [0.5, 0.6], 0.9))

    assert contrast(before, _standing(curved("logistic", 9_000, [None, None], 0.9))) is None


def test_tested_runs_without_val_have_no_gap() -> None:
    before = _standing(_full("linear", 9_000))
    after = _standing(curved("logistic", 9_200, [None] * 10, 0.9))

    found = _contrast(before, after)

    assert found.epoch is None
    assert found.gap is None


def test_the_gap_is_train_minus_val_after_the_last_epoch_as_a_mean_over_seeds() -> None:
    standing = _standing(
        curved("linear", 9_000, [*[0.5] * 9, 0.8], 0.9, seed=0),
        curved("linear", 9_000, [*[0.5] * 9, 0.6], 0.9, seed=1),
    )

    assert gap_of(standing) == pytest.approx(0.2)
    assert gap_of(standing, epoch=1) == pytest.approx(0.4)


def test_which_over_fits_more_is_told_by_the_gaps() -> None:
    before = _standing(*(_full("linear", 9_000, seed, val=0.9, train=0.91) for seed in range(3)))
    after = _standing(*(_full("logistic", 9_000, seed, val=0.9, train=0.99) for seed in range(3)))

    gap = _contrast(before, after).gap

    assert gap is not None
    assert gap.side == 1
    assert gap.interval.value == pytest.approx(0.08)
