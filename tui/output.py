"""Where words go: data to stdout, talk to stderr, and tables that suit a screen or a pipe."""

import json
import math
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import typer

_GAP = "  "
_LEAST_TEXT = 20  # columns that a text is not cut below; it is left out instead


@dataclass(frozen=True)
class Column:
    """A column of a table; `styles` gives some of its cells a colour, on a terminal only.

    `yields` marks texts that are cut first, so that the columns after them fit.
    """

    heading: str
    right: bool = False
    yields: bool = False
    styles: Mapping[str, str] = field(default_factory=dict)


def say(text: str) -> None:
    """Tell the person at the terminal something, on stderr."""
    typer.echo(text, err=True)


def print_json(value: object) -> None:
    """Print a value as JSON that any reader takes: numbers that are not finite become null."""
    typer.echo(json.dumps(finite(value), indent=2, ensure_ascii=False))


def finite(value: object) -> object:
    """Return a value of plain data with None for every number that is not finite."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return value


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their headings, whole in a pipe, and on a terminal as far as they fit."""
    lines = [tuple(column.heading for column in columns), *rows]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    if sys.stdout.isatty():
        widths = _fitted(columns, widths, shutil.get_terminal_size().columns)
    for number, line in enumerate(lines):
        cells = [
            _cell(*placed, is_heading=number == 0)
            for placed in zip(line, columns, widths, strict=False)
        ]
        typer.echo(_GAP.join(cells).rstrip())


def _fitted(columns: Sequence[Column], widths: Sequence[int], room: int) -> list[int]:
    """Return the widths of the first columns that fit; a text after them is cut to what is left."""
    fitted = []
    lacking = sum(widths) + len(_GAP) * (len(widths) - 1) - room
    for column, whole in zip(columns, widths, strict=True):
        width = max(whole - max(lacking, 0), min(whole, _LEAST_TEXT)) if column.yields else whole
        lacking -= whole - width
        if width > room and (column.right or room < _LEAST_TEXT):
            break
        fitted.append(min(width, room))
        room -= width + len(_GAP)
    return fitted


def _cell(text: str, column: Column, width: int, is_heading: bool) -> str:
    cut = text if len(text) <= width else text[: width - 1] + "…"
    padded = cut.rjust(width) if column.right else cut.ljust(width)
    colour = column.styles.get(text)
    plain = os.environ.get("NO_COLOR") or not sys.stdout.isatty()
    if plain or not (is_heading or colour):
        return padded
    return typer.style(padded, fg=None if is_heading else colour, bold=is_heading or None)
