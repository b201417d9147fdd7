"""A report as one page that needs nothing else: no scripts, no network, pictures drawn inside."""

from collections.abc import Iterator, Sequence
from html import escape

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
from tui.report.style import CSS
from tui.report.svg import plot_svg, strip_svg

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
"""


def html(page: Page) -> str:
    """Return a report as a page."""
    title = _text(page.title)
    parts = [_HEAD.format(title=title, css=CSS)]
    parts.append(f"<header><h1>{title}<small>{_text(page.id)}</small></h1>")
    parts += [f"<p>{_line(words)}</p>" for words in page.about]
    parts.append("</header>\n")
    for section in page.sections:
        parts += _section(section)
    return "".join([*parts, "</body>\n</html>\n"])


def _text(text: str) -> str:
    return escape(printable(text))


def _section(section: Section) -> Iterator[str]:
    if section.frame:
        yield f'<section class="framed {section.frame}">'
        yield f"<h2>{_text(section.title)}: {_text(section.note)}</h2>\n"
    else:
        note = f"<small>{_text(section.note)}</small>" if section.note else ""
        yield f"<section><h2>{_text(section.title)}{note}</h2>\n"
    for block in section.blocks:
        yield from _block(block)
    yield "</section>\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Grid():
            yield from _table(block)
        case Sentences():
            yield from _sentences(block)
        case Facts():
            yield "<dl>"
            for label, words in block.rows:
                text = _line(words)
                shown = f"<code>{text}</code>" if label in block.whole else text
                yield f"<dt>{_text(label)}</dt><dd>{shown}</dd>\n"
            yield "</dl>\n"
        case Code():
            lines = "\n".join(_text(line) for line in block.lines)
            yield f"<p>{_text(block.about)}</p><pre><code>{lines}</code></pre>\n"
        case Plots():
            figures = "".join(plot_svg(plot) for plot in block.plots)
            yield f'<div class="plots">{figures}</div>\n'


def _sentences(block: Sentences) -> Iterator[str]:
    if not block.bullets:
        yield from (f"<p>{_line(line)}</p>\n" for line in block.lines)
        return
    yield "<ul>"
    yield from (f"<li>{_line(line)}</li>\n" for line in block.lines)
    yield "</ul>\n"


def _table(grid: Grid) -> Iterator[str]:
    sides = [' class="right"' if column.right else "" for column in grid.columns]
    yield '<div class="scroll"><table>'
    if any(column.heading for column in grid.columns):
        names = [_text(column.heading) for column in grid.columns]
        yield f"<thead>{_row('th', sides, names)}</thead>\n"
    for number, row in enumerate(grid.rows):
        yield _row("td", sides, [_cell(cell) for cell in row])
        if grid.below:
            below = _line(grid.below[number])
            yield f'<tr class="below"><td colspan="{len(sides)}">{below}</td></tr>\n'
    yield "</table></div>\n"


def _row(tag: str, sides: Sequence[str], cells: Sequence[str]) -> str:
    pairs = zip(sides, cells, strict=True)
    return f"<tr>{''.join(f'<{tag}{side}>{cell}</{tag}>' for side, cell in pairs)}</tr>\n"


def _cell(cell: Cell) -> str:
    return strip_svg(cell) if isinstance(cell, Strip) else _line([cell])


def _line(words: Sequence[Words]) -> str:
    return "".join(
        f'<span class="{one.tone}">{_text(one.text)}</span>' if one.tone else _text(one.text)
        for one in words
    )
