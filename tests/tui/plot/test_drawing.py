"""Charts as text, drawn without a terminal."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui.plot.curve import Chart, Curve, Mark
from tui.plot.drawing import Brush, body_lines
from tui.plot.pens import Pen
from tui.plot.scene import Scene, prepare, scene_of, whole_of
from tui.plot.title import Title, legend_line, reading_line
from tui.ticks import percent_text

BLUE, ORANGE, GREEN = "#56b4e9", "#f0a030", "#35c49a"
EPOCHS = np.arange(1, 9)
ACCURACY = Chart(
    "accuracy",
    [
        Curve("train", EPOCHS, 1 - 0.5 * 0.6**EPOCHS, BLUE),
        Curve("val", EPOCHS, 0.96 - 0.4 * 0.6**EPOCHS, ORANGE),
    ],
    y_text=percent_text,
    y_bounds=(0.0, 1.0),
)

BRAILLE = """\
100 %┤                    ⣀⣀⡠⠤⠤⠴⠒⠒⠒⠒⠒⠊⠉⠉
     │              ⢀⡠⠔⣀⣀⡠⠤⠤⠒⠒⠒⠒⠊⠉⠉⠉⠉⠉⠉⠉
     │           ⡠⣀⠤⠒⠊⠉⠁
     │        ⢀⡠⠔⠉
 80 %┤      ⢀⠔⠉
     │    ⢀⠔⠁
     │    ⠁
     └┬───────┬────────┬───────┬───────┬
epoch 0       2        4       6       8
"""
ASCII = """\
100 %+                    **************
     |              ***ooooooooooooooooo
     |           *oooooo
     |        *ooo
 80 %+       oo
     |    ooo
     |    o
     ++-------+--------+-------+-------+
epoch 0       2        4       6       8
"""


def brush(pen: Pen = "braille") -> Brush:
    return Brush(pen, Color.parse("#ffffff"), Color.parse("#000000"))


def scene(chart: Chart, size: tuple[int, int] = (40, 10), weight: float = 0.0) -> Scene | None:
    curves = prepare(chart.curves, weight)
    return scene_of(chart, curves, whole_of(chart, curves), size)


def drawn(
    chart: Chart,
    size: tuple[int, int] = (40, 10),
    pen: Pen = "braille",
    cursor: float | None = None,
) -> list[str]:
    found = scene(chart, size)
    assert found is not None
    return [text(line) for line in body_lines(found, brush(pen), cursor)]


def text(line: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in line)


def one(y: Sequence[float], **options: object) -> Chart:
    curve = Curve("loss", np.arange(1, len(y) + 1), y, BLUE)
    return Chart("loss", [curve], **options)  # type: ignore[arg-type]


def test_a_chart_in_braille() -> None:
    assert [line.rstrip() for line in drawn(ACCURACY)] == BRAILLE.splitlines()


def test_a_chart_in_ascii_has_only_ascii_and_a_character_for_each_curve() -> None:
    lines = drawn(ACCURACY, pen="ascii")

    assert [line.rstrip() for line in lines] == ASCII.splitlines()
    assert "".join(lines).isascii()


@pytest.mark.parametrize("size", [(20, 5), (38, 12), (60, 18), (200, 50)])
@pytest.mark.parametrize("pen", ["braille", "plain", "ascii"])
def test_a_chart_fills_its_place_exactly(size: tuple[int, int], pen: Pen) -> None:
    lines = drawn(replace(ACCURACY, marks=(Mark(3.0, "lr 0.01", GREEN),)), size, pen, cursor=4.0)

    assert {len(line) for line in lines} == {size[0]}
    assert len(lines) == size[1] - 1


@pytest.mark.parametrize(
    "y",
    [
        [1.0], [0.5, 0.5], [0.0, 0.0], [1e99, -1e99, 1.0], [1e-300, 2e-300], [-1.0, 0.0, 1e12],
        [math.nan, 1.0, math.nan], [1.0, 1.0 + 1e-15], [0.0, 0.0, 1e-3], [5.0, math.inf, 1e300],
    ],
)  # fmt: skip
@pytest.mark.parametrize("log_y", [True, False])
def test_any_numbers_can_be_drawn(y: list[float], log_y: bool) -> None:
    chart = one(y, log_y=log_y)

    lines = drawn(chart, cursor=1.0)

    assert {len(line) for line in lines} == {40}
    assert any(0x2800 < ord(char) < 0x2900 or char == "●" for char in "".join(lines))


@pytest.mark.parametrize("y", [[], [math.nan, math.nan], [math.inf]])
def test_nothing_to_draw_is_no_scene(y: list[float]) -> None:
    assert scene(one(y)) is None
    assert scene(Chart("loss", ())) is None


def test_a_log_axis_without_anything_above_0_is_linear() -> None:
    found = scene(one([0.0, -1.0], log_y=True))

    assert found is not None
    assert not found.is_log


def test_zeros_lie_at_the_end_of_a_log_axis() -> None:
    lines = drawn(one([1.0, 0.1, 0.01, 0.0], log_y=True), (40, 12), "ascii")

    assert lines[-4].rstrip().endswith("*")
    assert any(line.startswith(" 0.01+") for line in lines)


def test_the_y_axis_never_leaves_its_bounds() -> None:
    found = scene(replace(ACCURACY, curves=[Curve("val", [1, 2], [0.95, 1.0], BLUE)]))

    assert found is not None
    assert found.y_axis.high == 1.0
    assert found.y_axis.texts[-1] == "100 %"


def test_a_spike_reaches_the_top_however_many_points_there_are() -> None:
    y = np.ones(100_000)
    y[31_234] = 9.0

    lines = drawn(one(y.tolist()), (60, 12), "ascii")

    assert [line.count("*") for line in lines[:-3]] == [1] * (len(lines) - 3)


def test_a_mark_is_a_line_with_words_beside_it() -> None:
    lines = drawn(one([1.0] * 8, marks=(Mark(3.0, "pause", GREEN),)), (40, 12), "ascii")

    assert ": pause" in lines[0]
    assert sum(":" in line for line in lines) >= len(lines) - 3


def test_the_crosshair_reads_the_nearest_point_and_the_extremes_of_its_column() -> None:
    y = np.ones(5000)
    y[2499] = 9.0
    curves = [Curve("train", np.arange(1, 5001) / 1000, y, BLUE), *ACCURACY.curves]
    found = scene(Chart("loss", curves), (120, 12))
    assert found is not None

    line = text(reading_line(Title("loss", Style()), found, brush(), 2.51, 120))

    assert line.split("  ")[0] == "loss"
    assert "epoch 2.5" in line
    assert "train 1.0000 (1.0000 to 9.0000)" in line or "train 1.000 (1.000 to 9.000)" in line
    assert "val 0.8" in line


def test_the_crosshair_says_less_where_there_is_less_room() -> None:
    found = scene(ACCURACY)
    assert found is not None

    lines = [
        text(reading_line(Title("accuracy", Style()), found, brush(), 4.0, width)).rstrip()
        for width in (60, 40, 25)
    ]

    assert lines == [
        "accuracy  epoch 4.0  train 93.52 %  val 90.82 %",
        "4.0  train 93.52 %  val 90.82 %",
        "4.0  93.52 %  90.82 %",
    ]


def test_signs_are_left_out_of_a_legend_before_names_are() -> None:
    title = Title("accuracy", Style(), "log")
    lines = [
        text(legend_line(title, ACCURACY.curves, brush(pen), width)).rstrip()
        for pen, width in (("braille", 40), ("braille", 30), ("ascii", 40), ("braille", 22))
    ]

    assert lines == [
        "accuracy log  ── train  ── val",
        "accuracy log  ── train  ── val",
        "accuracy log  * train  o val",
        "accuracy log  train",
    ]


def test_what_is_smoothed_stays_faintly_behind() -> None:
    y = np.resize([0.0, 1.0], 400)
    found = scene(one(y.tolist()), (60, 12), weight=0.9)
    assert found is not None

    styles = [segment.style for line in body_lines(found, brush(), None) for segment in line]

    assert brush().style(BLUE) in styles
    assert brush().faint(BLUE) in styles


def test_a_point_alone_is_drawn_larger_and_dots_are_not_joined() -> None:
    y = [1.0, math.nan, 2.0, math.nan, 3.0, 3.5]
    chart = one(y)
    dots = replace(chart, curves=[replace(chart.curves[0], style="dots")])

    joined, apart = ("".join(drawn(each)) for each in (chart, dots))

    assert sum(joined.count(char) for char in "⠛⠶⣤") == 2
    assert sum(0x2800 < ord(char) < 0x2900 for char in apart) == 4


@pytest.mark.parametrize(("weight", "enough"), [(0.6, 75), (0.9, 300)])
def test_short_curves_are_not_smoothed(weight: float, enough: int) -> None:
    averages = [
        prepare(one([1.0] * length).curves, weight)[0].average for length in (enough - 1, enough)
    ]

    assert averages[0] is None
    assert averages[1] is not None
