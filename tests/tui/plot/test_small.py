import math

import numpy as np
import pytest

from tui.plot import Bounds, Curve, small_chart
from tui.plot.pens import Pen

BLUE, GREY, RED = "#56b4e9", "#8a8f98", "#f2777a"
BOUNDS = Bounds(0, 10, 0, 1)


def test_curves_share_fixed_axes_with_a_threshold_behind() -> None:
    x = np.arange(11)
    rising, low = Curve("t3", x, x / 10, BLUE), Curve("t1", x[:4], [0.1] * 4, GREY)

    lines = small_chart([low, rising], (16, 4), BOUNDS, threshold=(0.5, RED))

    assert [line.plain for line in lines] == [
        "            ⣀⠤⠒⠉",
        "        ⣀⠤⠒⠉    ",
        "⠁⠁⠁⠁⣀⠤⠒⠉⠁⠁⠁⠁⠁⠁⠁⠁",
        "⣀⠤⠒⠉⠤           ",
    ]
    colors = [[str(span.style) for span in line.spans] for line in lines]
    assert colors == [[BLUE], [BLUE], [RED, BLUE, RED], [BLUE, GREY]]


@pytest.mark.parametrize("pen", ["braille", "plain", "ascii"])
@pytest.mark.parametrize("y", [[], [math.nan] * 3, [0.5, math.nan, 7.0]])
def test_any_curve_fills_the_place_exactly(pen: Pen, y: list[float]) -> None:
    lines = small_chart([Curve("t0", np.arange(len(y)), y, BLUE)], (12, 3), BOUNDS, None, pen)

    assert [len(line.plain) for line in lines] == [12] * 3
    assert any(line.plain.strip() for line in lines) == bool(np.isfinite(y).any())


def test_without_colour_each_curve_has_its_character() -> None:
    flat = [Curve(str(level), [0, 10], [level, level], BLUE) for level in (0.1, 0.9)]

    lines = small_chart(flat, (4, 3), BOUNDS, (0.5, RED), "ascii")

    assert [line.plain for line in lines] == ["oooo", "----", "****"]
