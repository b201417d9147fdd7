import math

import numpy as np
import pytest

from tui.plot.smoothing import smoothed


def by_hand(y: list[float], weight: float) -> list[float]:
    total = share = 0.0
    average = []
    for value in y:
        if math.isfinite(value):
            total = weight * total + (1 - weight) * value
            share = weight * share + (1 - weight)
            average.append(total / share)
        else:
            average.append(math.nan)
    return average


@pytest.mark.parametrize("weight", [0.6, 0.9])
@pytest.mark.parametrize("length", [1, 2, 63, 64, 65, 1000])
def test_it_is_the_debiased_average_that_a_loop_gives(weight: float, length: int) -> None:
    rng = np.random.default_rng(length)
    y = rng.normal(size=length)
    y[rng.random(length) < 0.1] = rng.choice([math.nan, math.inf, -math.inf])

    np.testing.assert_allclose(smoothed(y, weight), by_hand(y.tolist(), weight), rtol=1e-10)


def test_a_constant_stays_what_it_is_from_the_first_point_on() -> None:
    np.testing.assert_allclose(smoothed(np.full(500, 3.25), 0.9), 3.25)


def test_nothing_and_only_gaps_are_fine() -> None:
    assert len(smoothed(np.empty(0), 0.9)) == 0
    assert np.isnan(smoothed(np.full(5, math.nan), 0.6)).all()
