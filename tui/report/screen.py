"""A report on a screen or in a pipe: sections of plain lines, a frame around the verdict."""

import sys
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from tui.console import make_console, shows_color
from tui.report.layout import GAP, STYLES, grid_lines, indented, text_of, wrapped
from tui.report.page import (
    Block,
    Code,
    Facts,
    Grid,
    Page,
    Plots,
    Section,
    Sentences,
    Words,
    printable,
)
from tui.report.plots import plot_lines

WIDEST = 120
_CHART_ROWS = 13


def report_console() -> Console:
    """Return stdout's console; without colours, as in a pipe, it writes no control code at all."""
    console = make_console()
    width = min(console.width, WIDEST)
    if shows_color(console):
        console.width = width
        return console
    return Console(
        file=sys.stdout,  # a full disk is an error here: nothing is lost by stopping
        width=width,
        color_system=None,
        markup=False,
        highlight=False,
        emoji=False,
    )


def draw_page(page: Page, console: Console) -> None:
    """Print a report."""
    console.print(_headline(page), no_wrap=True, overflow="ellipsis")
    for line in page.about:
        for wrapped_line in wrapped(text_of(line), console.width, console):
            console.print(wrapped_line)
    for section in page.sections:
        console.print()
        for part in _section(section, console):
            console.print(part, soft_wrap=isinstance(part, _Unbroken))


class _Unbroken(Text):
    """A line that is copied as a whole: the terminal breaks it if it must."""


def _headline(page: Page) -> Text:
    title = printable(page.title)
    rest = printable(page.id).removeprefix(title)
    return Text.assemble((title, "bold"), (rest, "dim"))


def _section(section: Section, console: Console) -> Iterator[RenderableType]:
    if section.frame:
        parts = list(block_lines(section.blocks, console.width - 4, console))
        title = Text.assemble((f"{section.title}: {section.note}", STYLES[section.frame]))
        title.stylize("bold")
        style = STYLES[section.frame]
        yield Panel(Group(*parts), title=title, title_align="left", border_style=style)
        return
    yield heading_line(section, console.width)
    yield from block_lines(section.blocks, console.width, console)


def heading_line(section: Section, width: int) -> Text:
    """Return a section's title with its note, and a line up to the right end."""
    heading = Text.assemble((section.title, "bold"), (f"  {printable(section.note)}", "dim"))
    heading.rstrip()
    heading.truncate(width, overflow="ellipsis")
    if (room := width - heading.cell_len - 1) > 0:
        heading.append(" " + "─" * room, "dim")
    return heading


def block_lines(blocks: Sequence[Block], width: int, console: Console) -> Iterator[Text]:
    """Yield the lines of blocks, no wider than `width` but for what is copied as a whole."""
    before: Block | None = None
    for block in blocks:
        if isinstance(block, Plots) and block.only_html:
            continue
        if isinstance(block, Grid | Facts | Code) and isinstance(before, Grid | Sentences | Facts):
            yield Text("")
        yield from _block(block, width, console)
        before = block


def _block(block: Block, width: int, console: Console) -> Iterator[Text]:
    match block:
        case Grid():
            yield from grid_lines(block, width, console)
        case Sentences():
            yield from _sentences(block, width, console)
        case Facts():
            yield from _facts(block, width, console)
        case Plots():
            rows = _CHART_ROWS + max(width - 80, 0) // 10
            yield from plot_lines(block.plots, width, rows, shows_color(console))
        case Code():
            yield from wrapped(text_of([Words(block.about, "dim")]), width, console)
            yield from (_Unbroken("  " + printable(line)) for line in block.lines)


def _sentences(block: Sentences, width: int, console: Console) -> Iterator[Text]:
    """Yield the sentences; where one goes on in a further line, that is indented."""
    signs = block.bullets or [Words("")] * len(block.lines)
    for sign, line in zip(signs, block.lines, strict=True):
        first = text_of([sign, Words(" " * bool(sign.text))])
        for place, text in enumerate(wrapped(text_of(line), width - 2, console)):
            yield (Text("  ") if place else first) + text


def _facts(block: Facts, width: int, console: Console) -> Iterator[Text]:
    longest = max((cell_len(printable(label)) for label, _ in block.rows), default=0)
    room = min(longest, width // 2) + GAP
    for label, words in block.rows:
        name = text_of([Words(label, "dim")])
        name.truncate(room - GAP, overflow="ellipsis", pad=True)
        name.append(" " * GAP)
        if label in block.whole:
            yield _Unbroken.assemble(name, text_of(words))
            continue
        for place, text in enumerate(indented(text_of(words), " " * room, width, console)):
            yield text if place else name + text[room:]
