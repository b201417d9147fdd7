"""The Runs screen."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.base import LabScreen


class RunsScreen(LabScreen):
    """To be built."""

    TITLE = "Runs"

    def body(self) -> ComposeResult:
        """Yield what the screen is about."""
        yield Static("Runs")

    def tick(self) -> None:
        """Show it."""
        self.heading("Runs")
