import numpy as np
from textual.color import Color

from tui.inks import Inks
from tui.mistakes import Judgement
from tui.palette import DARK
from tui.portrait import Portrait

INKS = Inks(DARK, Color.parse("#000000"))
ASCII = Inks(DARK, Color.parse("#000000"), plain=True, ascii_only=True)
IMAGES = np.full((9, 8, 8, 1), 200, np.uint8)
NAMES = ("cat", "dog", "owl")


def portrait(predicted: list[int], confidence: list[float], split: str = "val") -> Portrait:
    judged = Judgement(
        split, len(predicted), np.array([0]), np.array(predicted[-1:], np.uint16),
        np.array(confidence[-1:]), np.array([5]),
    )  # fmt: skip
    course = (np.array(predicted, np.uint16), np.array(confidence)) if split == "val" else None
    return Portrait(judged, 0, NAMES, course)


def text(shown: Portrait, size: tuple[int, int] = (70, 16), inks: Inks = INKS) -> list[str]:
    return [line.plain.rstrip() for line in shown.lines(IMAGES, size, inks)]


def test_the_picture_stands_beside_its_course() -> None:
    lines = text(portrait([0, 0, 2, 1], [0.5, 0.6, 0.3, 0.99]))

    assert lines[0].startswith("▀" * 32 + "   true    cat")
    assert "called  dog  99.0 %" in lines[1]
    assert "val, row 5, after epoch 4" in lines[2]
    assert lines[5].endswith("   " + "▅▅▅▅▅▅▃▃▃███")
    assert [line[35:].split() for line in lines[7:10]] == [
        ["1-2", "+", "cat", "50-60", "%"],
        ["3", "x", "owl", "30", "%"],
        ["4", "x", "dog", "99", "%"],
    ]
    assert max(map(len, lines)) <= 70


def test_without_colour_signs_tell_right_from_wrong() -> None:
    lines = text(portrait([0, 1], [0.55, 0.9]), inks=ASCII)

    assert "@" not in lines[0]
    assert lines[5].endswith("  555999")
    assert lines[6].endswith("  +++xxx")
    assert all(line.isascii() for line in lines)


def test_a_long_course_shows_its_latest_changes() -> None:
    lines = text(portrait([0, 1] * 20, [0.5] * 40))

    assert sum("changes before" in line for line in lines) == 1
    assert lines[-1].split()[-5:] == ["40", "x", "dog", "50", "%"]
    assert len(lines) == 16


def test_a_course_of_very_many_epochs_is_thinned_out() -> None:
    lines = text(portrait([0] * 5000, [0.9] * 5000))

    assert sum("█" in line for line in lines) == 4
    assert any("1-5000  + cat" in line for line in lines)


def test_test_has_no_course() -> None:
    lines = text(portrait([0], [0.9], split="test"))

    assert any("read once" in line for line in lines)


def test_without_the_picture_there_is_the_text_alone() -> None:
    lines = portrait([0], [0.9]).lines(None, (60, 12), INKS)

    assert lines[0].plain == "true    cat"
