"""Which runs are shown in which order, and what their lines hold."""

import math
from dataclasses import replace

import pytest

from tests.tui.made_up_runs import STATE, make_row
from tui.listing import RunRow, is_study
from tui.palette import DARK
from tui.runs_columns import AGE, COLUMNS, Look
from tui.runs_table import champions, in_order, lay_out, select

NOW = STATE.started + 7200
LOOK = Look(DARK, False, NOW)
LONG = "20260101-120000-fashion-mnist-cnn"
UNREADABLE = RunRow("broken", "/runs/broken", "unreadable", False, None)


def _trials(number: int, study: str = "s@0123abcd") -> list[RunRow]:
    return [
        make_row(f"trial-{trial}", study=study, trial=trial, best_value=trial / 10,
                 started=STATE.started + trial)
        for trial in range(number)
    ]  # fmt: skip


def _column(name: str):  # type: ignore[no-untyped-def]
    return next(column for column in COLUMNS if column.name == name)


def _names(rows: list[RunRow]) -> list[str]:
    return [shown.run for shown in rows]


def test_live_runs_come_first_whenever_they_were_begun() -> None:
    rows = [make_row("new", started=9.0), make_row("resumed", started=1.0, status="running")]

    assert _names(select(rows, "", fold=True)) == ["resumed", "new"]


def test_a_study_says_what_its_runs_tell_of_it() -> None:
    (study,) = select(_trials(3), "", fold=True)
    trouble = [make_row("a", study="s@1", status="interrupted"), make_row("b", study="s@1")]

    assert _column("state").text(study, LOOK, 13).plain == "ended"
    assert _column("test").text(study, LOOK, 8).plain == ""
    (study,) = select(trouble, "", fold=True)
    assert "interrupted" in _column("state").text(study, LOOK, 13).plain


def test_one_wide_name_leaves_room_for_data_and_model() -> None:
    usual = "20260101-120000-digits-cnn"
    rows = [make_row(usual), *select(_trials(14, "digits_cnn@25acb014/confirm"), "", fold=True)]
    layout = lay_out(rows, 118)

    assert {"data", "model"} <= {column.name for column, _ in layout.widths}
    assert "digits_cnn/confirm ×14" in layout.line(rows[1], LOOK).plain
    assert usual in layout.line(rows[0], LOOK).plain


def test_only_the_best_epoch_has_the_tallest_block() -> None:
    column = _column("curve")
    late = make_row("a", sparkline=(0.0, 0.65, 0.65, 0.9, 1.0, 0.99))
    long = make_row("b", sparkline=(*[0.1] * 9, 0.9, *[0.2] * 9))

    assert column.text(late, LOOK, 9).plain == "▁▄▄▆▇▆"
    assert column.text(long, LOOK, 9).plain.count("▇") == 1


def test_the_newest_run_is_first_and_a_study_is_one_line() -> None:
    rows = [make_row("old", started=1.0), *_trials(3), make_row("new", started=NOW)]

    folded, whole = select(rows, "", fold=True), select(rows, "", fold=False)

    assert _names(folded) == ["new", "s@0123abcd (3 runs)", "old"]
    assert [is_study(shown) for shown in folded] == [False, True, False]
    assert not is_study(replace(rows[0], path="old"))  # of --runs-dir .
    assert _names(whole) == ["new", "trial-2", "trial-1", "trial-0", "old"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["b", "a", "broken"]),
        ("MNIST", ["b"]),
        ("mnist failed", ["b"]),
        ("mnist completed", []),
        ("resnet", ["a"]),
        ("unread", ["broken"]),
        ("conf", ["a"]),
    ],
)
def test_the_filter_wants_all_words_somewhere(words: str, found: list[str]) -> None:
    rows = [
        UNREADABLE,
        make_row("a", model="resnet9", study="x/confirm", started=2.0),
        make_row("b", dataset="mnist", status="failed", started=3.0),
    ]

    assert _names(select(rows, words, fold=False)) == found


def test_sorting_begins_with_what_matters_and_puts_the_unknown_last() -> None:
    rows = [
        make_row("none", best_value=None, seconds=1.0, status="completed"),
        make_row("best", best_value=0.99, seconds=2.0, status="failed"),
        UNREADABLE,
        make_row("loss", best_metric="val_loss", best_value=0.1, seconds=3.0, status="running"),
        make_row("good", best_value=0.98, seconds=4.0, status="stopped"),
    ]

    def ordered(name: str, is_reversed: bool = False) -> list[str]:
        return _names(in_order(rows, _column(name), is_reversed=is_reversed))

    assert ordered("best") == ["best", "good", "loss", "none", "broken"]
    assert ordered("best", is_reversed=True) == ["loss", "good", "best", "none", "broken"]
    assert ordered("time") == ["good", "loss", "best", "none", "broken"]
    assert ordered("run") == ["best", "broken", "good", "loss", "none"]
    assert ordered("state") == ["loss", "best", "good", "none", "broken"]


def test_the_best_run_on_each_data_set_is_a_champion() -> None:
    rows = [
        make_row("a", best_value=0.9), make_row("b", best_value=0.95),
        make_row("c", dataset="mnist", best_value=0.5), UNREADABLE,
        make_row("d", best_metric="val_loss", best_value=2.0), make_row("e", best_value=None),
    ]  # fmt: skip

    assert champions(rows) == {"b", "c"}


def test_eighty_columns_hold_what_is_essential_whole() -> None:
    rows = [make_row(LONG, epoch=120, epochs=120), *select(_trials(3), "", fold=True), UNREADABLE]
    layout = lay_out(rows, 78)

    run, study, broken = (layout.line(shown, LOOK).plain for shown in rows)

    header = layout.header(AGE, is_reversed=False, ascii_only=False).plain
    assert header.split() == ["state", "run", "best", "val", "curve", "epochs", "age▼"]
    assert run.split() == [
        "completed", "120000-fashion-mnist-cnn", "98.71", "%", "▁▆▄▇", "120/120", "2", "h",
    ]  # fmt: skip
    assert study.split()[:3] == ["ended", "s", "×3"]
    assert broken.split() == ["unreadable", "broken"]
    assert {len(line.rstrip()) for line in (header, run, study)} == {78}


def test_wide_terminals_get_every_column_whole_names_and_longer_curves() -> None:
    curve = tuple(epoch / 40 for epoch in range(32))
    rows = [make_row(LONG, test_accuracy=0.97, sparkline=curve, dataset="folder:/my/cats")]

    line = lay_out(rows, 160).line(rows[0], LOOK).plain

    assert line.split()[:10] == [
        "✓", "completed", LONG, "folder:cats", "cnn", "98.71", "%", "97.00", "%",
        "▁▁▁▁▁▁▂▂▂▂▂▃▃▃▃▃▄▄▄▄▄▅▅▅▅▅▆▆▆▆▆▇",
    ]  # fmt: skip
    assert line.split()[10:] == ["7/12", "1", "m", "23", "s", "2", "h"]


def test_a_long_curve_is_shown_whole_in_few_cells_and_gaps_stay_gaps() -> None:
    rising = make_row("a", sparkline=tuple(range(32)))
    gap = make_row("b", sparkline=(0.1, math.nan, 0.9))
    column = _column("curve")

    assert column.text(rising, LOOK, 8).plain == "▁▁▂▃▄▅▆▇"
    assert column.text(gap, LOOK, 8).plain == "▁ ▇"


def test_a_name_too_long_keeps_both_ends() -> None:
    rows = [make_row("20260101-120000-a-very-long-label-that-somebody-gave-it")]

    line = lay_out(rows, 78).line(rows[0], LOOK).plain

    assert line.split()[1] == "120000-a-ver…body-gave-it"
    assert len(line.rstrip()) == 78


def test_lines_are_ascii_where_asked() -> None:
    rows = [make_row(LONG, best_value=None), *select(_trials(3), "", fold=True)]
    look = Look(DARK, True, NOW, marked=(LONG,))
    layout = lay_out(rows, 78)

    lines = [layout.line(shown, look).plain for shown in rows]

    assert all(line.isascii() for line in lines)
    assert lines[0].startswith("* completed")
    assert layout.header(AGE, is_reversed=True, ascii_only=True).plain.rstrip().endswith("age+")


def test_marks_have_the_colours_of_the_comparison() -> None:
    rows = [make_row("a"), make_row("b")]
    look = Look(DARK, False, NOW, marked=("b", "a"))
    layout = lay_out(rows, 78)

    marks = [layout.line(shown, look) for shown in rows]

    assert [mark.plain[0] for mark in marks] == ["◆", "◆"]
    assert [str(mark.spans[0].style) for mark in marks] == [DARK.runs[1], DARK.runs[0]]
