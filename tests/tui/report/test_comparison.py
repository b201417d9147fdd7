from dataclasses import replace

from bench.report.types import Report
from tui.report import render_comparison
from tui.report.comparison import comparison_page
from tui.report.page import Grid, Plots, Sentences, Words


def test_studies_share_their_axes(report: Report) -> None:
    shorter = replace(report, name="mnist_cnn", progress=report.progress[:6])

    section = next(s for s in comparison_page([report, shorter]).sections if "Best" in s.title)

    (plots,) = section.blocks
    assert isinstance(plots, Plots)
    over_trials, over_time = plots.plots
    assert [curve.name for curve in over_trials.curves] == ["digits_cnn", "mnist_cnn"]
    assert [len(curve.x) for curve in over_trials.curves] == [12, 6]
    assert over_time.x_label == "minutes"
    assert over_time.curves[0].x[-1] == 13.0


def test_each_study_has_a_row_with_what_it_found_and_took(report: Report, nothing: Report) -> None:
    empty = replace(nothing, name="empty")

    table = comparison_page([report, empty]).sections[0].blocks[0]

    assert isinstance(table, Grid)
    texts = [[cell.text for cell in row if isinstance(cell, Words)] for row in table.rows]
    assert texts == [
        ["digits_cnn", "97.42 % (97.10 to 97.74)", "97.10 %", "18", "182", "16 m 42 s"],
        ["empty", "–", "–", "0", "0", "0.0 s"],
    ]


def test_studies_of_one_name_are_told_apart_by_their_hashes(report: Report) -> None:
    other = replace(report, id="digits_cnn@99999999")

    text = render_comparison([report, other], "md")

    assert "digits_cnn@1a2b3c4d, digits_cnn@99999999" in text


def test_studies_on_other_pictures_are_not_to_be_compared(report: Report) -> None:
    others = (
        replace(report, num_val=10),
        replace(report, facts={"data_digest": "another"}),
    )

    assert "do not compare" not in render_comparison([report, report], "md")
    for other in others:
        blocks = comparison_page([report, other]).sections[0].blocks
        assert isinstance(blocks[1], Sentences)
        assert "do not compare" in blocks[1].lines[0][0].text
