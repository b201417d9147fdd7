"""The Data screen."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.base import LabScreen


class DataScreen(LabScreen):
    """To be built."""

    TITLE = "Data"

    def body(self) -> ComposeResult:
        """Yield what the screen is about."""
        yield Static("Data")

    def tick(self) -> None:
        """Show it."""
        self.heading("Data")
