"""Facts with their names before them, one below the other."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

LABEL_WIDTH = 13


def labelled(label: str, text: str | Text) -> Text:
    """Return a text that stands below others with their labels."""
    return Text.assemble((label.ljust(LABEL_WIDTH), "dim"), text)


def label_table(rows: Iterable[tuple[str, str | Text]]) -> Table:
    """Return labels and texts; a long text goes on below itself, not below its label."""
    table = Table.grid()
    table.add_column(width=LABEL_WIDTH, no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, text)
    return table
