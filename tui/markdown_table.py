"""Tables of Markdown that are tables as plain text too."""

from collections.abc import Callable, Iterable, Sequence

Row = tuple[str, ...]


def table(headings: Row, rows: Iterable[Row], right: Sequence[str] = ()) -> str:
    """Return a table, its columns padded; those whose headings are in `right` are right-aligned."""
    cells = [headings, *rows]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    sides = [str.rjust if heading in right else str.ljust for heading in headings]
    lines = [_line(map(_padded, sides, line, widths)) for line in cells]
    rules = [
        "-" * (width + 1) + (":" if heading in right else "-")
        for heading, width in zip(headings, widths, strict=True)
    ]
    return "\n".join([lines[0], "|" + "|".join(rules) + "|", *lines[1:]])


def _padded(side: Callable[[str, int], str], cell: str, width: int) -> str:
    return side(cell, width)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
