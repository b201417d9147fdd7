"""How sentences name things."""

import pytest

from bench.report.types import Interval
from bench.report.words import accuracy, counted, listed, points, settings, short, span, text
from tests.bench.report.synthetic import space


def test_figures_are_in_percent_and_points() -> None:
    assert accuracy(0.94631) == "94.63 %"
    assert points(0.029) == "+2.9 points"
    assert points(-0.0012) == "-0.12 points"
    assert points(0.0012, signed=False) == "0.12 points"
    assert span(Interval(0.03, 0.018, 0.041)) == "95 %: 1.8 to 4.1"
    assert span(Interval(0.03, 0.0291, 0.0309)) == "95 %: 2.91 to 3.09"
    assert span(Interval(0.03)) == "no interval"


@pytest.mark.parametrize(
    ("value", "words"), [(True, "true"), (64, "64"), (0.04446, "0.0445"), ("sgd", "sgd")]
)
def test_values_are_as_a_study_file_has_them(value: object, words: str) -> None:
    assert text(value) == words


def test_a_setting_loses_its_section_only_where_it_stays_clear() -> None:
    assert short("optimizer.lr", space()) == "lr"
    assert short("schedule.name", space()) == "schedule.name"
    doubled = (*space(), *(d for d in space() if d.path == "optimizer.lr"))
    assert short("optimizer.lr", doubled) == "optimizer.lr"
    assert settings({"model.width": 32, "optimizer.lr": 0.1}, space()) == "width = 32, lr = 0.1"


def test_counts_and_lists_are_grammatical() -> None:
    assert (counted(1, "trial"), counted(1_200, "trial")) == ("1 trial", "1,200 trials")
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefgh"), most=2) == "a, b and 6 more"
