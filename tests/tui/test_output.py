"""Tables and JSON on a terminal and in a pipe."""

import json
import math
import os
import shutil
import sys

import pytest

from tui.output import Column, print_json, print_table, say

COLUMNS = (Column("state", styles={"bad": "red"}), Column("n", right=True), Column("about"))
ROWS = [("bad", "1,000", "a text of twenty-nine letters"), ("good", "7", "short")]


def _be_a_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    size = os.terminal_size((columns, 24))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: size)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


def test_a_pipe_gets_plain_aligned_lines(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(COLUMNS, ROWS)

    assert capsys.readouterr().out == (
        "state      n  about\nbad    1,000  a text of twenty-nine letters\ngood       7  short\n"
    )


def test_a_terminal_gets_colours_unless_told_not_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _be_a_terminal(80, monkeypatch)

    print_table(COLUMNS, ROWS)
    coloured = capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    print_table(COLUMNS, ROWS)

    assert "\x1b[31mbad" in coloured
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (50, "a text of twenty-nine letters"),
        (42, "a text of twenty-nin…"),
        (41, "a text of twenty-ni…"),
    ],
)
def test_a_text_that_yields_is_cut_before_what_stands_behind_it(
    width: int, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    _be_a_terminal(width, monkeypatch)

    columns = (Column("about", yields=True), Column("n", right=True), Column("state"))
    print_table(columns, [(about, n, state * 3) for state, n, about in ROWS])

    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == f"{text}  1,000  badbadbad"
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize(
    ("width", "last"),
    [(43, "a text of twenty-nine letters"), (40, "a text of twenty-nine let…"), (30, "1,000")],
)
def test_a_narrow_terminal_cuts_or_leaves_out_the_last_columns(
    width: int, last: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    _be_a_terminal(width, monkeypatch)

    print_table(COLUMNS, ROWS)

    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith(f"  {last}")
    assert max(map(len, lines)) <= width


def test_numbers_that_are_not_finite_are_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"losses": (0.5, math.nan, [math.inf]), "name": "größe", "none": None})

    out = capsys.readouterr().out
    assert json.loads(out) == {"losses": [0.5, None, [None]], "name": "größe", "none": None}


def test_talk_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    say("hello")

    assert capsys.readouterr() == ("", "hello\n")
