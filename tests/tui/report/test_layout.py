import io

import pytest
from rich.console import Console

from tui.report.layout import grid_lines, text_of, wrapped
from tui.report.page import JOINT, Column, Grid, Strip, Words

CONSOLE = Console(file=io.StringIO(), width=200)


def lines(grid: Grid, width: int) -> list[str]:
    return [line.plain for line in grid_lines(grid, width, CONSOLE)]


def words(*texts: str) -> list[Words]:
    return [Words(text) for text in texts]


def test_numbers_stand_below_each_other() -> None:
    grid = Grid([Column("name"), Column("n", right=True)], [words("a", "7"), words("bcd", "1,000")])

    assert lines(grid, 40) == ["name      n", "a         7", "bcd   1,000"]


def test_wide_characters_take_two_columns() -> None:
    grid = Grid([Column(""), Column("")], [words("数字", "x"), words("ab", "y")])

    assert lines(grid, 40) == ["数字  x", "ab    y"]


@pytest.mark.parametrize(("width", "shown"), [(30, True), (20, False)])
def test_a_spare_column_is_left_out_where_there_is_no_room(width: int, shown: bool) -> None:
    columns = [Column("name"), Column("drawn", spare=True), Column("n", right=True)]
    grid = Grid(columns, [[Words("a"), Strip(dot=0.5, least=16), Words("7")]])

    assert ("drawn" in lines(grid, width)[0]) == shown


def test_strips_take_the_room_that_is_left() -> None:
    grid = Grid([Column(""), Column("")], [[Words("a"), Strip(has_track=True, least=4, most=9)]])

    assert lines(grid, 6) == ["a  ────"[:6]]
    assert lines(grid, 8) == ["a  ─────"]
    assert lines(grid, 80) == ["a  ─────────"]


def test_the_last_column_goes_on_in_further_lines() -> None:
    grid = Grid([Column("n"), Column("why", wraps=True)], [words("1", "no memory " * 4)])

    assert lines(grid, 27) == [
        "n  why",
        "1  no memory no memory no",
        "   memory no memory",
    ]


def test_columns_that_do_not_fit_are_shown_in_blocks_of_even_size() -> None:
    columns = [Column("trial"), *(Column(f"setting_{n}", most=10) for n in range(4))]
    grid = Grid(columns, [words("31", *"abcd")], kept=1)

    assert lines(grid, 45) == [
        "trial  setting_0  setting_1",
        "31     a          b",
        "",
        "trial  setting_2  setting_3",
        "31     c          d",
    ]


def test_a_long_heading_goes_on_after_its_parts() -> None:
    columns = [Column("trial"), Column("label_smoothing", most=10), Column("lr")]

    assert lines(Grid(columns, [words("1", "a", "b")]), 60) == [
        "       label_",
        "trial  smoothing   lr",
        "1      a           b",
    ]


def test_a_table_that_cannot_fit_is_cut_at_its_widest_column() -> None:
    grid = Grid([Column("a"), Column("b")], [words("x" * 30, "yyy")])

    assert lines(grid, 20) == ["a                b", "xxxxxxxxxxxxxx…  yyy"]


def test_a_line_is_not_broken_between_a_number_and_its_unit() -> None:
    text = text_of([Words(f"a gain of +2.9 points (95 %: 1.8 to 4.1) by{JOINT}it")])

    assert [line.plain for line in wrapped(text, 16, CONSOLE)] == [
        "a gain of",
        "+2.9 points",
        "(95 %: 1.8 to",
        "4.1) by it",
    ]


def test_a_line_is_not_broken_between_a_setting_and_its_value() -> None:
    text = text_of([Words("Take trial 3: width = 96, lr = 0.0445.")])

    assert [line.plain for line in wrapped(text, 22, CONSOLE)] == [
        "Take trial 3:",
        "width = 96,",
        "lr = 0.0445.",
    ]


def test_words_lose_their_control_codes() -> None:
    assert text_of([Words("a\x1b[31m\nb\u202ec\u200bd\x9b", "bad")]).plain == "a [31m b c d "
