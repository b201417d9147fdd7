"""A window of options that begins at the present value and goes to the next one by its letter."""

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.widgets import OptionList

from tui.screens.dialogs import Choose


class Pick(Choose):
    """Takes one of several; `now` is the id of the option that is so at present."""

    def __init__(self, title: str, options: Sequence[tuple[str, str | Text]], now: str) -> None:
        super().__init__(title, options)
        self._names = [name for name, _ in options]
        self._now = now

    def on_mount(self) -> None:
        """Begin at the present value."""
        if self._now in self._names:
            self.query_one(OptionList).highlighted = self._names.index(self._now)

    def on_key(self, event: events.Key) -> None:
        """Go to the next option that begins with what was typed."""
        letter = (event.character or "").lower()
        found = self.query_one(OptionList)
        if not letter.isalnum():
            return
        event.stop()
        first = (found.highlighted if found.highlighted is not None else -1) + 1
        for place in (*range(first, len(self._names)), *range(first)):
            if self._names[place].lower().startswith(letter):
                found.highlighted = place
                return
