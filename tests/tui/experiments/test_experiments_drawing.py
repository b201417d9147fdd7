"""SVG charts: names never overlap, both modes have colours, and the file is valid XML."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tui.experiments.drawing import Chart, Line, spread, svg
from tui.palette import DARK, LIGHT
from tui.ticks import linear_axis, number_text

SVG = "{http://www.w3.org/2000/svg}"


def _chart(*lines: Line) -> Chart:
    axis = linear_axis(0, 1, 5, number_text)
    return Chart("a < b", "about", "epoch", "accuracy", axis, axis, lines)


def _names(text: str) -> dict[str, tuple[float, float]]:
    root = ElementTree.fromstring(text)  # noqa: S314  # our own file
    found = [one for one in root.iter(f"{SVG}text") if one.get("class") == "name"]
    return {str(one.text): (float(one.get("x", 0)), float(one.get("y", 0))) for one in found}


def test_the_same_chart_is_the_same_file() -> None:
    chart = _chart(Line(0, [(0.0, 0.1), (1.0, 1 / 3)], "one"))

    assert svg(chart) == svg(chart)


def test_names_that_end_at_one_place_stand_apart_in_the_order_of_the_ends() -> None:
    lines = [Line(n, [(0, 0), (1, 0.5 + n / 1e4)], f"line{n}") for n in range(4)]

    names = _names(svg(_chart(*lines)))

    places = [names[f"line{n}"][1] for n in range(4)]
    assert all(below - above >= 16 - 0.2 for below, above in pairwise(places))


def test_a_name_ends_within_the_picture() -> None:
    name = "cifar_resnet18 resnet18 88.1 %, 12 of 50"

    ((x, _),) = _names(svg(_chart(Line(0, [(0, 0), (1, 1)], name)))).values()

    assert x + 7.3 * len(name) <= 820


def test_a_dashed_line_has_no_name_and_a_single_point_is_a_dot() -> None:
    text = svg(_chart(Line(0, [(0, 0), (1, 1)], kind="dashed"), Line(1, [(0.5, 0.5)], "dot")))

    assert list(_names(text)) == ["dot"]
    assert text.count("<circle") == 1
    assert text.count("<path") == 1


def test_colours_follow_the_reader_s_mode() -> None:
    style = svg(_chart(Line(0, [(0, 0), (1, 1)], "one"))).partition("<style>")[2]
    light, _, dark = style.partition("@media(prefers-color-scheme:dark)")

    assert f".c0{{color:{LIGHT.runs[0]}}}" in light
    assert f".c0{{color:{DARK.runs[0]}}}" in dark


def test_texts_are_escaped() -> None:
    root = ElementTree.fromstring(svg(_chart(Line(0, [(0, 0), (1, 1)], "a & b"))))  # noqa: S314

    assert root.findtext(f"{SVG}title") == "a < b"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([10.0, 50.0], [10.0, 50.0]),
        ([50.0, 10.0], [50.0, 10.0]),
        ([50.0, 50.0], [45.0, 55.0]),
        ([0.0, 0.0], [0.0, 10.0]),
        ([100.0, 100.0], [90.0, 100.0]),
        ([20.0, 50.0, 52.0, 54.0], [20.0, 42.0, 52.0, 62.0]),
    ],
)
def test_places_are_moved_as_little_as_can_be(wanted: list[float], expected: list[float]) -> None:
    assert spread(wanted, 10, (0, 100)) == pytest.approx(expected)
