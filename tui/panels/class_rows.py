"""The rows of the class panel as text: a heat strip, the scores beside it, and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from tui import format as fmt
from tui import heat
from tui.class_history import ClassHistory
from tui.palette import Palette
from tui.plot.curve import Chart, Curve, Mark
from tui.ticks import percent_text

ORDERS = ("class", "worst F1 first", "biggest loss first")
_WIDE = 100  # columns from which on there is room for the number of pictures
_COLUMNS = (("precision", 11), ("recall", 9), ("F1", 9), ("from best", 11))
_PICTURES = ("pictures", 10)
_WIDEST_NAME, _WIDEST_CELL, _LEAST_STRIP = 24, 16, 8
_NO_LOSS = 5e-4  # what rounds to no points at all


@dataclass(frozen=True)
class ClassTable:
    """What is drawn of all classes at one epoch, in some order, in `width` columns.

    `epochs` is how many the run is to have; `order` holds the numbers of the classes.
    """

    names: Sequence[str]
    past: ClassHistory
    epoch: int
    epochs: int
    width: int
    palette: Palette
    ascii_only: bool
    order_name: str

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """The numbers of the classes, from the first row to the last."""
        now = self.past.scores.f1[self.epoch - 1]
        if self.order_name == ORDERS[1]:
            return np.argsort(now, kind="stable")
        if self.order_name == ORDERS[2]:
            return np.argsort(now - self._best, kind="stable")
        return np.arange(len(self.names))

    @cached_property
    def _best(self) -> NDArray[np.float64]:
        best: NDArray[np.float64] = self.past.scores.f1[: self.epoch].max(axis=0)
        return best

    @cached_property
    def _columns(self) -> tuple[tuple[str, int], ...]:
        return (*_COLUMNS, _PICTURES) if self.width >= _WIDE else _COLUMNS

    @cached_property
    def _name_width(self) -> int:
        share = _WIDEST_NAME if self.width >= _WIDE else _WIDEST_NAME // 2
        return min(max(5, *map(len, self.names)), share)

    @cached_property
    def _strip_room(self) -> int:
        taken = self._name_width + 2 + sum(width for _, width in self._columns)
        return max(self.width - taken, _LEAST_STRIP)

    @cached_property
    def _cells(self) -> NDArray[np.float64]:
        """The recall in each cell of the strip (cells, K)."""
        return heat.fitted(self.past.scores.recall, self._strip_room)

    @cached_property
    def _cell_width(self) -> int:
        wanted = max(min(self.epochs, self._strip_room), len(self._cells))
        return min(max(self._strip_room // wanted, 1), _WIDEST_CELL)

    @cached_property
    def _strip_width(self) -> int:
        whole = max(min(self.epochs, self._strip_room), len(self._cells))
        return max(whole * self._cell_width, _LEAST_STRIP)

    @cached_property
    def _levels(self) -> NDArray[np.int64]:
        return self._scale.levels(self._cells)

    @cached_property
    def _scale(self) -> heat.Scale:
        return heat.scale_of(self._cells)

    @cached_property
    def _signs(self) -> list[tuple[str, str]]:
        """A character and a colour for each level."""
        signs, colours = heat.characters(self.ascii_only), heat.colours(self.palette)
        return list(zip(signs, colours, strict=True))

    def about(self) -> Text:
        """Return what the strip shows, in as many words as fit."""
        low, high = fmt.percent(self._scale.low, 0), fmt.percent(self._scale.high, 0)
        legend = Text.assemble(f"recall {low} ", *self._signs, f" {high}")
        newest = " (newest)" if self.epoch == len(self.past) else f" of {len(self.past)}"
        parts = [legend, Text(f"epoch {self.epoch}{newest}"), Text(f"order: {self.order_name}")]
        if len(self.past) > len(self._cells):
            number = -(-len(self.past) // len(self._cells))
            parts.append(Text(f"each cell the lowest of {number} epochs"))
        line = parts[0]
        for part in parts[1:]:
            if line.cell_len + part.cell_len + 3 <= self.width:
                line = Text.assemble(line, "   ", part)
        return line

    def heading(self) -> Text:
        """Return the line over the rows: epochs over the strip, the followed one marked."""
        over = self._over_strip()
        titles = "".join(title.rjust(width) for title, width in self._columns)
        return Text.assemble(("class".ljust(self._name_width), "dim"), "  ", over, (titles, "dim"))

    def _over_strip(self) -> Text:
        done = len(self._cells) * self._cell_width
        first, last = "1", str(len(self.past))
        line = first.ljust(done)
        if done >= len(first) + len(last) + 1:
            line = first + last.rjust(done - len(first))
        line = line.ljust(self._strip_width)
        if self.epoch == len(self.past):
            return Text(line, style="dim")
        place = (self.epoch * len(self._cells) - 1) // len(self.past) * self._cell_width
        mark = "v" if self.ascii_only else "▼"
        return Text.assemble((line[:place], "dim"), (mark, f"bold {self.palette.mark}"),
                             (line[place + 1 :], "dim"))  # fmt: skip

    def row(self, index: int) -> Text:
        """Return the row of the class at a place in the order."""
        number = int(self.order[index])
        name = _cut(self.names[number], self._name_width, self.ascii_only)
        line = Text(f"{name.ljust(self._name_width)}  ", no_wrap=True)
        for level in self._levels[:, number]:
            sign, colour = self._signs[level]
            line.append(sign * self._cell_width, colour)
        rest = self._strip_width - len(self._cells) * self._cell_width
        line.append(("." if self.ascii_only else "·") * rest, "dim")
        return line.append_text(self._figures(number))

    def _figures(self, number: int) -> Text:
        scores, at = self.past.scores, self.epoch - 1
        f1, best = float(scores.f1[at, number]), float(self._best[number])
        texts = [fmt.percent(float(values[at, number]), 1) for values in
                 (scores.precision, scores.recall, scores.f1)]  # fmt: skip
        texts.append("best" if best - f1 < _NO_LOSS else f"{100 * (f1 - best):.1f}")
        styles = ["", "", "bold", self.palette.good if best - f1 < _NO_LOSS else self.palette.bad]
        if len(self._columns) > len(texts):
            texts.append(fmt.count(self.past.counts(self.epoch, number)[0]))
            styles.append("dim")
        cells = zip(texts, styles, self._columns, strict=True)
        return Text.assemble(*[(text.rjust(width), style) for text, style, (_, width) in cells])

    def sentence(self, index: int) -> Text:
        """Return what a row says, in words."""
        number = int(self.order[index])
        support, predicted, correct = self.past.counts(self.epoch, number)
        f1, best = self.past.scores.f1[: self.epoch, number], float(self._best[number])
        name = self.names[number]
        place = int((self.past.scores.f1[self.epoch - 1] < f1[-1]).sum())
        rank = f"{_ordinal(place + 1)} lowest" if place else "the lowest"
        text = Text.assemble(
            (name, "bold"), f" at epoch {self.epoch}: {fmt.count(correct)} of {fmt.count(support)} "
            f"val pictures recognised, {_called(predicted, correct)}. F1 "
            f"{fmt.percent(float(f1[-1]), 1)} is {rank} of {len(self.names)}",
        )  # fmt: skip
        if best - f1[-1] < _NO_LOSS:
            return text.append(", its best so far.")
        when = int(np.argmax(f1)) + 1
        return text.append(f", {100 * (best - float(f1[-1])):.1f} points below epoch {when}.")

    def chart(self, number: int) -> Chart:
        """Return precision, recall and F1 of a class over the epochs."""
        scores, colours = self.past.scores, self.palette.runs
        epochs = np.arange(1, len(self.past) + 1)
        values = {"precision": scores.precision, "recall": scores.recall, "F1": scores.f1}
        curves = [
            Curve(name, epochs, each[:, number].copy(), colour)  # the table is written over
            for (name, each), colour in zip(values.items(), colours, strict=False)
        ]
        is_back = self.epoch < len(self.past)
        marks = [Mark(self.epoch, f"epoch {self.epoch}", self.palette.mark)] * is_back
        title = f"{self.names[number]} on val"
        return Chart(title, curves, y_text=percent_text, y_bounds=(0.0, 1.0), marks=marks)


def _called(predicted: int, correct: int) -> str:
    """Return how often others were taken for the class."""
    wrong = predicted - correct
    return f"{fmt.count(wrong)} other{'s' * (wrong != 1)} taken for it"


def _ordinal(number: int) -> str:
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{last or 'th'}"


def _cut(name: str, width: int, ascii_only: bool) -> str:
    return name if len(name) <= width else name[: width - 1] + ("~" if ascii_only else "…")
