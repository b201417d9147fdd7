"""Scores as cells of a heat strip: a colour, a height and a character say the same thing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.palette import Palette

Scores = NDArray[np.float64]
_BLOCKS, _ASCII = "▁▂▃▄▅▆▇█", ".:-=+*#@"
LEVELS = len(_BLOCKS)
_BOUNDS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.0)
_LOW_QUANTILE = 0.1  # of the cells; the first epochs may lie below the scale


@dataclass(frozen=True)
class Scale:
    """Cells from `low` to `high`; what lies beyond is drawn like the end."""

    low: float
    high: float

    def levels(self, scores: Scores) -> NDArray[np.int64]:
        """Return the level of each score, 0 to `LEVELS` - 1."""
        share = (scores - self.low) / (self.high - self.low)
        return np.clip((share * LEVELS + 1e-9).astype(np.int64), 0, LEVELS - 1)


def scale_of(scores: Scores) -> Scale:
    """Return a scale with round ends that tells most of the scores apart."""
    if not scores.size:
        return Scale(0.0, 1.0)
    low, high = float(np.quantile(scores, _LOW_QUANTILE)), float(scores.max())
    below = [bound for bound in _BOUNDS[:-1] if bound <= low]
    above = [bound for bound in _BOUNDS[1:] if bound >= high and bound > below[-1]]
    return Scale(below[-1], above[0])


def fitted(scores: Scores, cells: int) -> Scores:
    """Return at most `cells` rows: each the lowest of as many epochs, the newest ones last.

    Args:
        scores: (E, ...) of E epochs.
        cells: how many there is room for.
    """
    number = len(scores)
    if number <= cells:
        return scores
    starts = np.arange(cells) * number // cells
    lowest: Scores = np.minimum.reduceat(scores, starts, axis=0)
    return lowest


def characters(ascii_only: bool) -> str:
    """Return the character of each level, lowest first."""
    return _ASCII if ascii_only else _BLOCKS


def colours(palette: Palette) -> tuple[str, ...]:
    """Return the colour of each level, from bad over doubtful to good."""
    half = (LEVELS - 1) / 2
    ends = (palette.bad, palette.warn, palette.good)
    return tuple(
        _between(ends[min(int(level / half), 1)], ends[min(int(level / half), 1) + 1],
                 level / half - min(int(level / half), 1))
        for level in range(LEVELS)
    )  # fmt: skip


def _between(first: str, second: str, share: float) -> str:
    parts = zip(_rgb(first), _rgb(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
