import math

import numpy as np
import pytest

from tui.plot.canvas import Canvas, Rows, band_runs, line_runs
from tui.plot.points import Columns, columns_of, edges_of


def test_each_dot_of_a_cell_has_its_bit() -> None:
    canvas = Canvas(1, 1, "braille")
    shown = {}
    for row in range(4):
        for column in range(2):
            canvas.put(canvas.ink, 0, canvas.at(np.array([row]), np.array([column])))
            shown[row, column] = canvas.flattened([])[0][0, 0]

    assert "".join(shown.values()) == "⠁⠈⠂⠐⠄⠠⡀⢀"


def test_a_line_from_corner_to_corner_has_a_dot_in_each_column() -> None:
    canvas = Canvas(4, 2, "braille")
    columns = columns_of(np.array([0.0, 1.0]), np.array([0.0, 1.0]), edges_of(0, 1, canvas.width))

    canvas.put(canvas.ink, 0, canvas.between(*line_runs(columns, Rows(0, 1, canvas.height))))

    chars, owners = canvas.flattened(["*"])
    assert ["".join(row) for row in chars] == ["  ⡠⠊", "⡠⠊  "]
    assert owners.tolist() == [[-1, -1, 0, 0], [0, 0, -1, -1]]


@pytest.mark.parametrize("seed", range(10))
def test_a_line_without_gaps_is_drawn_without_gaps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = np.linspace(0, 1, int(rng.integers(2, 400))), rng.normal(size=1000)
    y = y[: len(x)]

    first, last = line_runs(columns_of(x, y, edges_of(0, 1, 60)), Rows(y.min(), y.max(), 48))

    assert (first <= last).all()
    assert (first[1:] <= last[:-1] + 1).all()
    assert (last[1:] >= first[:-1] - 1).all()
    assert (first.min(), last.max()) == (0, 47)


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    unknown = np.full(3, math.nan)

    first, last = line_runs(Columns(*[unknown] * 4), Rows(0, 1, 8))

    assert (last < first).all()


def test_values_beyond_the_axis_are_drawn_at_its_ends() -> None:
    first, last = band_runs(np.array([-9.0]), np.array([9.0]), Rows(0, 1, 8))

    assert (first.tolist(), last.tolist()) == ([0], [7])


def test_a_cell_belongs_to_whoever_drew_last_and_ink_hides_what_is_faint() -> None:
    canvas = Canvas(2, 1, "ascii")
    both, one = np.array([[True, True]]), np.array([[True, False]])
    canvas.put(canvas.ink, 0, one)
    canvas.put(canvas.ink, 1, one)
    canvas.put(canvas.faint, 2, both)
    canvas.put(canvas.behind, 3, both)

    chars, owners = canvas.flattened(["a", "b", "c", "d"])

    assert "".join(chars[0]) == "bc"
    assert owners.tolist() == [[1, 2]]
