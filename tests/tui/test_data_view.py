"""What is drawn of a set: every picture and every number is one of the set's own."""

import math

import numpy as np
import pytest
from rich.segment import Segment

from engine.data.load import LoadedData, cut
from engine.data.spec import PreparedSet, Split
from engine.options import DataOptions
from engine.work import finish
from tui import data_view
from tui.data_layout import Layout, Size, lay_out
from tui.looking import PARTS, Looked, look, mean_pictures
from tui.palette import DARK
from tui.tiles import Row, tile

PEN = data_view.Pen(DARK, in_colour=True, ascii_only=False)
ASCII = data_view.Pen(DARK, in_colour=True, ascii_only=True)
PLAIN = data_view.Pen(DARK, in_colour=False, ascii_only=False)


def text(rows: list[Row]) -> str:
    return "\n".join("".join(segment.text for segment in row) for row in rows)


def made(counts: tuple[int, ...] = (30, 10, 20)) -> Looked:
    """Return a set in which every picture of class k is of brightness 80 k."""
    labels = np.repeat(np.arange(len(counts)), counts)
    images = np.broadcast_to((80 * labels)[:, None, None, None], (len(labels), 8, 8, 1))
    split = Split(images.astype(np.uint8), labels.astype(np.int64))
    names = ("first", "second", "a third with a long name")
    loaded: LoadedData = cut(PreparedSet("made", names, "x", split, split, None), DataOptions())
    rows = {part: by_class(loaded, part) for part in PARTS}
    return Looked(loaded, rows)


def by_class(loaded: LoadedData, part: str) -> list[np.ndarray]:
    chosen = getattr(loaded, part)
    labels = chosen.labels[chosen.index]
    return [chosen.index[labels == label] for label in range(3)]


def test_digits_are_opened_by_class() -> None:
    found = finish(look("digits", DataOptions()))
    assert isinstance(found, Looked)
    for part in PARTS:
        labels = getattr(found.loaded, part).labels
        assert all((labels[rows] == label).all() for label, rows in enumerate(found.rows[part]))
    assert sum(map(sum, map(found.counts, PARTS))) == 1797


def test_means_are_the_means_of_the_part() -> None:
    found = made()
    means = finish(mean_pictures(found, "train"))
    assert isinstance(means, np.ndarray)
    assert means.shape == (3, 8, 8, 1)
    assert [int(mean.max()) for mean in means] == [0, 80, 160]


def test_a_tile_has_two_pixels_a_cell_and_keeps_its_colours() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[:2] = (252, 0, 0)
    rows = tile(image, 4, in_colour=True)
    assert [Segment.get_line_length(row) for row in rows] == [4, 4]
    style = rows[0][0].style
    assert style is not None
    assert style.color is not None
    assert style.color.triplet is not None
    assert tuple(style.color.triplet) == (252, 0, 0)
    assert text(tile(np.full((4, 4, 1), 255, np.uint8), 4, in_colour=False)) == "@@@@\n@@@@"


def test_pictures_stand_by_class_and_pages_follow_each_other() -> None:
    found, laid = made(), Layout(Size(8, 4), blocks=1, down=3, across=4)
    rows = data_view.samples(found, "train", laid, (0, 0), ASCII)
    seen = text(rows)
    assert [line.split()[0] for line in seen.splitlines()[::5]] == ["first", "second", "a"]
    assert "first  27" in seen
    assert len(rows) == 15
    last = data_view.samples(found, "train", laid, (2, 16), ASCII)
    assert "third" in text(last)
    assert text(last).count("=" * 8 + " ") + text(last).count("*" * 8 + " ") == 2 * 4
    assert len({Segment.get_line_length(row) for row in rows}) == 1


@pytest.mark.parametrize("pen", [PEN, ASCII, PLAIN])
@pytest.mark.parametrize("room", [Size(40, 12), Size(90, 30)])
def test_the_balance_tells_each_class_and_fits(pen: data_view.Pen, room: Size) -> None:
    rows = data_view.balance(made(), room, 0, pen)
    seen = text(rows)
    assert all(Segment.get_line_length(row) <= room.width for row in rows)
    assert "largest class 3.00 x smallest" in seen
    assert ("60" if room.width < 56 else "27") in seen
    if pen.ascii_only:
        assert seen.isascii()
        assert {"#", "=", "."} <= set(seen)
    if not pen.in_colour:
        assert {"█", "▓", "░"} <= set(seen)


def test_bars_are_as_long_as_their_counts() -> None:
    rows = data_view.balance(made(), Size(90, 30), 0, ASCII)
    bars = [sum(text([row]).count(fill) for fill in "#=.") for row in rows[3::2]]
    assert math.isclose(bars[1] / bars[0], 1 / 3, abs_tol=0.02)


def test_means_and_augmented_pictures_have_their_names() -> None:
    found = made()
    pictures = np.zeros((3, 8, 8, 1), np.uint8)
    assert "second" in text(data_view.means(found, pictures, Size(60, 20), 0, PEN))
    draws = {"epoch 1": pictures, "epoch 2": pictures}
    shown = data_view.Augmented(pictures, draws, ("first", "second", "third"), "augment.noise=0.1")
    seen = text(data_view.augmented(shown, 12, ASCII))
    assert seen.splitlines()[0] == "augment.noise=0.1"
    assert all(name in seen for name in ("original", "epoch 1", "epoch 2", "first", "third"))


def test_a_hundred_classes_are_drawn_page_by_page() -> None:
    laid = lay_out(100, (32, 32, 3), Size(52, 17))
    assert 1 <= laid.classes < 100
