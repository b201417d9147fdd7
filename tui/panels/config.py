"""Everything that decided what the run does, and what came of it on the disk."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, Self

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.panels.panel import Panel
from tui.run_facts import SETTINGS, Block, Fact, blocks_of, commands_of
from tui.screens.dialogs import Choose
from tui.sources import RunView

_COLUMN = 56  # columns of a terminal that a column of blocks needs
_MOST_COLUMNS = 3
_WIDEST_LABEL = 24
_SETTING_LABEL = 18  # so that the values of all sections stand below each other


class ConfigPanel(Panel):
    """Commands, origin, all settings with the changed ones stressed, machine, versions, files."""

    DEFAULT_CSS = """
    ConfigPanel { height: 1fr; }
    ConfigPanel VerticalScroll { layout: horizontal; scrollbar-size-vertical: 1; height: 1fr; }
    ConfigPanel VerticalScroll > Static { width: 1fr; height: auto; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="config.copy"),
        Binding("c", "only_changed", "Changed only", id="config.changed"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.only_changed = False

    def compose(self) -> ComposeResult:
        """Make as many columns as a wide terminal has."""
        with VerticalScroll():
            for number in range(_MOST_COLUMNS):
                yield Static(id=f"config-column-{number}")

    def focus(self, scroll_visible: bool = True) -> Self:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus(scroll_visible)
        return self

    def facts(self, view: RunView) -> Hashable:
        """Return what the blocks depend on; the files grow with each epoch."""
        history = view.history
        return (view.folder, len(history.epochs), len(history.resumes), history.prepared is None,
                history.started is None, history.finished is None, view.row.state)  # fmt: skip

    def redraw(self, view: RunView) -> None:
        """Draw the blocks, in columns of about the same height."""
        number = min(max(self.size.width // _COLUMN, 1), _MOST_COLUMNS)
        width = self.size.width // number
        columns = _shared_out(blocks_of(view, self.only_changed), number, width)
        for place in range(_MOST_COLUMNS):
            column = self.query_one(f"#config-column-{place}", Static)
            column.display = place < number
            if place < len(columns):
                column.update(Group(*[self._drawn_block(block) for block in columns[place]]))

    def _drawn_block(self, block: Block) -> Group:
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(width=_label_width(block), no_wrap=True)
        table.add_column(overflow="fold", ratio=1)
        for fact in block.facts:
            style = "dim" if fact.is_plain else ""
            mark = "*" if fact.usual is not None else " "
            label = Text(f"{mark}{fact.label}", style="dim" if fact.usual is None else "bold")
            table.add_row(label, self._value(fact, style))
        return Group(Text(block.title, style=f"bold {self.palette.accent}"), table, Text())

    def _value(self, fact: Fact, style: str) -> Text:
        if fact.usual is None:
            return Text(fact.text, style=style)
        return Text.assemble(
            (fact.text, f"bold {self.palette.val}"), (f"  (default {fact.usual})", "dim")
        )

    def action_only_changed(self) -> None:
        """Leave out the settings that are at their defaults, or show them again."""
        self.only_changed = not self.only_changed
        self.show_again()

    def action_copy(self) -> None:
        """Copy one of the commands, or a path."""
        if self.view is None:
            return
        facts = [*commands_of(self.view).facts, Fact("folder", str(self.view.folder.path))]
        texts = {fact.label: fact.text for fact in facts}
        options = [(fact.label, Text(f"{fact.label:<10} {fact.text}")) for fact in facts]

        def copy(label: str | None) -> None:
            if label is not None:
                self.app.copy_to_clipboard(texts[label])
                self.app.notify(f"Copied: {texts[label]}", markup=False)

        self.app.push_screen(Choose("Copy what?", options), copy)


def _label_width(block: Block) -> int:
    least = _SETTING_LABEL if block.title.startswith(SETTINGS) else 0
    return max(min(max(len(fact.label) for fact in block.facts) + 2, _WIDEST_LABEL), least)


def _height(block: Block, width: int) -> int:
    """Return how many lines a block needs in a column, about."""
    room = max(width - _label_width(block) - 3, 1)
    return 2 + sum(-(-len(fact.text) // room) for fact in block.facts)


def _shared_out(blocks: Sequence[Block], number: int, width: int) -> list[list[Block]]:
    """Return the blocks in order in at most `number` columns, each about as high as the others."""
    heights = [_height(block, width) for block in blocks]
    columns: list[list[Block]] = [[]]
    filled, left = 0, sum(heights)
    for block, height in zip(blocks, heights, strict=True):
        rest = number - len(columns)
        if rest and filled and filled + height / 2 > (filled + left) / (rest + 1):
            columns.append([])
            filled = 0
        columns[-1].append(block)
        filled, left = filled + height, left - height
    return columns
