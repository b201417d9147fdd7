import math

import pytest

from tui import format as fmt


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.97416, "97.42 %"), (0, "0.00 %"), (1, "100.00 %"), (None, "–"), (math.nan, "–")],
)
def test_an_accuracy_is_a_percent_with_two_digits(fraction: float | None, text: str) -> None:
    assert fmt.percent(fraction) == text


def test_a_short_interval_has_both_ends_behind_the_accuracy() -> None:
    assert fmt.short_interval(0.9742, 0.9691, 0.97836) == "97.42 % (96.91 to 97.84)"


def test_an_interval_names_its_level_and_both_ends() -> None:
    assert fmt.interval(0.9742, 0.9691, 0.97836) == "97.42 % (95 %: 96.91 to 97.84)"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1.23, "1.2 s"),
        (9.96, "10 s"),
        (59.7, "1 m 00 s"),
        (83, "1 m 23 s"),
        (3599.6, "1 h 00 m"),
        (7440, "2 h 04 m"),
        (3 * 86400 + 4 * 3600, "3 d 04 h"),
        (-1, "0.0 s"),
        (None, "–"),
        (math.inf, "–"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float | None, text: str) -> None:
    assert fmt.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "just now"),
        (9, "just now"),
        (59, "59 s ago"),
        (200, "3 min ago"),
        (7300, "2 h ago"),
        (1e6, "11 d ago"),
    ],
)
def test_an_age_has_its_largest_unit(seconds: float, text: str) -> None:
    assert fmt.age(seconds) == text


def test_counts_are_parted_or_shortened() -> None:
    assert fmt.count(6_575_370) == "6,575,370"
    assert fmt.short_count(6_575_370) == "6.6 M"
    assert fmt.short_count(93_322) == "93 k"
    assert fmt.short_count(999_999) == "1.0 M"
    assert fmt.short_count(7) == "7"


def test_sizes_are_decimal() -> None:
    assert fmt.size(999) == "999 B"
    assert fmt.size(1_234_567_890) == "1.2 GB"


def test_a_rate_is_whole_unless_it_is_slow() -> None:
    assert fmt.rate(1234.4) == "1,234 images/s"
    assert fmt.rate(1.26) == "1.3 images/s"
    assert fmt.rate(None) == "– images/s"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.05, "0.0500"), (1.2e-5, "1.2e-05"), (1e9, "1.0e+09"), (0, "0"), (0.1, "0.100")],
)
def test_a_learning_rate_keeps_three_digits(value: float, text: str) -> None:
    assert fmt.lr(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12344, "0.1234"),
        (12.345, "12.35"),
        (1.2e9, "1.2e+09"),
        (3e-7, "3.0e-07"),
        (0.0, "0.0000"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (None, "–"),
    ],
)
def test_a_loss_can_be_anything(value: float | None, text: str) -> None:
    assert fmt.loss(value) == text


def test_settings_are_written_as_a_study_has_them() -> None:
    values = (True, 48, 0.0312345, 1e-5, "cosine", None)

    assert [fmt.setting(value) for value in values] == [
        "true",
        "48",
        "0.0312",
        "1e-05",
        "cosine",
        "–",
    ]


def test_only_accuracies_are_percents() -> None:
    assert fmt.metric("val_accuracy", 0.5) == "50.00 %"
    assert fmt.metric("val_loss", 0.5) == "0.5000"


def test_a_sparkline_reaches_from_the_lowest_to_the_highest_value() -> None:
    assert fmt.sparkline([0, 0.5, 1]) == "▁▅█"
    assert fmt.sparkline([1, math.nan, 2]) == "▁ █"
    assert fmt.sparkline([3, 3]) == "▅▅"
    assert fmt.sparkline([]) == ""
    assert len(fmt.sparkline(list(range(100)), width=16)) == 16
