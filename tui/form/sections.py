"""The list of the form's sections, each with what is wrong in it, or else how much is changed."""

from collections.abc import Mapping

from rich.text import Text
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.form.fields import SECTIONS
from tui.palette import palette_of


class Sections(OptionList):
    """Lists the sections; the ids of the options are their names."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(*[Option(name, id=name) for name in SECTIONS], id=id, compact=True)

    def mark(self, counts: Mapping[str, tuple[int, int]]) -> None:
        """Show of each section how many of its settings are wrong, and how many changed."""
        for name, (wrong, changed) in counts.items():
            self.replace_option_prompt(name, self._line(name, wrong, changed))

    def _line(self, name: str, wrong: int, changed: int) -> Text:
        palette = palette_of(self.app.current_theme)
        text = Text(f"{name:<11}", no_wrap=True)
        if wrong:
            return text.append("x" if self.app.has_class("-ascii") else "✗", palette.bad)
        return text.append(f"*{changed}" if changed else "", palette.accent)

    def turn_to(self, section: str) -> None:
        """Stress a section without telling anybody."""
        with self.prevent(OptionList.OptionHighlighted):
            self.highlighted = SECTIONS.index(section)
