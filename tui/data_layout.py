"""Where the Data screen puts pictures: as large as they can be with all classes in sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tui.tiles import tile_height

LABEL = 9  # cells before augmented pictures
WIDTHS = (40, 32, 28, 24, 20, 16, 14, 12, 10, 8)  # of pictures, in cells
_SMALLEST = 12  # that a picture is made by itself so that all classes fit
_LEAST_ACROSS = 3  # pictures of a class that should stand side by side
_MOST_DRAWS = 5


class Size(NamedTuple):
    """Columns and rows that there are."""

    width: int
    height: int


@dataclass(frozen=True)
class Layout:
    """Where pictures of classes go: `blocks` columns of `down` classes, `across` pictures each."""

    tile: Size
    blocks: int
    down: int
    across: int

    @property
    def classes(self) -> int:
        """How many classes are seen at once."""
        return self.blocks * self.down

    @property
    def cells(self) -> int:
        """How many cells pictures cover."""
        return self.classes * self.across * self.tile.width * self.tile.height


def lay_out(num_classes: int, shape: tuple[int, ...], size: Size, zoom: int = 0) -> Layout:
    """Return the layout with the largest pictures that shows all classes, or else many.

    Args:
        num_classes: how many rows of pictures there are to show.
        shape: of the pictures, (H, W, ...).
        size: of the place.
        zoom: steps in `WIDTHS` that pictures should be larger, or smaller if negative.
    """
    widths = [width for width in WIDTHS if width <= max(size.width, WIDTHS[-1])]
    readable = [width for width in widths if width >= _SMALLEST] or widths[-1:]
    usual = _usual(num_classes, shape, size, readable)
    if not zoom:
        return usual
    place = widths.index(usual.tile.width) - zoom
    return _in_blocks(usual.blocks, shape, size, widths[min(max(place, 0), len(widths) - 1)])


def _usual(num_classes: int, shape: tuple[int, ...], size: Size, widths: Sequence[int]) -> Layout:
    """Return the layout that is taken where nobody asked for larger or smaller pictures."""
    for width in widths:
        laid = _all_classes(num_classes, shape, size, width)
        if laid is not None:
            return laid
    blocks = max(size.width // 72, 1)
    some = [_in_blocks(blocks, shape, size, width) for width in widths[-4:]]
    return max(some, key=lambda laid: laid.cells)


def _all_classes(num_classes: int, shape: tuple[int, ...], size: Size, width: int) -> Layout | None:
    """Return a layout with pictures of a width where all classes are seen, if there is one."""
    for blocks in range(1, 5):
        laid = _in_blocks(blocks, shape, size, width)
        if laid.across < _LEAST_ACROSS:
            return None
        if laid.classes >= num_classes:
            return Layout(laid.tile, blocks, -(-num_classes // blocks), laid.across)
    return None


def _in_blocks(blocks: int, shape: tuple[int, ...], size: Size, width: int) -> Layout:
    height = tile_height(shape, width)
    apart = -1 if blocks > 1 else 1  # columns of classes stand two cells apart
    across = max((size.width // blocks + apart) // (width + 1), 1)
    return Layout(Size(width, height), blocks, max(size.height // (height + 1), 1), across)


def grid(count: int, shape: tuple[int, ...], size: Size) -> Layout:
    """Return the layout of single pictures with a line below each, as large as all of them fit."""
    for width in WIDTHS:
        height = tile_height(shape, width)
        across = max((size.width + 1) // (width + 1), 1)
        down = max(size.height // (height + 1), 1)
        if across * down >= count or width == _SMALLEST:
            break
    return Layout(Size(width, height), across, down, across)


def augment_layout(shape: tuple[int, ...], size: Size) -> tuple[int, int, int]:
    """Return the width of pictures, how many stand side by side, and how many draws fit below."""
    for width in WIDTHS:
        height = tile_height(shape, width)
        across = (size.width - LABEL) // (width + 1)
        draws = (size.height - 3 - height) // (height + 1)  # a line of settings, one of names
        if (across >= 4 and draws >= 2) or width == _SMALLEST:
            break
    return width, max(across, 1), min(max(draws, 1), _MOST_DRAWS)
