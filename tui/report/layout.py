"""Tables on a screen: lines of text no wider than it, cut, wrapped or in blocks where needed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tui.charts import BLUE
from tui.report.page import JOINT, Cell, Column, Grid, Strip, Words, printable
from tui.report.strip import strip_words

GAP = 2
STYLES: dict[str, str] = {
    "": "",
    "strong": "bold",
    "dim": "dim",
    "accent": f"color({BLUE})",
    "good": "green",
    "warn": "yellow",
    "bad": "red",
    "rank1": "bold color(42)",
    "rank2": "color(37)",
    "rank3": "color(67)",
    "rank4": "color(102)",
}
_LEAST_WRAPPED = 24
_HOLDS = re.compile(r"(?<=\d) (?=%|points\b)| (?== )|(?<= =) ")  # before units, around `=`
_PATH_PART = re.compile(r".+?(?:[_.](?=.)|$)")
_HELD = "\ue000"  # of the private use area: `printable` leaves none


def text_of(words: Sequence[Words]) -> Text:
    """Return words in their styles, without any control code."""
    return Text.assemble(*((printable(one.text), STYLES[one.tone]) for one in words))


def grid_lines(grid: Grid, width: int, console: Console) -> Iterator[Text]:
    """Yield the lines of a table that is at most `width` columns wide."""
    for number, block in enumerate(_blocks(_without_spares(grid, width), width)):
        if number:
            yield Text("")
        yield from _block_lines(block, width, console)


def _without_spares(grid: Grid, width: int) -> Grid:
    """Return the table without the columns that may be left out, if it does not fit."""
    if sum(_least(grid)) + GAP * (len(grid.columns) - 1) <= width:
        return grid
    return _chosen(grid, [n for n, column in enumerate(grid.columns) if not column.spare])


def _chosen(grid: Grid, places: Sequence[int]) -> Grid:
    columns = [grid.columns[place] for place in places]
    return replace(grid, columns=columns, rows=[[row[p] for p in places] for row in grid.rows])


def _blocks(grid: Grid, width: int) -> Iterator[Grid]:
    """Yield the table in parts that fit, of even numbers of columns, each with the first `kept`."""
    kept, widths = list(range(grid.kept)), _least(grid)
    total = len(grid.columns)
    if not kept or total == len(kept):
        yield grid
        return
    room = width - sum(widths[: grid.kept]) - GAP * grid.kept
    fitting = max((room + GAP) // (max(widths[grid.kept :]) + GAP), 1)
    parts = -(-(total - grid.kept) // fitting)
    each = -(-(total - grid.kept) // parts)
    for first in range(grid.kept, total, each):
        yield _chosen(grid, [*kept, *range(first, min(first + each, total))])


def _least(grid: Grid) -> list[int]:
    widths = []
    for place, column in enumerate(grid.columns):
        cells = [Words(column.heading), *(row[place] for row in grid.rows)]
        widths.append(max(_least_cell(cell, column) for cell in cells))
    return widths


def _least_cell(cell: Cell, column: Column) -> int:
    if isinstance(cell, Strip):
        return cell.least
    return min(cell_len(printable(cell.text)), _LEAST_WRAPPED if column.wraps else column.most)


def _widths(grid: Grid, width: int) -> list[int]:
    """Return the columns' widths: strips and a wrapped text take what the others leave."""
    widths = _least(grid)
    spare = width - sum(widths) - GAP * (len(widths) - 1)
    for _ in range(-spare):
        widths[widths.index(max(widths))] -= 1
    for place, column in enumerate(grid.columns):
        most = max((_most_cell(row[place], column) for row in grid.rows), default=0)
        taken = min(max(most - widths[place], 0), max(spare, 0))
        widths[place] += taken
        spare -= taken
    return widths


def _most_cell(cell: Cell, column: Column) -> int:
    if isinstance(cell, Strip):
        return cell.most
    return cell_len(printable(cell.text)) if column.wraps else 0


def _block_lines(grid: Grid, width: int, console: Console) -> Iterator[Text]:
    widths = _widths(grid, width)
    for line in _headings(grid, widths):
        yield from _row_lines(line, grid, widths, console)
    for place, row in enumerate(grid.rows):
        yield from _row_lines(row, grid, widths, console)
        if grid.below:
            indent = " " * min(widths[0] + GAP, width // 4)
            yield from indented(text_of(grid.below[place]), indent, width, console)


def _headings(grid: Grid, widths: Sequence[int]) -> Iterator[list[Words]]:
    """Yield the lines of the headings, which end in the same one."""
    headings = [
        _heading_lines(column, width) for column, width in zip(grid.columns, widths, strict=True)
    ]
    most = max(len(lines) for lines in headings)
    padded = [[""] * (most - len(lines)) + lines for lines in headings]
    if any(column.heading for column in grid.columns):
        for line in zip(*padded, strict=True):
            yield [Words(text, "dim") for text in line]


def _heading_lines(column: Column, width: int) -> list[str]:
    """Return a heading in lines: a path that is too long goes on after a `_` or a `.`."""
    lines = [""]
    for part in _PATH_PART.findall(printable(column.heading)):
        if lines[-1] and cell_len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return lines


def _row_lines(
    row: Sequence[Cell], grid: Grid, widths: Sequence[int], console: Console
) -> Iterator[Text]:
    cells = [
        _cell_lines(cell, column, width, console)
        for cell, column, width in zip(row, grid.columns, widths, strict=True)
    ]
    for number in range(max(len(lines) for lines in cells)):
        parts = [
            lines[number] if number < len(lines) else Text(" " * width)
            for lines, width in zip(cells, widths, strict=True)
        ]
        line = Text(" " * GAP).join(parts)
        line.rstrip()
        yield line


def _cell_lines(cell: Cell, column: Column, width: int, console: Console) -> list[Text]:
    if isinstance(cell, Strip):
        return [_padded(text_of(strip_words(cell, min(width, cell.most))), width)]
    text = text_of([cell])
    if column.wraps and cell_len(text.plain) > width:
        return [_padded(line, width) for line in wrapped(text, width, console)]
    if column.right:
        text.truncate(width, overflow="ellipsis")
        text.pad_left(width - text.cell_len)
    return [_padded(text, width)]


def _padded(text: Text, width: int) -> Text:
    text.truncate(width, overflow="ellipsis", pad=True)
    return text


def indented(text: Text, indent: str, width: int, console: Console) -> Iterator[Text]:
    """Yield a text as lines that all begin at the same place."""
    for line in wrapped(text, width - len(indent), console):
        yield Text(indent) + line


def wrapped(text: Text, width: int, console: Console) -> Iterator[Text]:
    """Yield a text in lines; not broken at a `JOINT`, before a unit, or around `=`."""
    text = text.copy()
    text.plain = _HOLDS.sub(_HELD, text.plain).replace(JOINT, _HELD)
    for line in text.wrap(console, max(width, 1)):
        line.plain = line.plain.replace(_HELD, " ")
        line.rstrip()
        yield line
