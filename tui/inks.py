"""What tables of numbers are coloured with, and what stands in for colour and for other signs."""

from dataclasses import dataclass

import numpy as np
from rich.style import Style
from textual.color import Color

from tui.palette import Palette


@dataclass(frozen=True)
class Inks:
    """What a matrix is drawn with: colours, their background, or characters alone."""

    palette: Palette
    background: Color
    plain: bool = False
    ascii_only: bool = False

    @property
    def nothing(self) -> str:
        """The sign of a cell without pictures."""
        return "." if self.ascii_only else "·"

    @property
    def minus(self) -> str:
        """The sign of what became less."""
        return "-" if self.ascii_only else "−"

    def box(self, color: str, strength: float) -> Style:
        """Return a background of a colour, with a text that is readable on it."""
        if self.plain:
            return Style()
        ground = self.background.blend(Color.parse(color), strength)
        return Style(color=_readable_on(ground), bgcolor=ground.hex)

    def cut(self, name: str, room: int) -> str:
        """Return a name in at most `room` cells."""
        return name if len(name) <= room else name[: room - 1] + ("~" if self.ascii_only else "…")

    @property
    def chosen(self) -> Style:
        """The background of the chosen cell."""
        if self.plain:
            return Style(bold=True, reverse=True)
        return self.box(self.palette.accent, 1.0) + Style(bold=True)


def _readable_on(ground: Color) -> str:
    """Return black or white, whichever has the higher contrast (WCAG 2's luminance)."""
    linear = [c / 12.92 if c <= 0.04 else ((c + 0.055) / 1.055) ** 2.4 for c in ground.normalized]
    return "#000000" if np.dot(linear, (0.2126, 0.7152, 0.0722)) > 0.179 else "#ffffff"
