"""A grid of cells with fine dots in each: 2 by 4 in braille, one where characters are drawn."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.plot.curve import Array
from tui.plot.pens import Pen
from tui.plot.points import Columns

_BITS = ((0, 3), (1, 4), (2, 5), (6, 7))  # of each dot of a cell in Unicode's braille
_BRAILLE = np.array([" ", *(chr(0x2800 + code) for code in range(1, 256))])
_NOBODY = -1
_Rows = NDArray[np.int64]


@dataclass
class Layer:
    """Dots of several owners; a cell shows those of its last owner, as it has but one colour."""

    codes: NDArray[np.uint8]  # (rows, columns)
    owners: NDArray[np.int16]  # (rows, columns)

    @classmethod
    def blank(cls, shape: tuple[int, int]) -> "Layer":
        """Return a layer without dots."""
        return cls(np.zeros(shape, np.uint8), np.full(shape, _NOBODY, np.int16))


class Canvas:
    """Where curves are drawn, by rows of dots counted from the top.

    There are three layers: ink hides what is faint in the same cell, which hides what is behind.

    Args:
        columns: cells from left to right.
        rows: cells from top to bottom.
        pen: what is drawn with.
    """

    def __init__(self, columns: int, rows: int, pen: Pen) -> None:
        self.cells = rows, columns
        self.fine = pen == "braille"
        across, down = (2, 4) if self.fine else (1, 1)
        self.width, self.height = across * columns, down * rows
        self.ink, self.faint, self.behind = (Layer.blank(self.cells) for _ in range(3))
        self._row = np.arange(self.height)[:, None]

    def put(self, layer: Layer, owner: int, dots: NDArray[np.bool_]) -> None:
        """Draw dots, (height, width), over what is in a layer."""
        codes = self._codes(dots)
        taken = codes > 0
        layer.codes[taken], layer.owners[taken] = codes[taken], owner

    def between(self, first: _Rows, last: _Rows) -> NDArray[np.bool_]:
        """Return the dots of vertical runs, one for each column of dots; none if last < first."""
        return (self._row >= first) & (self._row <= last)

    def at(self, rows: _Rows, columns: _Rows) -> NDArray[np.bool_]:
        """Return single dots."""
        dots = np.zeros((self.height, self.width), bool)
        dots[rows, columns] = True
        return dots

    def _codes(self, dots: NDArray[np.bool_]) -> NDArray[np.uint8]:
        if not self.fine:
            return dots.astype(np.uint8)
        dots = dots.view(np.uint8)
        codes = np.zeros(self.cells, np.uint8)
        for row, bits in enumerate(_BITS):
            for column, bit in enumerate(bits):
                codes |= dots[row::4, column::2] << np.uint8(bit)
        return codes

    def flattened(self, markers: list[str]) -> tuple[NDArray[np.str_], NDArray[np.int16]]:
        """Return characters and owners of all cells; -1 owns what is blank.

        Args:
            markers: the character of each owner, used where there are no fine dots.
        """
        codes, owners = self.behind.codes.copy(), self.behind.owners.copy()
        for layer in (self.faint, self.ink):
            over = layer.codes > 0
            codes[over], owners[over] = layer.codes[over], layer.owners[over]
        if self.fine:
            return _BRAILLE[codes], owners
        return np.array([*markers, " "])[owners], owners


def stretches(text: str, owners: NDArray[np.int16]) -> Iterator[tuple[str, int]]:
    """Yield a row as texts that have one owner each."""
    cuts = (np.flatnonzero(np.diff(owners)) + 1).tolist()
    whose = owners[[0, *cuts]].tolist()
    for start, end, owner in zip([0, *cuts], [*cuts, len(text)], whose, strict=True):
        yield text[start:end], owner


@dataclass(frozen=True)
class Rows:
    """From values to rows of dots: `low` at the bottom, `high` at the top."""

    low: float
    high: float
    height: int

    def of(self, values: Array) -> Array:
        """Return how many rows lie above each value, within the canvas; NaN stays."""
        rows = (self.high - values) / (self.high - self.low) * self.height
        return np.clip(rows, 0, np.nextafter(self.height, 0))


def line_runs(columns: Columns, rows: Rows) -> tuple[_Rows, _Rows]:
    """Return the first and last row of dots that a line takes in each column.

    From side to side it takes the dots whose middle it crosses, at least one; where there are
    points it takes all from the highest to the lowest.
    """
    left, right = rows.of(columns.left), rows.of(columns.right)
    one_sided = np.isnan(left) | np.isnan(right)  # a line begins or ends here, at a point
    top = np.fmin(left, right)
    bottom = np.fmax(left, right)
    first, last = np.ceil(top - 0.5), np.ceil(bottom - 0.5) - 1
    flat = last < first
    middle = np.floor((top + bottom) / 2)
    first, last = np.where(flat, middle, first), np.where(flat, middle, last)
    first = np.where(one_sided, np.floor(top), first)
    last = np.where(one_sided, np.floor(bottom), last)
    first = np.fmin(first, np.floor(rows.of(columns.highest)))
    last = np.fmax(last, np.floor(rows.of(columns.lowest)))
    return _whole(first, last)


def band_runs(lowest: Array, highest: Array, rows: Rows) -> tuple[_Rows, _Rows]:
    """Return the first and last row of dots of a band in each column."""
    return _whole(np.floor(rows.of(highest)), np.floor(rows.of(lowest)))


def _whole(first: Array, last: Array) -> tuple[_Rows, _Rows]:
    missing = np.isnan(first) | np.isnan(last)
    return (
        np.where(missing, 0, first).astype(np.int64),
        np.where(missing, -1, last).astype(np.int64),
    )
