import math
from collections.abc import Sequence

import numpy as np
import pytest

from tui.charts import ORANGE, Chart, Series, line_chart, spans_decades
from tui.ticks import percent_text

EPOCHS = np.arange(1, 16)


def chart(*curves: Sequence[float], **options: object) -> Chart:
    series = [Series(f"curve{n}", np.arange(1, len(y) + 1), y) for n, y in enumerate(curves)]
    return Chart("loss", series, **options)  # type: ignore[arg-type]


def body(text: str) -> list[str]:
    """Return the lines between title and x axis, without the y axis."""
    return [line.partition("│")[2] or line.partition("┤")[2] for line in text.split("\n")[1:-2]]


@pytest.mark.parametrize(("width", "height"), [(38, 12), (60, 18), (100, 50), (20, 6), (10, 3)])
@pytest.mark.parametrize("color", [True, False])
def test_a_chart_fits_into_its_place(width: int, height: int, color: bool) -> None:
    from rich.text import Text

    drawn = Text.from_ansi(line_chart(chart(2 / EPOCHS, 3 / EPOCHS), width, height, color))

    lines = drawn.plain.split("\n")
    assert len(lines) == height if height >= 6 else len(lines) <= height
    assert max(map(len, lines)) <= width


def test_a_chart_has_a_title_a_legend_and_whole_epochs() -> None:
    lines = line_chart(chart(2 / EPOCHS, 3 / EPOCHS), 60, 12, color=False).split("\n")

    assert lines[0] == "loss  · curve0  x curve1"
    assert lines[-1].split() == ["epoch", "0", "2", "4", "6", "8", "10", "12", "14"]


def test_a_plain_chart_has_no_control_codes_and_a_coloured_one_paints_no_background() -> None:
    curves = chart(2 / EPOCHS, marks=(3.0,))

    assert "\x1b" not in line_chart(curves, 60, 12, color=False)
    coloured = line_chart(curves, 60, 12, color=True)
    assert "\x1b[38;5;39m" in coloured
    assert "\x1b[48" not in coloured


@pytest.mark.parametrize(
    "y",
    [
        [],
        [1.0],
        [math.nan],
        [math.inf, -math.inf],
        [0.5, 0.5],
        [0.0, 0.0],
        [1e300, -1e308, 1.0],
        [1e-300, 2e-300],
        [math.nan, 1.0, math.nan],
        [-1.0, 0.0, 1e12],
    ],
)
@pytest.mark.parametrize("log_y", [True, False])
def test_any_numbers_can_be_drawn(y: list[float], log_y: bool) -> None:
    text = line_chart(chart(y, log_y=log_y), 40, 10, color=False)

    assert len(text.split("\n")) == 10
    assert text.startswith("loss")


def test_what_is_not_finite_is_a_gap() -> None:
    y = np.full(15, 1.0)
    y[5:10] = [math.nan, math.inf, math.nan, -math.inf, math.nan]

    row = next(line for line in body(line_chart(chart(y), 60, 10, color=False)) if "·" in line)

    first, _, second = row.strip().partition(" ")
    assert set(first) == {"·"}
    assert len(second) - len(second.lstrip()) > 10
    assert set(second.strip()) == {"·"}


def test_a_spike_survives_however_many_points_there_are() -> None:
    y = np.full(50_000, 1.0)
    y[31_234] = 9.0

    lines = body(line_chart(chart(y), 40, 12, color=False))

    assert lines[0].count("·") == 1 or lines[1].count("·") == 1


def test_a_percent_axis_ends_at_100() -> None:
    accuracy = Chart(
        "accuracy", [Series("val", [1, 2], [0.95, 1.0])], y_text=percent_text, y_bounds=(0, 1)
    )

    text = line_chart(accuracy, 40, 10, color=False)

    assert "100 %┤" in text
    assert "101" not in text
    assert "105" not in text


def test_a_log_axis_has_round_numbers() -> None:
    text = line_chart(chart(10.0 ** -np.arange(4), log_y=True), 40, 14, color=False)

    assert text.startswith("loss (log)")
    assert all(f" {tick}┤" in text for tick in ("1", "0.1", "0.01"))


def test_a_mark_is_a_line_from_top_to_bottom() -> None:
    lines = body(line_chart(chart([1.0, 1.0, 1.0, 1.0], marks=(2.5,)), 40, 12, color=False))

    assert sum("│" in line for line in lines) >= len(lines) - 2


@pytest.mark.parametrize("color", [True, False])
def test_a_curve_may_have_a_marker_of_its_own(color: bool) -> None:
    series = [Series("trials", [1, 2, 3], [1, math.nan, 3], marker="•"), Series("best", [2], [2])]

    lines = line_chart(Chart("", series), 40, 10, color).split("\n")

    assert "• trials" in lines[0]
    assert sum(line.count("•") for line in lines[1:]) == 2


def test_names_that_do_not_fit_are_left_out_of_the_legend() -> None:
    series = [Series("a" * 30, [1, 2], [1, 2]), Series("b" * 30, [1, 2], [1, 2], ORANGE)]

    title = line_chart(Chart("loss", series), 40, 10, color=False).split("\n")[0]

    assert title == "loss  · " + "a" * 30


def test_values_far_apart_call_for_a_log_axis() -> None:
    assert spans_decades([2.3, 0.01], [math.nan, 1.0])
    assert not spans_decades([2.3, 0.3])
    assert not spans_decades([2.3, 0.0])
    assert not spans_decades([], [math.nan])


def test_points_beyond_the_bounds_are_drawn_at_its_end() -> None:
    text = line_chart(chart([1.0, 0.5, -7.0, 0.5], y_bounds=(0.0, 1.0)), 40, 10, color=False)

    assert "┤" in text
    assert "-" not in text
