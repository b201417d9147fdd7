import math

import pytest

from tui.report.page import Strip
from tui.report.strip import strip_text, strip_words


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (0.0, "●─────────"),
        (0.49, "────●─────"),
        (1.0, "─────────●"),
        (7.0, "─────────●"),
        (-1.0, "●─────────"),
        (math.nan, "──────────"),
        (None, "──────────"),
    ],
)
def test_a_rail_has_a_dot_at_the_place_of_a_value(place: float | None, text: str) -> None:
    assert strip_text(Strip(has_track=True, dot=place), 10) == text


def test_an_interval_is_a_line_through_its_mean() -> None:
    strip = Strip(span=(0.2, 0.8), dot=0.5, ring=1.0)

    assert strip_text(strip, 11) == "  ━━━●━━━ ○"


def test_a_bar_says_what_is_sure_and_how_far_it_may_reach() -> None:
    strip = Strip(bar=0.6, sure=0.3, reach=0.9, dot=0.6, mark=0.1)

    assert strip_text(strip, 10) == "━┊━╍╍●╌╌╌ "


def test_a_bar_of_nothing_is_empty() -> None:
    assert strip_text(Strip(bar=math.nan, sure=None, reach=0.0), 6) == " " * 6


def test_pieces_of_one_tone_are_one() -> None:
    words = strip_words(Strip("good", has_track=True, dot=0.0), 10)

    assert [(one.text, one.tone) for one in words] == [("●", "good"), ("─" * 9, "dim")]
