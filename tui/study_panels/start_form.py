"""The small form that a search is started with; what is empty is the study's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from engine.errors import DliError
from tui.study_panels.orders import FIELDS, TuneOrder, order_of

_LABELS = {
    "trials": "trials", "workers": "workers", "epochs": "epochs", "subset": "pictures",
    "dataset": "data set", "minutes": "minutes",
}  # fmt: skip


class StartForm(ModalScreen[TuneOrder | None]):
    """Asks for a search, checks what is typed, and shows the command that does the same.

    Args:
        study: a study's name.
        about: what it is for.
        defaults: what each field is where it is left empty.
        place: the runs folder and the storage, None for the folder's own.
    """

    DEFAULT_CSS = """
    StartForm Grid { grid-size: 4; grid-columns: 9 1fr 10 1fr; grid-rows: 1; grid-gutter: 0 1;
                     height: 3; margin: 1 0; }
    StartForm .command { color: $foreground 80%; min-height: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="dialog.cancel"),
    ]

    class Checked(Message):
        """What was typed has been looked at."""

        def __init__(self, typed: Mapping[str, str], order: TuneOrder | None, said: str) -> None:
            super().__init__()
            self.typed, self.order, self.said = typed, order, said

    def __init__(
        self, study: str, about: str, defaults: Mapping[str, str], place: tuple[Path, str | None]
    ) -> None:
        super().__init__()
        self._study, self._about, self._defaults, self._place = study, about, defaults, place
        self._order: TuneOrder | None = None
        self._is_checking = False
        self._is_wanted = False  # whether to start as soon as the check is through

    def compose(self) -> ComposeResult:
        """Make the window."""
        with Vertical(classes="dialog wide"):
            yield Static(Text(f"Search {self._study}", style="bold"))
            yield Static(Text(self._about), classes="detail")
            with Grid():
                for name in FIELDS:
                    yield Label(_LABELS[name])
                    yield Input(placeholder=self._defaults.get(name, ""), id=name, compact=True)
            yield Static(classes="command")
            yield Static(classes="problem")
            with Horizontal(classes="buttons"):
                yield Button("Start (enter)", id="start", variant="primary", compact=True)
                yield Button("Cancel (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Check what stands there by itself."""
        self._check()

    def on_input_changed(self) -> None:
        """Check what was typed."""
        self._check()

    def _check(self) -> None:
        typed = {name: self.query_one(f"#{name}", Input).value for name in FIELDS}
        self._order, self._is_checking, self._is_wanted = None, True, False

        def look() -> None:  # a study's file is read, which takes longer than a frame
            order, said = None, ""
            try:
                order = order_of(self._study, typed)
            except DliError as error:
                said = str(error)
            self.post_message(self.Checked(typed, order, said))

        self.run_worker(look, thread=True, group="check", exclusive=True, exit_on_error=False)

    def on_start_form_checked(self, message: Checked) -> None:
        """Show the sentence, or the command; what was typed since is looked at next."""
        if message.typed != {name: self.query_one(f"#{name}", Input).value for name in FIELDS}:
            return
        self._order, self._is_checking = message.order, False
        command = message.order.command(*self._place) if message.order else ""
        self.query_one(".problem", Static).update(Text(message.said))
        self.query_one(".command", Static).update(Text(command))
        if self._is_wanted:
            self.action_start()

    def on_input_submitted(self) -> None:
        """Start."""
        self.action_start()

    def action_start(self) -> None:
        """Start if what is typed is right; where that is still being looked at, after it."""
        if self._order is not None:
            self.dismiss(self._order)
        self._is_wanted = self._is_checking

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Start or cancel."""
        if event.button.id == "start":
            self.action_start()
        else:
            self.dismiss(None)
