"""The New run screen."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.base import LabScreen


class NewRunScreen(LabScreen):
    """To be built."""

    TITLE = "New run"

    def body(self) -> ComposeResult:
        """Yield what the screen is about."""
        yield Static("New run")

    def tick(self) -> None:
        """Show it."""
        self.heading("New run")
