"""How a confusion matrix is laid out, coloured and told in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

from tui import format as fmt
from tui.inks import Inks
from tui.predicted import Matrix, Norm, difference, improvement, normalised

MOST_CLASSES = 20  # more are listed as pairs
_SHORTEST_LABEL, _LONGEST_LABEL = 5, 16
_MARGIN = 9  # cells of the column, and rows of the line, that sum up
_WIDEST = {1: 8, 2: 10, 3: 12, 4: 13, 5: 13}  # cells of a box, by its rows
_WHOLE_COUNT = 9_999  # larger counts would make the boxes too wide


@dataclass(frozen=True, eq=False)
class Shown:
    """A matrix as it is looked at; with `before`, as the change from that one."""

    classes: Sequence[str]
    matrix: Matrix
    norm: Norm
    before: Matrix | None = None

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The number in each cell, (K, K)."""
        if self.before is None:
            return normalised(self.matrix, self.norm)
        return difference(self.matrix, self.before, self.norm)


@dataclass(frozen=True)
class Layout:
    """Where a matrix stands: cells of its labels, and of each box; rows of each box.

    `margin` tells whether recall stands beside it and precision below, `first` is the first class
    in the rows that are seen.
    """

    label: int
    width: int
    height: int
    headings: tuple[str, ...] = field(repr=False)
    margins: tuple[bool, bool] = (False, False)
    first: int = 0
    seen: int = 0

    @property
    def columns(self) -> int:
        """All cells of a line."""
        return self.label + self.width * len(self.headings) + _MARGIN * self.margins[0]

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Return the row and column of the matrix at a place, its headings being line 0."""
        row, column = (y - 1) // self.height, (x - self.label) // self.width
        inside = 0 <= column < len(self.headings) and 0 <= row < self.seen
        return (row + self.first, column) if y > 0 and x >= self.label and inside else None


def fit(shown: Shown, size: tuple[int, int], row: int = 0, first: int = 0) -> Layout | None:
    """Return the layout for columns and lines, with a row in sight, or None if it does not fit."""
    num_classes, (width, lines) = len(shown.classes), size
    least = max(_text_width(shown) + 1, len(str(num_classes - 1)) + 1, 3)
    labels = max(map(len, shown.classes))
    room = width - least * num_classes - 2
    if num_classes > MOST_CLASSES or room < min(labels, 4) or lines < 4:
        return None
    box_rows = min(max(1, (lines - 1) // num_classes), max(_WIDEST))
    widest = min(_WIDEST[box_rows], (width - 2 - min(labels, room, 8)) // num_classes)
    box = max(least, widest if labels > 3 or box_rows > 1 else min(widest, 6))
    short = short_names(shown.classes, box - 1)
    names = short if short else tuple(str(number) for number in range(num_classes))
    longest = max(labels + (0 if short else 3), _SHORTEST_LABEL)
    label = min(longest, _LONGEST_LABEL, width - box * num_classes - 2) + 2
    seen = min(num_classes, (lines - 1) // box_rows)
    first = max(0, min(max(first, row - seen + 1), row, num_classes - seen))
    margins = (
        label + box * num_classes + _MARGIN <= width, lines > 1 + num_classes * box_rows,
    )  # fmt: skip
    return Layout(label, box, box_rows, names, margins, first, seen)


def short_names(classes: Sequence[str], width: int) -> tuple[str, ...] | None:
    """Return the names in at most `width` cells each, all different, or None if that is too short.

    A name that is too long is cut, to its first word if that tells enough.
    """
    if max(map(len, classes)) <= width:
        return tuple(classes)
    if width < 3:
        return None
    for shorten in (_first_word, str):
        names = tuple(name if len(name) <= width else shorten(name)[:width] for name in classes)
        if len(set(names)) == len(names):
            return names
    return None


def _first_word(name: str) -> str:
    words = name.replace("/", " ").replace("_", " ").split()
    return words[0] if words and len(words[0]) >= 3 else name


def _text_width(shown: Shown) -> int:
    if shown.norm == "counts":
        most = int(np.abs(shown.values).max(initial=0))
        return min(len(str(most)), len(str(_WHOLE_COUNT)) + 1) + (shown.before is not None)
    return 3 + (shown.before is not None)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A matrix on its way to the screen, with one cell chosen."""

    shown: Shown
    layout: Layout
    cursor: tuple[int, int]
    inks: Inks

    def lines(self) -> list[Text]:
        """Return the headings, the rows of the matrix that are seen, and the precision."""
        strengths, layout = _strengths(self.shown), self.layout
        drawn = [self._headings()]
        for row in range(layout.first, layout.first + layout.seen):
            middle = (layout.height - 1) // 2
            styles = [self._style(row, column, strengths) for column in range(len(strengths))]
            drawn += [self._row(row, styles, line == middle) for line in range(layout.height)]
        if layout.margins[1]:
            drawn.append(self._precision())
        return drawn

    def number(self, at: tuple[int, int]) -> str:
        """Return what stands in a cell."""
        value, roomy = float(self.shown.values[at]), self.layout.width >= 7
        if value == 0:
            return self.inks.nothing
        sign = "" if self.shown.before is None else "+" if value > 0 else self.inks.minus
        if self.shown.norm == "counts":
            count = round(abs(value))
            return sign + (str(count) if count <= _WHOLE_COUNT else fmt.short_count(count))
        if abs(value) < 0.005 and not roomy:
            return f"{sign}<1"
        digits = 1 if roomy and abs(value) < 0.9995 else 0
        return sign + fmt.percent(abs(value), digits).removesuffix(" %")

    def _headings(self) -> Text:
        layout = self.layout
        corner = "true / called" if self.inks.ascii_only else "true ↓ called →"
        corner = corner if len(corner) < layout.label else ""
        line = Text(corner.ljust(layout.label), no_wrap=True)
        line.stylize("dim")
        for column, name in enumerate(layout.headings):
            line.append(name.center(layout.width), self._name_style(column == self.cursor[1]))
        if layout.margins[0]:
            line.append("recall".rjust(_MARGIN), "dim")
        return line

    def _name_style(self, is_chosen: bool) -> str:
        return f"bold {self.inks.palette.accent}" if is_chosen else "bold"

    def _row(self, row: int, styles: Sequence[Style], is_middle: bool) -> Text:
        """Return a line of a row's boxes; its numbers stand in the middle one."""
        shown, layout = self.shown, self.layout
        label = self._label(row) if is_middle else ""
        line = Text(no_wrap=True)
        line.append(label.ljust(layout.label), self._name_style(row == self.cursor[0]))
        for column, style in enumerate(styles):
            text = self.number((row, column)) if is_middle else ""
            is_chosen = (row, column) == self.cursor
            line.append(_boxed(text, layout.width, is_chosen, _text_width(shown)), style)
        if layout.margins[0] and is_middle:
            line.append(self._part(shown.matrix[row], row, 1, " %").rjust(_MARGIN), "dim")
        return line

    def _label(self, row: int) -> str:
        name, room = self.shown.classes[row], self.layout.label - 2
        if self.layout.headings[row] == str(row) != name:
            name = f"{row:>2} {name}"
        return self.inks.cut(name, room)

    def _style(self, row: int, column: int, strengths: NDArray[np.float64]) -> Style:
        if (row, column) == self.cursor:
            return self.inks.chosen
        strength = float(strengths[row, column])
        if strength == 0:
            return Style(dim=True)
        color = self.inks.palette.good if strength > 0 else self.inks.palette.bad
        return self.inks.box(color, 0.12 + 0.6 * abs(strength))

    def _precision(self) -> Text:
        layout = self.layout
        columns, digits = self.shown.matrix.T, 1 if layout.width >= 8 else 0
        parts = [self._part(column, at, digits) for at, column in enumerate(columns)]
        text = "".join(part.center(layout.width) for part in parts)
        title = "precision" if layout.label > len("precision") else "prec."
        return Text(title.ljust(layout.label)[: layout.label] + text, style="dim")

    def _part(self, counts: NDArray[np.int64], at: int, digits: int, unit: str = "") -> str:
        """Return the part of one class as a percent, if there is anything it is a part of."""
        whole = int(counts.sum())
        if not whole:
            return self.inks.nothing
        return fmt.percent(int(counts[at]) / whole, digits).removesuffix(" %") + unit


def _strengths(shown: Shown) -> NDArray[np.float64]:
    """Return how strongly each cell is coloured, in [-1, 1]; below 0 for what is bad."""
    if shown.before is not None:
        worth = improvement(shown.values)
        return np.sign(worth) * np.sqrt(np.abs(worth) / max(float(np.abs(worth).max()), 1e-12))
    share = normalised(shown.matrix, "rows" if shown.norm == "counts" else shown.norm)
    return np.where(np.eye(len(share), dtype=bool), share, -np.sqrt(share))


def _boxed(text: str, width: int, is_chosen: bool, usual: int) -> str:
    """Return a number in the middle of its box, those of a column below each other."""
    text = text.rjust(min(usual, width - 1))
    if not is_chosen or not text.strip():
        return text.rjust((width + usual) // 2).ljust(width)
    bare = text.strip()
    after = width - (width + usual) // 2
    marked = f"[{bare}]" if after else f"[{bare}"
    return marked.rjust((width + usual) // 2 + min(after, 1)).ljust(width)


def told(shown: Shown, at: tuple[int, int], then: str = "") -> str:
    """Return the sentence that a cell says; `then` names the epoch that is compared with."""
    true, called = shown.classes[at[0]], shown.classes[at[1]]
    count = int(shown.matrix[at])
    if shown.before is not None:
        return _told_change(count, int(shown.before[at]), (true, called), then)
    if shown.norm == "columns":
        whole = int(shown.matrix[:, at[1]].sum())
        share = fmt.percent(count / max(whole, 1), 0)
        return f"{count} of {_pictures(whole)} that were called {called} are {true}, {share}."
    whole = int(shown.matrix[at[0]].sum())
    share = fmt.percent(count / max(whole, 1), 0)
    verb = "was" if count == 1 else "were"
    done = "recognised" if at[0] == at[1] else f"called {called}"
    return f"{count} of {_pictures(whole)} of {true} {verb} {done}, {share}."


def _told_change(now: int, before: int, names: tuple[str, str], then: str) -> str:
    true, called = names
    done = "recognised" if true == called else f"called {called}"
    if now == before:
        return f"As many pictures of {true} are {done} as {then}: {now}."
    word = "more" if now > before else "fewer"
    changed = f"{abs(now - before)} {word} {'picture' if abs(now - before) == 1 else 'pictures'}"
    return f"{changed} of {true} {done} than {then}: {now} now, {before} then."


def _pictures(count: int) -> str:
    return f"{fmt.count(count)} picture{'s' * (count != 1)}"
