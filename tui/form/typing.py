"""The one input of the form, and the order of the keys while the focus moves to it and from it."""

from typing import TYPE_CHECKING

from textual import events
from textual.widget import Widget
from textual.widgets import Input

if TYPE_CHECKING:
    from tui.form.rows import FormRows


class Typing(Input):
    """Stands on the row at the cursor; the rows decide what a key does, so that none is early."""

    def __init__(self, rows: "FormRows") -> None:
        super().__init__(compact=True, select_on_focus=False)
        self._rows = rows

    def watch_value(self, value: str) -> None:
        """Give the text to the row at the cursor at once, not by a message that comes later."""
        if self.is_mounted:
            self._rows.take_text(value)

    async def on_key(self, event: events.Key) -> None:
        """Let the rows do what the key says."""
        event.prevent_default()
        await self._rows.keys.take(event, self)

    async def on_blur(self) -> None:
        """Do now what waited for the last keys that came here."""
        await self._rows.keys.go_on()

    def action_submit(self) -> None:  # type: ignore[override]  # nothing here is to be awaited
        """Go on to the next row."""
        self._rows.action_go(1)

    def write(self, text: str) -> None:
        """Put a typed character in the place of what is selected."""
        self.replace(text, *self.selection)


class Keys:
    """Does what keys say in the order in which they were typed.

    Rows and input have a queue of messages each, and a key goes to the one that has the focus when
    it is typed. While the one that had it before still has keys, those of the other wait.
    """

    def __init__(self, rows: "FormRows") -> None:
        self._rows = rows
        self._held: list[events.Key] = []
        self._seen: events.Key | None = None

    async def take(self, event: events.Key, at: Widget) -> None:
        """Do what a key says that came to the rows or to their input."""
        if event is self._seen:  # it comes up from the input, which had no use for it
            return
        self._seen = event
        rows = self._rows
        other = rows if at is not rows else rows.typing
        if other.has_focus or self._held:
            event.stop()
            event.prevent_default()
            self._held.append(event)
        elif await self._do(event):
            event.stop()
            event.prevent_default()

    async def go_on(self) -> None:
        """Do what the keys say that had to wait."""
        held, self._held = self._held, []
        for event in held:
            if not await self._do(event):
                self._rows.app.simulate_key(event.key)

    async def _do(self, event: events.Key) -> bool:
        """Do what a key says at the row that has the cursor now; tell whether it says anything."""
        rows = self._rows
        if rows.is_typed and event.is_printable and event.character:
            rows.typing.write(event.character)
            return True
        for node in (rows.typing, rows) if rows.is_typed else (rows,):
            bindings = node._bindings.copy()  # noqa: SLF001  # by key there is no public way
            bindings.apply_keymap(rows.app._keymap)  # noqa: SLF001
            for binding in bindings.key_to_bindings.get(event.key, ()):
                if await rows.app.run_action(binding.action, node):
                    return True
        return rows.take_digit(event.character or "")
