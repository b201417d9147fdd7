import numpy as np
import pytest

from tui import heat
from tui.palette import DARK, LIGHT, Palette


@pytest.mark.parametrize(
    ("low", "high", "scale"),
    [(0.0, 1.0, (0.0, 1.0)), (0.97, 0.999, (0.95, 1.0)), (0.3, 0.55, (0.2, 0.6)),
     (0.985, 0.99, (0.98, 1.0)), (1.0, 1.0, (0.98, 1.0)), (0.0, 0.0, (0.0, 0.2))],
)  # fmt: skip
def test_a_scale_has_round_ends_around_the_scores(
    low: float, high: float, scale: tuple[float, float]
) -> None:
    found = heat.scale_of(np.linspace(low, high, 50))

    assert (found.low, found.high) == scale


def test_a_few_bad_epochs_do_not_take_the_scale_from_the_others() -> None:
    scores = np.concatenate([np.zeros(5), np.full(95, 0.96)])

    assert heat.scale_of(scores).low == 0.95


def test_levels_stay_within_the_scale() -> None:
    levels = heat.Scale(0.5, 1.0).levels(np.array([0.0, 0.5, 0.75, 1.0]))

    assert levels.tolist() == [0, 0, heat.LEVELS // 2, heat.LEVELS - 1]


@pytest.mark.parametrize("number", [1, 7, 40, 41, 1000])
def test_cells_hold_every_epoch_and_the_newest_last(number: int) -> None:
    scores = np.ones((number, 2))
    scores[-1, 0] = 0.25
    scores[number // 2, 1] = 0.5

    cells = heat.fitted(scores, 40)

    assert len(cells) == min(number, 40)
    assert cells[-1, 0] == 0.25
    assert cells[:, 1].min() == 0.5


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_colours_go_from_bad_to_good_and_all_differ(palette: Palette) -> None:
    colours = heat.colours(palette)

    assert (colours[0], colours[-1]) == (palette.bad, palette.good)
    assert len(set(colours)) == heat.LEVELS
    assert len(set(heat.characters(True))) == len(set(heat.characters(False))) == heat.LEVELS
    assert heat.characters(True).isascii()
