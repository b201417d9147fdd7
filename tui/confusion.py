"""Which classes are right and which are taken for which: a table and a confusion matrix."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from engine.metrics import class_scores
from tui import format as fmt

Matrix = NDArray[np.int64]  # (K, K), rows are true classes, columns predicted ones

_MOST_CLASSES = 20  # in a matrix and in a full table
_MOST_LISTED = 10
_LONGEST_HEADING = 6


def class_table(classes: Sequence[str], matrix: Matrix) -> RenderableType:
    """Return precision, recall and F1 of every class, or of the worst ones if there are many."""
    scores = class_scores(matrix)
    many = len(classes) > _MOST_CLASSES
    shown = np.argsort(scores.f1, kind="stable")[:_MOST_LISTED] if many else np.arange(len(classes))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("class", no_wrap=True, max_width=30)
    for heading in ("precision", "recall", "F1", "pictures"):
        table.add_column(heading, justify="right", no_wrap=True)
    for number in shown.tolist():
        ratios = (column[number] for column in (scores.precision, scores.recall, scores.f1))
        cells = (fmt.percent(float(ratio)) for ratio in ratios)
        table.add_row(classes[number], *cells, fmt.count(int(scores.support[number])))
    if not many:
        return table
    return Group(table, Text(f"the worst {len(shown)} of {len(classes)} classes", style="dim"))


def confusion(classes: Sequence[str], matrix: Matrix, width: int) -> RenderableType:
    """Return the matrix, or where it would be too wide, the pairs that are mixed up most."""
    short = max(map(len, classes)) <= _LONGEST_HEADING
    names = list(classes) if short else [f"{n} {name}" for n, name in enumerate(classes)]
    headings = list(classes) if short else [str(number) for number in range(len(classes))]
    cell = max(len(str(matrix.max())), *map(len, headings)) + 2
    label = min(max(map(len, names)), 24)
    if len(classes) > _MOST_CLASSES or label + 2 + cell * len(classes) > width:
        return _pairs(classes, matrix)
    rows = [
        Text.assemble(" " * (label + 2), *[(h.rjust(cell - 1) + " ", "bold") for h in headings])
    ]
    for number, name in enumerate(names):
        cut = Text(name, style="bold")
        cut.truncate(label, overflow="ellipsis", pad=True)
        cells = [_cell(matrix, number, column, cell) for column in range(len(classes))]
        rows.append(Text.assemble(cut, "  ", *cells))
    return Group(Text("rows are true classes, columns predicted ones", style="dim"), *rows)


def _cell(matrix: Matrix, row: int, column: int, width: int) -> Text:
    """Return a count on a background that is the stronger, the larger its part of the row."""
    count = int(matrix[row, column])
    if not count:
        return Text("·".rjust(width - 1) + " ", style="dim")
    share = count / int(matrix[row].sum())
    strength = round(50 + (80 * share if row == column else 130 * share**0.5))
    color = f"rgb(20,{strength},50)" if row == column else f"rgb({strength},30,30)"
    return Text(str(count).rjust(width - 1) + " ", style=f"rgb(255,255,255) on {color}")


def _pairs(classes: Sequence[str], matrix: Matrix) -> RenderableType:
    mistakes = matrix * ~np.eye(len(classes), dtype=bool)
    order = np.argsort(-mistakes, axis=None, kind="stable")[:_MOST_LISTED]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("true", "predicted"):
        table.add_column(heading, no_wrap=True, max_width=30)
    for heading in ("pictures", "of the class"):
        table.add_column(heading, justify="right", no_wrap=True)
    for place in order.tolist():
        row, column = divmod(place, len(classes))
        if count := int(mistakes[row, column]):
            share = fmt.percent(count / int(matrix[row].sum()), digits=1)
            table.add_row(classes[row], classes[column], fmt.count(count), share)
    return table
