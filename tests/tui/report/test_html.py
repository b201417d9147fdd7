import re
from html.parser import HTMLParser

import pytest

from bench.report.types import Report
from tui.report import render, render_comparison

VOID = {"meta", "line", "rect", "circle", "path", "br"}
NAMES = ("report", "nothing", "broken", "crowded")


class Reader(HTMLParser):
    """Notes the tags, the texts and what was closed out of order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", NAMES)
def test_every_tag_is_closed_in_order(name: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(name)

    for text in (render(report, "html"), render_comparison([report, report], "html")):
        page = Reader(text)
        assert not page.wrong
        assert not page.open


@pytest.mark.parametrize("name", NAMES)
def test_a_page_needs_no_script_and_no_network(name: str, request: pytest.FixtureRequest) -> None:
    page = Reader(render(request.getfixturevalue(name), "html"))

    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe"})
    attributes = {key for _, attributes in page.tags for key in attributes}
    assert attributes.isdisjoint({"href", "src", "onload", "style"})
    assert "http" not in render(request.getfixturevalue(name), "html")


@pytest.mark.parametrize("name", NAMES)
def test_every_place_in_a_picture_is_a_number(name: str, request: pytest.FixtureRequest) -> None:
    text = render(request.getfixturevalue(name), "html")

    places = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|width|height|d)="([^"]*)"', text)
    assert not [place for place in places if "nan" in place or "inf" in place]
    negative = [place for place in places if place.startswith("-")]
    assert not negative


def test_no_name_becomes_markup(broken: Report) -> None:
    page = Reader(render(broken, "html"))

    assert "i" not in {tag for tag, _ in page.tags}
    assert "[red]a|b<i>c [31m `x`*_very_long_name_" in page.text


def test_the_plots_have_their_curves(report: Report) -> None:
    page = Reader(render(report, "html"))

    curves = [attributes["class"] for tag, attributes in page.tags if tag == "path"]
    assert curves == ["steps c0", "level c1"] * 2 + ["steps c0"] * 2
    dots = [one for tag, one in page.tags if tag == "circle" and one["class"] == "dots grey"]
    assert len(dots) == 2 * 8 + 2 * 4, "the upper half of the trials, twice, and both Pareto plots"
    assert "against parameters" in page.text


def test_the_page_is_light_and_dark_and_fit_for_paper(report: Report) -> None:
    text = render(report, "html")

    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "<title>digits_cnn</title>" in text
