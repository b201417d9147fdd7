"""What the Data screen draws, as rows of segments: pictures by class, means, bars, augmentation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from tui import format as fmt
from tui.data_layout import LABEL, Layout, Size, grid
from tui.looking import PARTS, Looked
from tui.palette import Palette
from tui.tiles import Row, tile, tile_height

Images = NDArray[np.uint8]  # (N, H, W, C)

_BAR_NAME = 18  # cells
_BRIEF = 56  # cells below which bars have one number each
_FILLS = {"train": ("█", "█", "#"), "val": ("█", "▓", "="), "test": ("█", "░", ".")}


@dataclass(frozen=True)
class Pen:
    """How things are drawn on this terminal."""

    palette: Palette
    in_colour: bool
    ascii_only: bool

    @property
    def pictures_in_colour(self) -> bool:
        """Whether half-blocks can be used."""
        return self.in_colour and not self.ascii_only

    def fill(self, part: str) -> str:
        """Return the character of bars of a part; without colour it tells parts apart."""
        solid, shaded, character = _FILLS[part]
        if self.ascii_only:
            return character
        return solid if self.in_colour else shaded

    def ink(self, part: str) -> Style:
        """Return the colour of a part; of what is no part, none."""
        palette = self.palette
        colours = {"train": palette.train, "val": palette.val, "test": palette.ghost}
        return Style(color=colours.get(part) if self.in_colour else None)

    def cut(self, text: str, width: int) -> Row:
        """Return a text in just so many cells."""
        if cell_len(text) > width:
            text = set_cell_size(text, width - 1) + ("~" if self.ascii_only else "…")
        return [Segment(set_cell_size(text, width))]


def samples(looked: Looked, part: str, laid: Layout, start: tuple[int, int], pen: Pen) -> list[Row]:
    """Return pictures by class.

    Args:
        looked: the set.
        part: train, val or test.
        laid: how they stand.
        start: the first class, and the first picture of each.
        pen: how to draw.
    """
    images, rows = looked.images(part), looked.rows[part]
    first_class, first = start
    shown = range(first_class, min(first_class + laid.classes, len(rows)))
    blocks = []
    for label in shown:
        chosen = _page(rows[label], first, laid.across)
        title = _title(looked.classes[label], f"{fmt.count(len(rows[label]))} {part}")
        tiles = [tile(images[row], laid.tile.width, pen.pictures_in_colour) for row in chosen]
        blocks.append([title, *_beside(tiles, laid.tile.width, 1)])
    width = laid.across * (laid.tile.width + 1) + 1
    columns = [_stacked(blocks[n : n + laid.down]) for n in range(0, len(blocks), laid.down)]
    return _beside(columns, width, 1)


def _page(rows: NDArray[np.int64], first: int, count: int) -> NDArray[np.int64]:
    """Return the rows from `first` on; past the end they begin again."""
    if not len(rows):
        return rows
    begin = first % max(-(-len(rows) // count) * count, 1)
    return rows[begin : begin + count]


def means(looked: Looked, pictures: Images, size: Size, first: int, pen: Pen) -> list[Row]:
    """Return the mean picture (K, H, W, C) of each class from `first` on, with their names."""
    laid = grid(len(pictures), looked.shape, size)
    blocks = [
        [
            *tile(picture, laid.tile.width, pen.pictures_in_colour),
            pen.cut(looked.classes[label], laid.tile.width),
        ]
        for label, picture in enumerate(pictures)
    ][first : first + laid.classes]
    lines = [blocks[n : n + laid.across] for n in range(0, len(blocks), laid.across)]
    return _stacked([_beside(line, laid.tile.width, 1) for line in lines])


@dataclass(frozen=True, eq=False)
class Augmented:
    """Pictures (N, H, W, C), and what each draw made of them, by what it is called."""

    originals: Images
    draws: Mapping[str, Images]
    names: Sequence[str]  # the class of each
    about: str


def augmented(shown: Augmented, width: int, pen: Pen) -> list[Row]:
    """Return what augmentation this is, originals, and below each what the draws made of it."""
    height = tile_height(shown.originals.shape[1:], width)
    bands = [(pen.cut("original", LABEL), shown.originals)]
    bands += [(pen.cut(name, LABEL), images) for name, images in shown.draws.items()]
    captions = [[pen.cut(name, width)] for name in shown.names]
    room = LABEL + len(captions) * (width + 1)
    rows = [[Segment(pen.cut(shown.about, room)[0].text.rstrip(), Style(dim=True))]]
    rows.append([Segment(" " * LABEL), *_beside(captions, width, 1)[0]])
    for label, images in bands:
        rows += [[]] * (label is not bands[0][0])
        tiles = _beside([tile(image, width, pen.pictures_in_colour) for image in images], width, 1)
        blank: Row = [Segment(" " * LABEL)]
        rows += [[*(label if n == height // 2 else blank), *line] for n, line in enumerate(tiles)]
    return rows


def balance(looked: Looked, size: Size, first: int, pen: Pen) -> list[Row]:
    """Return a bar for each class from `first` on, and above them what the colours mean."""
    counts = {part: looked.counts(part) for part in PARTS}
    totals = [sum(each) for each in zip(*counts.values(), strict=True)]
    shown = {"": totals} if size.width < _BRIEF else counts
    widths = {part: len(fmt.count(max(column))) + 2 for part, column in shown.items()}
    name = min(max(map(cell_len, looked.classes)), _BAR_NAME)
    room = max(size.width - name - 2 - sum(widths.values()), 4)
    rows = [*_legend(counts, totals, size.width, pen), []]
    spaced = 2 * len(totals) <= size.height - len(rows)
    for label in range(first, min(first + bars_per_page(size), len(totals))):
        bar = _bar([counts[part][label] for part in PARTS], max(totals), room, pen)
        numbers = [
            Segment(fmt.count(column[label]).rjust(widths[part]), pen.ink(part))
            for part, column in shown.items()
        ]
        rows.append([*pen.cut(looked.classes[label], name), Segment("  "), *bar, *numbers])
        rows += [[]] * spaced
    return rows


def bars_per_page(size: Size) -> int:
    """Return how many bars are seen at once."""
    return max(size.height - 3, 1)


def _legend(
    counts: Mapping[str, list[int]], totals: Sequence[int], width: int, pen: Pen
) -> list[Row]:
    row: Row = []
    for part in PARTS:
        number = "" if width < _BRIEF else f" {fmt.count(sum(counts[part]))}"
        row += [Segment(pen.fill(part) * 2, pen.ink(part)), Segment(f" {part}{number}   ")]
    ratio = max(totals) / max(min(totals), 1)
    text = "all classes are equal" if ratio < 1.005 else f"largest class {ratio:.2f} x smallest"
    return [row, [Segment(text, Style(dim=True))]]


def _bar(counts: Sequence[int], largest: int, room: int, pen: Pen) -> Row:
    """Return a bar of `room` cells for the largest class, in parts; ends are rounded together."""
    ends = np.rint(np.cumsum(counts) / max(largest, 1) * room).astype(int).tolist()
    row, last = [], 0
    for part, end in zip(PARTS, ends, strict=True):
        row.append(Segment(pen.fill(part) * (end - last), pen.ink(part)))
        last = end
    return [*row, Segment(" " * (room - last))]


def words(text: str, size: Size, style: Style) -> list[Row]:
    """Return a text in the middle, wrapped to a width that reads well."""
    import textwrap

    width = max(min(size.width - 4, 72), 10)
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, width) or [""]]
    left = " " * max((size.width - max(map(len, lines), default=0)) // 2, 0)
    above = max((size.height - len(lines)) // 3, 0)
    return [[]] * above + [[Segment(left + line, style)] for line in lines]


def _title(name: str, count: str) -> Row:
    return [Segment(name, Style(bold=True)), Segment(f"  {count}", Style(dim=True))]


def _stacked(blocks: Sequence[list[Row]]) -> list[Row]:
    return [row for block in blocks for row in block]


def _beside(blocks: Sequence[list[Row]], width: int, gap: int) -> list[Row]:
    """Return blocks side by side, each as wide as `width`, cut or filled up to it."""
    rows = []
    for parts in zip_longest(*blocks, fillvalue=[]):
        row: Row = []
        for part in parts:
            row += [*Segment.adjust_line_length(part, width), Segment(" " * gap)]
        rows.append(row)
    return rows
