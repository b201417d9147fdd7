"""The list of the form's sections, each with what is wrong in it, or else how much is changed."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.form.drawing import Row
from tui.form.fields import SECTIONS
from tui.palette import palette_of

NO_DIGIT = (
    "Digits are for settings here. esc (twice from a setting) leaves the form; then {0} works."
)


class Sections(OptionList):
    """Lists the sections; the ids of the options are their names."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Other screens", id="form.out"),
        *(Binding(key, f"keep_digit('{key}')", "", show=False) for key in "1234567"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(*[Option(name, id=name) for name in SECTIONS], id=id, compact=True)

    def mark(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Show of each section whether one of its rows is wrong, or how many are changed."""
        for name, found in rows.items():
            self.replace_option_prompt(name, self._line(name, found))

    def _line(self, name: str, rows: Sequence[Row]) -> Text:
        palette = palette_of(self.app.current_theme)
        text = Text(f"{name:<11}", no_wrap=True)
        if any(row.problem for row in rows):
            return text.append("x" if self.app.has_class("-ascii") else "✗", palette.bad)
        changed = sum(row.is_changed for row in rows)
        return text.append(f"*{changed}" if changed else "", palette.accent)

    def turn_to(self, section: str) -> None:
        """Stress a section without telling anybody."""
        with self.prevent(OptionList.OptionHighlighted):
            self.highlighted = SECTIONS.index(section)

    def action_leave(self) -> None:
        """Let the digits go to other screens."""
        self.screen.set_focus(None)

    def action_keep_digit(self, digit: str) -> None:
        """Keep a digit that was meant for a setting from leaving the form, and say so."""
        self.app.notify(NO_DIGIT.format(digit))
