"""The Study screen."""

from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.base import LabScreen


class StudyScreen(LabScreen):
    """To be built."""

    TITLE = "Study"

    def body(self) -> ComposeResult:
        """Yield what the screen is about."""
        yield Static("Study")

    def tick(self) -> None:
        """Show it."""
        self.heading("Study")
