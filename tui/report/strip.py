"""A strip as characters: bars, dots and whiskers in one line of a table."""

import math
from collections.abc import Sequence

from tui.report.page import Strip, Tone, Words

_Cells = list[tuple[str, Tone]]


def strip_words(strip: Strip, width: int) -> list[Words]:
    """Return a strip as `width` characters in pieces of one tone."""
    cells: _Cells = [("─", "dim") if strip.has_track else (" ", "")] * width
    _draw_bar(cells, strip)
    _draw_span(cells, strip)
    for place, glyph, tone in _dots(strip):
        if place is not None:
            cells[_nearest(place, width)] = (glyph, tone)
    return _joined(cells)


def strip_text(strip: Strip, width: int) -> str:
    """Return a strip as plain text."""
    return "".join(words.text for words in strip_words(strip, width))


def _draw_bar(cells: _Cells, strip: Strip) -> None:
    """Draw what is sure solid, then shaded up to the estimate, then lightly up to the end."""
    shades: Sequence[tuple[float | None, str, Tone]] = (
        (strip.reach, "╌", "dim"),
        (strip.bar, "╍", strip.tone),
        (strip.sure, "━", strip.tone),
    )
    for end, glyph, tone in shades:
        if end is not None and math.isfinite(end):
            filled = round(min(max(end, 0.0), 1.0) * len(cells))
            cells[:filled] = [(glyph, tone)] * filled
    if strip.mark is not None and math.isfinite(strip.mark):
        cells[_nearest(strip.mark, len(cells))] = ("┊", "warn")


def _draw_span(cells: _Cells, strip: Strip) -> None:
    if strip.span is None:
        return
    low, high = (_nearest(end, len(cells)) for end in strip.span)
    cells[low : high + 1] = [("━", strip.tone)] * (high + 1 - low)


def _dots(strip: Strip) -> Sequence[tuple[float | None, str, Tone]]:
    return ((_known(strip.ring), "○", strip.tone), (_known(strip.dot), "●", strip.tone))


def _known(place: float | None) -> float | None:
    return place if place is not None and math.isfinite(place) else None


def _nearest(place: float, width: int) -> int:
    return round(min(max(place, 0.0), 1.0) * (width - 1))


def _joined(cells: _Cells) -> list[Words]:
    """Return neighbours of one tone as one piece."""
    pieces: list[Words] = []
    for glyph, tone in cells:
        if pieces and pieces[-1].tone == tone:
            pieces[-1] = Words(pieces[-1].text + glyph, tone)
        else:
            pieces.append(Words(glyph, tone))
    return pieces
