"""The paired comparison, against scipy and by simulation."""

import numpy as np
import pytest
from scipy import stats

from bench.paired import paired


def _sides(
    only_first: int, only_second: int, both: int, none: int
) -> tuple[np.ndarray, np.ndarray]:
    first = np.array([True] * only_first + [False] * only_second + [True] * both + [False] * none)
    second = np.array([False] * only_first + [True] * only_second + [True] * both + [False] * none)
    return first, second


@pytest.mark.parametrize(("b", "c"), [(0, 0), (1, 0), (5, 5), (3, 12), (40, 90), (700, 650)])
def test_p_is_that_of_the_exact_binomial_test(b: int, c: int) -> None:
    found = paired(*_sides(b, c, 100, 20))

    expected = stats.binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
    assert found.p == pytest.approx(expected, rel=1e-9)
    assert (found.only_first, found.only_second) == (b, c)
    assert found.difference == pytest.approx((b - c) / (b + c + 120))


def test_two_that_are_right_on_the_same_pictures_do_not_differ() -> None:
    found = paired(*_sides(0, 0, 90, 10))

    assert found.difference == 0
    assert found.p == 1
    assert found.low < 0 < found.high


def test_the_interval_holds_the_truth_in_about_95_of_100_draws() -> None:
    numbers = np.random.default_rng(0)
    chances = np.array([0.06, 0.03, 0.86, 0.05])  # only first, only second, both, none
    hits = 0
    for _ in range(2000):
        cells = numbers.multinomial(300, chances)
        found = paired(*_sides(*cells.tolist()))
        hits += found.low <= 0.03 <= found.high

    assert 0.93 <= hits / 2000 <= 0.985


def test_the_interval_holds_the_difference_itself_even_at_the_end() -> None:
    first, second = _sides(5, 0, 0, 0)

    found = paired(first, second)

    assert found.low <= found.difference == 1.0 == found.high
