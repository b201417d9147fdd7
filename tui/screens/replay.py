"""The Replay screen."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.base import LabScreen


class ReplayScreen(LabScreen):
    """To be built."""

    TITLE = "Replay"

    def body(self) -> ComposeResult:
        """Yield what the screen is about."""
        yield Static("Replay")

    def tick(self) -> None:
        """Show it."""
        self.heading("Replay")
