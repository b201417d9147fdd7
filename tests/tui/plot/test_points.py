import math
from dataclasses import replace

import numpy as np
import pytest

from tui.plot.curve import Array, Chart, Curve, Mark
from tui.plot.points import band_of, columns_of, crossings, edges_of, extremes, nearest, points_of


def noise(seed: int, gaps: float = 0.1) -> tuple[Array, Array, np.random.Generator]:
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, 3000))
    x, y = np.sort(rng.uniform(0, 50, length)), rng.normal(size=length)
    y[rng.random(length) < gaps] = math.nan
    return x, y, rng


@pytest.mark.parametrize("seed", range(20))
def test_the_extremes_of_columns_equal_those_of_all_their_points(seed: int) -> None:
    x, y, rng = noise(seed)
    low, high = sorted(rng.uniform(-5, 55, 2))
    edges = edges_of(low, high, int(rng.integers(1, 200)))

    lowest, highest = extremes(x, y, y, edges)

    for column in range(len(edges) - 1):
        inside = y[(x >= edges[column]) & (x < edges[column + 1])]
        known = inside[np.isfinite(inside)]
        expected = (known.min(), known.max()) if len(known) else (math.nan, math.nan)
        np.testing.assert_equal((lowest[column], highest[column]), expected)


def test_the_last_point_lies_in_the_last_column() -> None:
    lowest, _ = extremes(*(np.array([0.0, 1.0, 2.0]),) * 3, edges_of(0.0, 2.0, 10))

    assert lowest[-1] == 2.0


@pytest.mark.parametrize("seed", range(10))
def test_lines_cross_edges_where_interpolation_says(seed: int) -> None:
    x, y, rng = noise(seed, gaps=0.0)
    at = np.sort(rng.uniform(x[0], x[-1], 50))

    np.testing.assert_allclose(crossings(x, y, at), np.interp(at, x, y))


def test_there_is_no_line_into_a_gap_nor_beyond_the_ends() -> None:
    x, y = np.arange(5.0), np.array([1.0, 2.0, math.nan, 4.0, 5.0])

    crossed = crossings(x, y, np.array([-0.5, 0.0, 0.5, 1.5, 2.5, 3.5, 4.0, 4.5]))

    np.testing.assert_equal(crossed, [math.nan, 1.0, 1.5, math.nan, math.nan, 4.5, 5.0, math.nan])


def test_a_spike_survives_among_100_000_points() -> None:
    x, y = np.arange(100_000.0), np.ones(100_000)
    y[31_234] = 9.0

    columns = columns_of(x, y, edges_of(0, 99_999, 140))

    assert np.nanmax(columns.highest) == 9.0
    assert np.flatnonzero(columns.highest == 9.0).tolist() == [31_234 * 140 // 99_999]


def test_a_band_holds_the_extremes_that_points_stand_for() -> None:
    y = np.ones(1000)
    low, high = y - 0.5, y + 0.5
    high[500] = 7.0
    points = points_of(Curve("loss", np.arange(1000), y, "#ffffff", low=low, high=high))

    lowest, highest = band_of(points, edges_of(0, 999, 60))

    assert (lowest == 0.5).all()
    assert (highest >= 1.5).all()
    assert np.flatnonzero(highest == 7.0).tolist() == [500 * 60 // 999]


def test_points_without_a_place_are_left_out_and_huge_values_are_gaps() -> None:
    points = points_of(Curve("y", [0, math.nan, 2, 3], [1.0, 2.0, 1e300, math.inf], "#ffffff"))

    assert points.x.tolist() == [0, 2, 3]
    np.testing.assert_equal(points.y, [1.0, math.nan, math.nan])


def test_the_nearest_known_point_is_read() -> None:
    x, y = np.arange(5.0), np.array([math.nan, 1.0, math.nan, math.nan, 4.0])

    assert [nearest(x, y, at) for at in (0.5, 1.0, 2.4, 2.6, 4.0, 4.1)] == [None, 1, 1, 4, 4, None]
    assert nearest(x[:0], y[:0], 0.0) is None


def test_a_chart_is_the_same_only_with_the_same_points_look_and_marks() -> None:
    curve = Curve("loss", [1, 2, 3], [0.5, np.nan, 0.25], "#56b4e9", low=[0.1, 0.2, 0.3])
    chart = Chart("loss", [curve], marks=[Mark(1.0, "best", "#009e73")])

    assert chart.equals(Chart("loss", [replace(curve)], marks=[Mark(1.0, "best", "#009e73")]))
    assert not chart.equals(replace(chart, marks=[]))
    assert not chart.equals(replace(chart, curves=[curve, curve]))
    others = [{"y": [0.5, np.nan, 0.2]}, {"low": None}, {"color": "#000000"}, {"high": [1, 1, 1]}]
    for changed in others:
        assert not chart.equals(replace(chart, curves=[replace(curve, **changed)]))
