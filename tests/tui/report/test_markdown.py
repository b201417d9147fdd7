import re
from pathlib import Path

import pytest

from bench.report.types import Report
from tui.report import render, render_comparison
from tui.report.markdown import escaped


def tables(text: str) -> list[list[str]]:
    """Return the tables, each as its lines."""
    blocks = re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("\n\n")
    return [block.splitlines() for block in blocks if block.startswith("|")]


@pytest.mark.parametrize("name", ["report", "nothing", "broken", "crowded"])
def test_every_row_of_a_table_has_as_many_cells_as_its_heading(
    name: str, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(name)

    for text in (render(report, "md"), render_comparison([report, report], "md")):
        for heading, rule, *rows in tables(text):
            cells = len(re.findall(r"(?<!\\)\|", heading))
            assert set(rule) <= set("| -:")
            assert {len(re.findall(r"(?<!\\)\|", row)) for row in (rule, *rows)} == {cells}


def test_the_verdict_is_a_quotation_and_settings_are_a_column(report: Report) -> None:
    text = render(report, "md")

    assert "## Verdict: better\n\n> **Trial 31 is better than the best baseline" in text
    assert "| seeds | settings |\n" in text
    assert "| lr 0.001▼, width 32, batch_norm false |" in text.replace("no batch norm: ", "")


def test_charts_and_commands_stand_in_fenced_blocks(report: Report) -> None:
    blocks = re.findall(r"```(\w+)\n(.*?)```", render(report, "md"), flags=re.DOTALL)

    assert [kind for kind, _ in blocks] == ["text", "sh"]
    assert "minutes" in blocks[0][1]
    assert blocks[1][1].startswith("--set optimizer.lr=0.03123456 --set model.width=96")


def test_no_name_becomes_markup(broken: Report) -> None:
    text = re.sub(r"```.*?```", "", render(broken, "md"), flags=re.DOTALL).replace(r"\`", "")
    text = re.sub(r"`.*?`", "", text)  # code is shown as it is

    assert "<i>" not in text
    assert "\x1b" not in text
    assert r"\[red\]a\|b&lt;i>c \[31m x\*\_very_long_name_" in text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("batch_norm", "batch_norm"),
        ("_x_ *y* `z`", r"\_x\_ \*y\* \`z\`"),
        ("a|b", r"a\|b"),
        ("<b>&", "&lt;b>&amp;"),
        ("a\nb", "a b"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text: str, safe: str) -> None:
    assert escaped(text) == safe


def test_it_reads_well_enough_to_be_kept(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "report.md"

    file.write_text(render(report, "md"), encoding="utf-8")

    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# digits_cnn"
    assert sum(line.startswith("## ") for line in lines) == 10
