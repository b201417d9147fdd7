import math

import numpy as np
import pytest

from tui.ticks import (
    linear_axis,
    log_axis,
    multiples,
    nice_step,
    number_text,
    percent_text,
    step_of,
    with_margin,
)


@pytest.mark.parametrize("seed", range(20))
def test_ticks_are_few_round_and_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.normal() * 10 ** rng.uniform(-6, 6)
    high = low + 10 ** rng.uniform(-6, 6)
    most = int(rng.integers(2, 12))

    axis = linear_axis(low, high, most, number_text)

    step = nice_step(high - low, most)
    assert len(axis.ticks) <= most + 1
    assert all(low - 1e-6 * step <= tick <= high + 1e-6 * step for tick in axis.ticks)
    assert step / 10 ** math.floor(math.log10(step) + 1e-9) == pytest.approx(
        round(step / 10 ** math.floor(math.log10(step) + 1e-9))
    )


def test_texts_have_as_many_digits_as_the_step_needs() -> None:
    assert linear_axis(0.9, 1.0, 4, percent_text).texts == ("90 %", "95 %", "100 %")
    assert linear_axis(0.9812, 0.9828, 4, percent_text).texts == ("98.15 %", "98.20 %", "98.25 %")
    assert linear_axis(0, 2.5e9, 3, number_text).texts == ("0", "1e+09", "2e+09")
    assert linear_axis(0, 2e-9, 3, number_text).texts == ("0", "1e-09", "2e-09")


def test_a_log_axis_has_powers_of_ten_and_what_fits_between() -> None:
    assert log_axis(-2, 0, 4).texts == ("0.01", "0.1", "1")
    assert log_axis(-1, 0, 8).texts == ("0.1", "0.2", "0.5", "1")


def test_a_short_log_axis_has_even_ticks() -> None:
    assert log_axis(math.log10(0.22), math.log10(0.4), 4).texts == ("0.25", "0.3", "0.35", "0.4")


def test_a_log_axis_writes_its_numbers_as_asked() -> None:
    assert log_axis(-1.0, 0.0, 3, percent_text).texts == ("10 %", "30 %", "100 %")


def test_a_single_value_gets_room_on_both_sides() -> None:
    assert with_margin(2.0, 2.0) == (0.0, 4.0)
    assert with_margin(0.0, 0.0) == (-1.0, 1.0)


def test_steps_may_be_given() -> None:
    assert step_of((1, 15, 60), 40, 4) == 15
    assert step_of((1, 15, 60), 4000, 4) == 1000


def test_multiples_include_both_ends() -> None:
    assert multiples(-1, 1, 0.5) == (-1.0, -0.5, 0.0, 0.5, 1.0)
