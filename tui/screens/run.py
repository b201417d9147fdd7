"""The Run screen."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.base import LabScreen


class RunScreen(LabScreen):
    """To be built."""

    TITLE = "Run"

    def body(self) -> ComposeResult:
        """Yield what the screen is about."""
        yield Static("Run")

    def tick(self) -> None:
        """Show it."""
        self.heading("Run")
