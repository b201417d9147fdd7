"""What each section says, whoever draws it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from bench.report.types import Interval, Report
from tui.report.costs import pareto_section
from tui.report.health import health_section
from tui.report.insights import insights_section
from tui.report.page import Code, Facts, Grid, Plots, Section, Sentences, Strip, Words
from tui.report.progress import progress_section, time_unit
from tui.report.repeat import repeat_section
from tui.report.settings import importance_section, rails_section, slices_section
from tui.report.top import top_section
from tui.report.verdict import verdict_section
from tui.report.words import short_names


def grids(section: Section | None) -> list[Grid]:
    assert section is not None
    return [block for block in section.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row if isinstance(cell, Words)] for row in grid.rows]


def strips(grid: Grid) -> list[Strip]:
    return [cell for row in grid.rows for cell in row if isinstance(cell, Strip)]


def said(words: Sequence[Words]) -> str:
    return "".join(one.text for one in words)


def test_the_verdict_compares_each_configuration_once(report: Report) -> None:
    same = replace(report.verdict, runner_up=report.verdict.best_baseline)

    (figures,) = grids(verdict_section(replace(report, verdict=same)))

    assert [row[:2] for row in texts(figures)] == [["recommended", "31"], ["best baseline", "0"]]


def test_what_is_not_proven_is_not_recommended(report: Report) -> None:
    best = report.verdict.recommended
    assert best is not None
    searched = replace(best, confirm=None, confirm_values=(), test=None)
    verdict = replace(report.verdict, kind="not confirmed", recommended=searched)

    section = verdict_section(replace(report, verdict=verdict))

    assert texts(grids(section)[0])[0][:4] == ["ahead", "31", "97.91 %, seen once", "–"]
    assert (section.note, section.frame) == ("not confirmed", "warn")


def test_values_at_the_end_of_their_range_are_marked(report: Report) -> None:
    (grid,) = grids(top_section(report))

    assert [said(below).replace("\xa0", " ") for below in grid.below] == [
        "lr 0.0312, width 96▲, batch_norm true",
        "lr 0.02, width 64, batch_norm true",
        "no batch norm: lr 0.001▼, width 32, batch_norm false",
    ]


def test_the_recommended_and_those_as_good_are_marked(report: Report) -> None:
    (grid,) = grids(top_section(report))

    assert [row[1] for row in texts(grid)] == ["★", "≈", ""]


def test_epochs_are_a_column_only_where_they_differ(report: Report) -> None:
    shorter = replace(report.top[1], epochs=7)

    alike = top_section(report)
    different = top_section(replace(report, top=(report.top[0], shorter)))

    assert alike is not None
    assert alike.note == "15 epochs each"
    assert "epochs" not in [column.heading for column in grids(alike)[0].columns]
    assert "epochs" in [column.heading for column in grids(different)[0].columns]


def test_of_hundreds_of_insights_the_first_are_shown_and_the_rest_counted(broken: Report) -> None:
    section = insights_section(broken)

    assert section is not None
    first, rest = section.blocks
    assert isinstance(first, Sentences)
    assert isinstance(rest, Sentences)
    assert len(first.lines) == 12
    assert said(rest.lines[0]).startswith("and 288 further insights")


def curves(report: Report) -> Iterator[tuple[str, Sequence[float], Sequence[float]]]:
    section = progress_section(report)
    assert section is not None
    assert isinstance(section.blocks[0], Plots)
    for plot in section.blocks[0].plots:
        yield from ((curve.name, curve.x, curve.y) for curve in plot.curves)


def test_progress_is_drawn_over_trials_and_over_time_with_its_baselines(report: Report) -> None:
    drawn = list(curves(report))

    assert [name for name, _, _ in drawn] == ["trial", "best", "no batch norm"] * 2
    assert drawn[1][1] == list(range(1, 13))
    assert drawn[4][1][:2] == [65 / 60, 130 / 60]
    assert drawn[1][2][-1] == 0.9791
    assert drawn[2][2] == (0.9541, 0.9541)


def test_trials_far_below_the_rest_do_not_flatten_the_curve(report: Report) -> None:
    _, _, shown = next(curves(report))

    assert 0.91 not in shown
    assert 0.958 in shown
    assert math.isnan(shown[1])


def test_trials_that_finished_out_of_order_are_drawn_in_time(report: Report) -> None:
    late = replace(report.progress[0], finished_seconds=5000.0)

    drawn = list(curves(replace(report, progress=(late, *report.progress[1:]))))

    _, times, bests = drawn[4]
    assert list(times) == sorted(times)
    assert list(bests[1:]) == sorted(bests[1:])


@pytest.mark.parametrize(
    ("seconds", "unit"),
    [([5.0, math.nan], "seconds"), ([3000.0], "minutes"), ([90_000.0], "hours"), ([], "seconds")],
)
def test_time_has_the_unit_that_suits_it(seconds: list[float], unit: str) -> None:
    assert time_unit(seconds)[1] == unit


def test_noise_stands_last_is_grey_and_has_no_rank(report: Report) -> None:
    shuffled = replace(report, importance=report.importance[::-1])

    (grid,) = grids(importance_section(shuffled))

    assert [row[:2] for row in texts(grid)] == [
        ["lr", "61 %"],
        ["batch_norm", "27 %"],
        ["width", "noise"],
    ]
    assert [strip.tone for strip in strips(grid)] == ["accent", "accent", "dim"]
    floor = strips(grid)[2].mark
    assert floor is not None
    assert floor == pytest.approx(0.19 / 0.78)


def test_without_importance_it_is_said_why(report: Report) -> None:
    section = importance_section(
        replace(report, importance=(), importance_note="It needs 10 complete trials.")
    )

    assert section is not None
    (block,) = section.blocks
    assert isinstance(block, Sentences)
    assert said(block.lines[0]) == "It needs 10 complete trials."


def test_a_slice_has_a_line_for_each_part_of_the_range(report: Report) -> None:
    (grid,) = grids(slices_section(report))

    assert texts(grid)[1:3] == [
        ["  0.001 to 0.004", "2", "1", "93.20 %", "95.41 %"],
        ["  0.004 to 0.017", "3", "", "96.50 %", "97.10 %"],
    ]
    assert texts(grid)[4] == ["  0.07 to 0.3", "–", "1", "–", "–"]
    best = strips(grid)[2]
    assert best.dot == 1.0


def test_a_rail_for_a_setting_that_does_not_exist_is_empty(report: Report) -> None:
    (grid,) = grids(rails_section(report))

    assert grid.rows[2][3] == Words("")
    assert [strip.dot for strip in strips(grid)[:3]] == [0.6, 1.0, 1.0]
    assert [strip.tone for row in grid.rows for strip in row[2:3] if isinstance(strip, Strip)] == [
        "rank1",
        "rank2",
        "rank3",
        "rank4",
    ]


def test_only_the_front_is_listed_the_cheapest_first(report: Report) -> None:
    mixed = replace(report, pareto_parameters=report.pareto_parameters[::-1], pareto_seconds=())

    (grid,) = grids(pareto_section(mixed))

    assert texts(grid) == [
        ["parameters", "", "", "", "", ""],
        ["  13 k", "95.41 %", "0", "", "no batch norm"],
        ["  41 k", "97.77 %", "12", "", ""],
        ["  93 k", "97.91 %", "31", "★", ""],
    ]


def test_failures_and_workers_are_counted(report: Report) -> None:
    failures, workers = grids(health_section(report))

    assert texts(failures)[0] == ["1", "out of memory", "2", "2.1 GB asked for, 1.5 GB allowed"]
    assert texts(workers)[1] == ["host-2", "8", "40 %", "13 m 00 s"]


def test_the_facts_begin_with_the_command_and_leave_out_what_is_empty(report: Report) -> None:
    facts = {"machine": "", "seed": 0, "git": None, "data": {"name": "x"}, "command": "dli tune"}

    section = repeat_section(replace(report, facts=facts))

    assert section is not None
    assert isinstance(section.blocks[0], Facts)
    rows = [(label, said(words)) for label, words in section.blocks[0].rows]
    assert rows == [("repeat it", "dli tune"), ("seed", "0"), ("data", "name x")]


def test_the_settings_are_options_for_a_shell_exact_to_the_last_digit(report: Report) -> None:
    settings = {"a.lr": 0.1 + 0.2, "a.on": True, "b": "two words", "c": 7}
    verdict = replace(report.verdict, settings=settings)

    section = repeat_section(replace(report, verdict=verdict))

    assert section is not None
    code = section.blocks[-1]
    assert isinstance(code, Code)
    assert code.lines == [
        "--set a.lr=0.30000000000000004 --set a.on=true --set 'b=two words' \\",
        "--set c=7",
    ]


def test_names_are_short_where_that_is_clear(report: Report) -> None:
    paths = ("optimizer.name", "schedule.name", "model.width", "a.rate", "b.rate", "seed")
    verdict = replace(report.verdict, settings=dict.fromkeys(paths, 1))

    names = short_names(replace(report, verdict=verdict, slices=(), rails=(), top=()))

    assert [names[path] for path in paths] == [
        "optimizer.name",
        "schedule.name",
        "width",
        "a.rate",
        "b.rate",
        "seed",
    ]


def test_an_interval_that_is_not_known_is_not_drawn(report: Report) -> None:
    lone = replace(report.top[0], confirm=Interval(0.97), confirm_values=(0.97,))

    (grid,) = grids(top_section(replace(report, top=(lone,))))

    assert texts(grid)[0][3] == "97.00 %"
    assert strips(grid)[0].span is None
