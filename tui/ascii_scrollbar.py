"""Scroll bars of ASCII characters alone: Textual ends them with parts of blocks."""

from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender

_PARTS = 8  # of a cell, in which Textual counts


class _AsciiRender(ScrollBarRender):
    """Draws whole cells of colour, which end at the cells' edges."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * _PARTS
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * _PARTS


def use_ascii_scrollbars(ascii_only: bool = True) -> None:
    """Draw all scroll bars of the process with spaces alone, or again as Textual does."""
    ScrollBar.renderer = _AsciiRender if ascii_only else ScrollBarRender
