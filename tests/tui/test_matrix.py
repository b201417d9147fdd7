import numpy as np
import pytest
from textual.color import Color

from tui.inks import Inks
from tui.matrix import Drawing, Shown, fit, short_names, told
from tui.pairs import Pairs
from tui.palette import DARK, LIGHT

FASHION = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
)  # fmt: skip
NAMES = ("cat", "dog", "owl")
MATRIX = np.array([[8, 2, 0], [1, 4, 0], [0, 0, 0]])
BEFORE = np.array([[5, 5, 0], [1, 4, 0], [0, 0, 0]])
PLAIN = Inks(DARK, Color.parse("#14171c"), plain=True)
ASCII = Inks(DARK, Color.parse("#14171c"), plain=True, ascii_only=True)


def drawn(shown: Shown, size: tuple[int, int] = (78, 13), inks: Inks = PLAIN) -> list[str]:
    layout = fit(shown, size)
    assert layout is not None
    lines = Drawing(shown, layout, (0, 1), inks).lines()
    return [line.plain.rstrip() for line in lines]


def test_ten_long_names_fit_into_80_columns_and_12_lines() -> None:
    lines = drawn(Shown(FASHION, np.full((10, 10), 120), "counts"), (78, 12))

    assert lines[0].split() == [
        "T-shi", "Trous", "Pullo", "Dress", "Coat", "Sanda", "Shirt", "Sneak", "Bag", "Ankle",
    ]  # fmt: skip
    assert max(map(len, lines)) <= 78
    assert [line.split()[0] for line in lines[1:]] == [
        *[n.split()[0] for n in FASHION],
        "precision",
    ]


def test_the_chosen_cell_is_marked_without_colour_too() -> None:
    assert drawn(Shown(NAMES, MATRIX, "counts"), (40, 5))[1].split() == [
        "cat", "8", "[2]", "·", "80.0", "%",
    ]  # fmt: skip
    assert drawn(Shown(NAMES, MATRIX, "counts"), (40, 5), ASCII)[1].split()[3] == "."


def test_parts_are_percents_of_a_row_or_column() -> None:
    rows = drawn(Shown(NAMES, MATRIX, "rows"), (40, 5))
    columns = drawn(Shown(NAMES, MATRIX, "columns"), (40, 5))

    assert rows[1].split()[1:3] == ["80", "[20]"]
    assert columns[2].split()[1:3] == ["11", "67"]
    assert rows[-1].split() == ["prec.", "89", "67", "·"]


def test_a_change_has_its_sign_and_says_better_or_worse_by_colour() -> None:
    shown = Shown(NAMES, MATRIX, "counts", BEFORE)
    layout = fit(shown, (40, 5))
    assert layout is not None
    line = Drawing(shown, layout, (2, 2), Inks(DARK, Color.parse("#000000"))).lines()[1]
    boxes = {line.plain[s.start : s.end].strip(): s.style.bgcolor for s in line.spans[1:4]}

    assert drawn(shown, (40, 5))[1].split()[1:3] == ["+3", "[−3]"]
    for text in ("+3", "−3"):  # more right ones, and fewer mistakes: both are better
        red, green, _ = boxes[text].triplet
        assert green > red
    assert boxes["·"] is None


def test_small_parts_are_not_shown_as_none_and_whole_ones_not_as_less() -> None:
    matrix = np.array([[999, 1], [0, 300]])
    narrow = Shown(("a", "b"), matrix, "rows")

    assert drawn(narrow, (14, 4))[1].split()[1:3] == ["100", "[<1]"]


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_texts_are_readable_on_their_background(palette: object) -> None:
    ground = Color.parse("#14171c" if palette is DARK else "#fbfbfa")
    inks = Inks(palette, ground)  # type: ignore[arg-type]

    for color in (DARK.good, DARK.bad, LIGHT.good, LIGHT.bad):
        for strength in np.linspace(0.1, 0.75, 8):
            style = inks.box(color, float(strength))
            assert style.color is not None
            assert style.bgcolor is not None
            text, back = (Color(*c.get_truecolor()) for c in (style.color, style.bgcolor))
            assert _contrast(text, back) > 4


def _contrast(one: Color, other: Color) -> float:
    low, high = sorted(_luminance(color) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_names_are_cut_to_first_words_and_stay_different() -> None:
    assert short_names(FASHION, 7)[0] == "T-shirt"  # type: ignore[index]
    assert short_names(FASHION, 11) == FASHION
    assert short_names(("sea lion", "sea lily"), 6) is None, "both would be 'sea' or 'sea li'"
    assert short_names(("sea lion", "sea horse"), 6) == ("sea li", "sea ho")
    assert short_names(FASHION, 2) is None


def test_classes_whose_names_do_not_fit_are_numbered() -> None:
    names = tuple(f"a long name {number}" for number in range(12))
    lines = drawn(Shown(names, np.eye(12, dtype=int) * 9, "counts"), (78, 20))

    assert lines[0].split()[-12:] == [str(number) for number in range(12)]
    assert lines[1].startswith(" 0 a long name")


def test_boxes_grow_with_the_terminal() -> None:
    shown = Shown(FASHION, MATRIX_OF_TEN, "counts")

    small, large = fit(shown, (78, 13)), fit(shown, (198, 46))

    assert small is not None
    assert large is not None
    assert (small.width, small.height) == (6, 1)
    assert (large.width, large.height) == (13, 4)
    assert large.columns <= 198


MATRIX_OF_TEN = np.eye(10, dtype=int) * 100


def test_places_are_cells_and_what_is_beside_them_is_none() -> None:
    layout = fit(Shown(FASHION, MATRIX_OF_TEN, "counts"), (198, 46))
    assert layout is not None

    assert layout.cell_at(layout.label, 1) == (0, 0)
    assert layout.cell_at(layout.label + layout.width, 1 + layout.height) == (1, 1)
    assert layout.cell_at(layout.label - 1, 1) is None
    assert layout.cell_at(layout.label, 0) is None
    assert layout.cell_at(layout.label + 10 * layout.width, 1) is None
    assert layout.cell_at(layout.label, 1 + 10 * layout.height) is None


def test_a_tall_matrix_scrolls_to_the_chosen_row() -> None:
    shown = Shown([f"c{n}" for n in range(20)], np.eye(20, dtype=int), "counts")

    layouts = [fit(shown, (90, 11), row=row) for row in (0, 15, 19)]

    assert [(each.first, each.seen) for each in layouts if each] == [(0, 10), (6, 10), (10, 10)]
    assert layouts[1] is not None
    assert layouts[1].cell_at(layouts[1].label, 1) == (6, 0)


@pytest.mark.parametrize(("classes", "size"), [(21, (300, 60)), (20, (60, 30)), (3, (40, 3))])
def test_what_does_not_fit_has_no_layout(classes: int, size: tuple[int, int]) -> None:
    shown = Shown([f"c{n}" for n in range(classes)], np.eye(classes, dtype=int), "counts")

    assert fit(shown, size) is None


def test_a_cell_is_told_in_a_sentence() -> None:
    counts, columns = Shown(NAMES, MATRIX, "counts"), Shown(NAMES, MATRIX, "columns")

    assert told(counts, (0, 1)) == "2 of 10 pictures of cat were called dog, 20 %."
    assert told(counts, (1, 0)) == "1 of 5 pictures of dog was called cat, 20 %."
    assert told(counts, (0, 0)) == "8 of 10 pictures of cat were recognised, 80 %."
    assert told(counts, (2, 0)) == "0 of 0 pictures of owl were called cat, 0 %."
    assert told(columns, (1, 0)) == "1 of 9 pictures that were called cat are dog, 11 %."


def test_a_change_is_told_in_a_sentence() -> None:
    change = Shown(NAMES, MATRIX, "rows", BEFORE)

    assert told(change, (0, 1), "after epoch 1") == (
        "3 fewer pictures of cat called dog than after epoch 1: 2 now, 5 then."
    )
    assert told(change, (1, 1), "after epoch 1") == (
        "As many pictures of dog are recognised as after epoch 1: 4."
    )


def test_pairs_are_listed_with_the_chosen_one_in_sight() -> None:
    matrix = np.eye(30, dtype=int) * 50
    for place in range(20):
        matrix[place, place + 1] = 20 - place
    shown = Shown([f"class {n}" for n in range(30)], matrix, "counts")

    pairs = Pairs.of(shown, (12, 13))
    lines = [line.plain for line in pairs.lines(70, 6, ASCII)]

    assert lines[0].split() == ["true", "called", "pictures", "of", "true"]
    assert lines[-1].split() == ["class", "12", "->", "class", "13", "8", "14", "%"]
    assert len(lines) == 6
    above = Pairs.of(shown, (10, 11), pairs.first)
    assert above.lines(70, 6, ASCII)[1].plain == lines[1], "the list stays while one is in sight"
    assert pairs.at_line(5) == (12, 13)
    assert pairs.at_line(6) is None
    assert pairs.moved(-100) == (0, 1)
    assert pairs.moved(1) == (13, 14)


def test_changed_pairs_show_the_change() -> None:
    pairs = Pairs.of(Shown(NAMES, MATRIX, "counts", BEFORE), None)

    assert pairs.lines(60, 5, PLAIN)[1].plain.split() == ["cat", "→", "dog", "2", "−3"]


def test_without_a_mistake_the_list_says_so() -> None:
    pairs = Pairs.of(Shown(NAMES, np.eye(3, dtype=int), "counts"), None)

    assert pairs.at is None
    assert pairs.moved(1) is None
    assert "no class is taken for another" in pairs.lines(60, 5, PLAIN)[1].plain
