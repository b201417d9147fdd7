"""Small windows: a question, one value, a choice, and the help."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.bars import key_text


class Ask(ModalScreen[bool]):
    """Asks before something that cannot be taken back lightly; `y` and `n` answer too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="dialog.yes"),
        Binding("n,escape", "answer(False)", "No", id="dialog.no"),
    ]

    def __init__(self, question: str, detail: str = "", yes: str = "Yes") -> None:
        super().__init__()
        self._question, self._detail, self._yes = question, detail, yes

    def compose(self) -> ComposeResult:
        """Make the window."""
        with Vertical(classes="dialog"):
            yield Static(Text(self._question, style="bold"))
            if self._detail:
                yield Static(Text(self._detail), classes="detail")
            with Horizontal(classes="buttons"):
                yield Button(f"{self._yes} (y)", id="yes", variant="error", compact=True)
                yield Button("Cancel (n)", id="no", compact=True)

    def on_mount(self) -> None:
        """Let the harmless answer have the focus."""
        self.query_one("#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Answer by key."""
        self.dismiss(yes)


class Enter(ModalScreen[str | None]):
    """Takes one value; `check` returns the sentence why it is wrong, or None.

    `warn` returns what is odd about a value that may be taken all the same.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="dialog.cancel")
    ]

    def __init__(
        self,
        title: str,
        value: str,
        check: Callable[[str], str | None],
        hint: str = "",
        *,
        warn: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._title, self._value, self._hint = title, value, hint
        self._check, self._warn = check, warn

    def compose(self) -> ComposeResult:
        """Make the window."""
        with Vertical(classes="dialog"):
            yield Static(Text(self._title, style="bold"))
            if self._hint:
                yield Static(Text(self._hint), classes="detail")
            yield Input(self._value, compact=True)
            yield Static(classes="problem")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Check what stands there."""
        problem = self._check(event.value)
        told = self._warn(event.value) if problem is None else problem
        self.query_one(".problem", Static).update(Text(told or ""))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, if it is right."""
        if self._check(event.value) is None:
            self.dismiss(event.value)


class Choose(ModalScreen[str | None]):
    """Takes one of several; `options` are (id, text)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="dialog.cancel")
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, str | Text]]) -> None:
        super().__init__()
        self._title, self._options = title, options

    def compose(self) -> ComposeResult:
        """Make the window."""
        with Vertical(classes="dialog"):
            yield Static(Text(self._title, style="bold"))
            yield OptionList(*[Option(text, id=name) for name, text in self._options], compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(event.option_id)


class Help(ModalScreen[None]):
    """What a screen is for, and all its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss(None)", "Close", id="dialog.close")
    ]

    def __init__(self, title: str, about: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._about, self._keys = title, about, keys

    def compose(self) -> ComposeResult:
        """Make the window."""
        table = Table.grid(padding=(0, 2, 0, 0))
        for key, what in self._keys:
            ascii_only = self.app.has_class("-ascii")
            names = "  ".join(key_text(name, ascii_only) for name in key.split(","))
            table.add_row(Text(names, style="bold"), what)
        with VerticalScroll(classes="dialog wide"):
            yield Static(Text(self._title, style="bold"))
            yield Static(Text(self._about), classes="detail")
            yield Static(table)
            yield Static(Text("esc closes this", style="dim"))
