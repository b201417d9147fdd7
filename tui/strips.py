"""Texts as the segments that widgets draw line by line."""

from rich.console import Console
from rich.segment import Segment
from rich.text import Text


def segments(text: Text, console: Console) -> list[Segment]:
    """Return the segments of one line; its own style is kept where no part has another."""
    line = text.copy()
    if line.style:
        line.stylize_before(line.style)  # Rich forgets it for a text without spans
    line.end = ""
    return list(line.render(console))
