"""The classes that are mixed up most, as a list; what is left of a matrix with many classes."""

from dataclasses import dataclass

from rich.text import Text

from tui import format as fmt
from tui.inks import Inks
from tui.matrix import Shown
from tui.predicted import pairs

_NUMBERS = 18  # cells of the two columns at the right
_ARROW = 4


@dataclass
class Pairs:
    """Pairs of classes, the most mixed up (or changed) first; one of them is chosen.

    `first` is the one in the first line.
    """

    shown: Shown
    cells: list[tuple[int, int]]
    chosen: int = 0
    first: int = 0
    seen: int = 0

    @classmethod
    def of(cls, shown: Shown, at: tuple[int, int] | None, first: int = 0) -> "Pairs":
        """Return the pairs of a matrix; the one at a cell is chosen if it is among them.

        `first` is the one that was seen first before.
        """
        cells = pairs(shown.values if shown.before is not None else shown.matrix)
        return cls(shown, cells, cells.index(at) if at in cells else 0, first)

    @property
    def at(self) -> tuple[int, int] | None:
        """The cell of the chosen pair, or None if nothing is mixed up."""
        return self.cells[self.chosen] if self.cells else None

    def moved(self, by: int) -> tuple[int, int] | None:
        """Return the cell of the pair so many lines below."""
        if not self.cells:
            return None
        return self.cells[min(max(self.chosen + by, 0), len(self.cells) - 1)]

    def at_line(self, y: int) -> tuple[int, int] | None:
        """Return the cell of the pair in a line, the headings being line 0."""
        place = y - 1 + self.first
        return self.cells[place] if 1 <= y <= self.seen and place < len(self.cells) else None

    def lines(self, width: int, height: int, inks: Inks, with_cursor: bool = True) -> list[Text]:
        """Return the headings and as many pairs as fit, the chosen one among them."""
        self.seen = min(len(self.cells), max(0, height - 1))
        first = min(max(self.first, self.chosen - self.seen + 1), self.chosen)
        self.first = min(first, len(self.cells) - self.seen) if with_cursor else 0
        room = min(max(6, (width - _NUMBERS - _ARROW) // 2), 30)
        last = "change" if self.shown.before is not None else "of true"
        title = "true".ljust(room + _ARROW) + "called".ljust(room) + f"{'pictures':>9}{last:>9}"
        drawn = [Text(title, style="dim", no_wrap=True)]
        for place in range(self.first, self.first + self.seen):
            drawn.append(self._line(self.cells[place], room, inks))
            if with_cursor and place == self.chosen:
                drawn[-1].stylize(inks.chosen)
        if not self.cells:
            drawn.append(Text("no class is taken for another", style="dim"))
        return drawn

    def _line(self, at: tuple[int, int], room: int, inks: Inks) -> Text:
        shown = self.shown
        count = int(shown.matrix[at])
        if shown.before is None:
            last = fmt.percent(count / int(shown.matrix[at[0]].sum()), 0)
            color = inks.palette.bad
        else:
            change = count - int(shown.before[at])
            last = f"{change:+}".replace("-", inks.minus)
            color = inks.palette.bad if change > 0 else inks.palette.good
        arrow = " -> " if inks.ascii_only else "  → "
        names = [inks.cut(shown.classes[number], room).ljust(room) for number in at]
        line = Text(arrow.join(names) + fmt.count(count).rjust(9), no_wrap=True)
        return line.append(last.rjust(9), "" if inks.plain else color)
