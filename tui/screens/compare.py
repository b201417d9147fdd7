"""The Compare screen."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.base import LabScreen


class CompareScreen(LabScreen):
    """To be built."""

    TITLE = "Compare"

    def body(self) -> ComposeResult:
        """Yield what the screen is about."""
        yield Static("Compare")

    def tick(self) -> None:
        """Show it."""
        self.heading("Compare")
