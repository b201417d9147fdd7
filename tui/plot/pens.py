"""What charts are drawn with: braille dots, or characters where those or colours are missing."""

from typing import TYPE_CHECKING, Literal, cast

from textual.app import App

if TYPE_CHECKING:
    from tui.app import DliApp

Pen = Literal["braille", "plain", "ascii"]


def pen_of(app: App[None]) -> Pen:
    """Return what an app's charts are drawn with: `plain` gives each curve its own marker."""
    if cast("DliApp", app).ascii_only:
        return "ascii"
    return "plain" if app.no_color else "braille"
