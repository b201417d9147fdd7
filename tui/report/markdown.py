"""A report as Markdown: real tables, sentences, and charts of characters in fenced blocks."""

import re
from collections.abc import Iterator, Sequence

from tui.report.page import (
    Block,
    Cell,
    Code,
    Facts,
    Grid,
    Page,
    Plots,
    Section,
    Sentences,
    Strip,
    Words,
    printable,
)
from tui.report.plots import plot_lines
from tui.report.strip import strip_text

_CHART = 80, 14  # columns, lines
_SPECIAL = re.compile(r"([\\`*\[\]|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_LIST = re.compile(r"[#+>=-]")  # at the start of a line, it would be a list, a heading, a quote


def markdown(page: Page) -> str:
    """Return a report as Markdown."""
    parts = [f"# {escaped(page.title)}", *(_line(words) for words in page.about)]
    parts += [f"`{_code(page.id)}`"] * bool(page.id)
    for section in page.sections:
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in a cell of a table too."""
    text = printable(text).strip()
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return _SPECIAL.sub(r"\\\1", text)


def _section(section: Section) -> Iterator[str]:
    if section.frame:
        yield f"## {section.title}: {escaped(section.note)}"
    else:
        yield f"## {section.title}"
        if section.note:
            yield f"*{escaped(section.note)}*"
    for block in section.blocks:
        yield from _block(block, quoted=bool(section.frame))


def _block(block: Block, quoted: bool) -> Iterator[str]:
    match block:
        case Grid():
            yield _table(block)
        case Sentences():
            separator = "\n" if block.bullets else "\n\n"
            sign = "- " if block.bullets else "> " * quoted
            joint = separator if not quoted else "\n>\n"
            yield joint.join(sign + _line(line) for line in block.lines)
        case Facts():
            yield "\n".join(_fact(block, label, words) for label, words in block.rows)
        case Plots(only_html=False):
            lines = (line.plain for line in plot_lines(block.plots, *_CHART, color=False))
            yield "\n".join(["```text", *lines, "```"])
        case Code():
            yield escaped(block.about)
            yield "\n".join(["```sh", *(printable(line) for line in block.lines), "```"])


def _fact(block: Facts, label: str, words: Sequence[Words]) -> str:
    if label in block.whole:
        return f"- {escaped(label)}: `{_code(''.join(one.text for one in words))}`"
    return f"- {escaped(label)}: {_line(words)}"


def _table(grid: Grid) -> str:
    headings = [escaped(column.heading) for column in grid.columns]
    rules = ["---:" if column.right else "---" for column in grid.columns]
    rows = [[_cell(cell) for cell in row] for row in grid.rows]
    if grid.below:
        headings, rules = [*headings, grid.under], [*rules, "---"]
        rows = [[*row, _line(words)] for row, words in zip(rows, grid.below, strict=True)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (headings, rules, *rows))


def _cell(cell: Cell) -> str:
    return f"`{strip_text(cell, cell.least)}`" if isinstance(cell, Strip) else _line([cell])


def _line(words: Sequence[Words]) -> str:
    """Return words in a line, the strong ones bold."""
    text = "".join(_marked(one) for one in words).strip()
    return f"\\{text}" if _LIST.match(text) else text


def _marked(words: Words) -> str:
    text = escaped(words.text)
    before = " " * (len(words.text) - len(words.text.lstrip()))
    after = " " * (len(words.text) - len(words.text.rstrip())) if text else ""
    return before + (f"**{text}**" if words.tone == "strong" and text else text) + after


def _code(text: str) -> str:
    return printable(text).replace("`", "'").strip() or " "
