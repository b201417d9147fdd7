"""Sections of the report as text in the colours of the theme: the report's words, told once."""

import io
from collections.abc import Iterable
from dataclasses import replace

from rich.console import Console
from rich.text import Span, Text

from tui.palette import Palette
from tui.report.layout import STYLES
from tui.report.page import Plots, Section
from tui.report.screen import block_lines, heading_line


def drawn(sections: Iterable[Section | None], width: int, palette: Palette) -> Text:
    """Return sections below each other, without their plots.

    Args:
        sections: what to draw; those that are None have nothing to say.
        width: columns.
        palette: the theme's colours.
    """
    console = Console(file=io.StringIO(), width=width)
    lines: list[Text] = []
    for section in sections:
        if section is None:
            continue
        blocks = [block for block in section.blocks if not isinstance(block, Plots)]
        shown = replace(section, blocks=blocks)
        lines += [Text()] * bool(lines)
        lines += [heading_line(shown, width), *block_lines(blocks, width, console)]
    return Text("\n").join(_colored(line, palette) for line in lines)


def _colored(line: Text, palette: Palette) -> Text:
    """Return a line with the report's own colours replaced by the theme's."""
    colors = _colors(palette)
    line = line.copy()
    line.spans = [
        Span(span.start, span.end, colors.get(span.style, span.style))
        if isinstance(span.style, str)
        else span
        for span in line.spans
    ]
    return line


def _colors(palette: Palette) -> dict[str, str]:
    return {
        STYLES["accent"]: palette.train,
        STYLES["good"]: palette.good,
        STYLES["warn"]: palette.warn,
        STYLES["bad"]: palette.bad,
        STYLES["rank1"]: f"bold {palette.good}",
        STYLES["rank2"]: palette.rate,
        STYLES["rank3"]: palette.train,
        STYLES["rank4"]: palette.ghost,
    }
