"""Pictures as text: two pixels a cell in half-blocks, or characters where there is no colour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

Image = NDArray[np.uint8]  # (H, W, C), one channel is grey

_RAMP = " .:-=+*#%@"
_GAP = 2


def half_blocks(image: Image, width: int) -> list[Text]:
    """Return lines of `width` cells, the upper pixel of each as foreground of `▀`."""
    rows = _resized(image, width, cell_height=2).tolist()
    below = [*rows[1::2], [None] * width]  # an odd height leaves the last row's lower half free
    return [_line(upper, lower) for upper, lower in zip(rows[::2], below, strict=False)]


def characters(image: Image, width: int) -> list[Text]:
    """Return lines of `width` characters, the brighter the denser, for terminals without colour."""
    luminance = _resized(image, width, cell_height=1) @ np.array([0.299, 0.587, 0.114])
    levels = np.rint(luminance / 255 * (len(_RAMP) - 1)).astype(int)
    return [Text("".join(_RAMP[level] for level in row)) for row in levels.tolist()]


def _resized(image: Image, width: int, cell_height: int) -> NDArray[np.uint8]:
    """Return (h, width, 3) pixels, `cell_height` to a cell; large pictures are averaged down."""
    from PIL import Image as Pillow

    assert image.dtype == np.dtype(np.uint8), "pixels are uint8"
    channels = image[..., :3] if image.shape[2] > 2 else image[..., :1]
    rgb = np.ascontiguousarray(np.broadcast_to(channels, (*image.shape[:2], 3)))
    height = max(1, round(image.shape[0] / image.shape[1] * width / 2 * cell_height))
    return np.asarray(Pillow.fromarray(rgb).resize((width, height), Pillow.Resampling.BOX))


def _line(upper: Sequence[list[int]], lower: Sequence[list[int] | None]) -> Text:
    line = Text(no_wrap=True, end="")
    for above, below in zip(upper, lower, strict=True):
        line.append("▀", Style(color=_color(*above), bgcolor=_color(*below) if below else None))
    return line


@lru_cache(maxsize=4096)
def _color(red: int, green: int, blue: int) -> Color:
    return Color.from_rgb(red, green, blue)


@dataclass(frozen=True)
class Grid:
    """Pictures with captions below them, as many a row as fit.

    `images` are (H, W, C) uint8 each; a caption's lines are cut to `width` cells, the width of
    every picture.
    """

    images: Sequence[Image]
    captions: Sequence[str | Text]
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        in_colour = console.color_system and not console.no_color and not options.ascii_only
        draw = half_blocks if in_colour else characters
        width = min(self.width, options.max_width)
        num_columns = per_row(width, options.max_width)
        tiles = [
            draw(image, width) + _caption(caption, width)
            for image, caption in zip(self.images, self.captions, strict=True)
        ]
        for first in range(0, len(tiles), num_columns):
            yield from _row(tiles[first : first + num_columns], width)
            yield Text()


def per_row(width: int, available: int) -> int:
    """Return how many pictures of `width` cells stand side by side in `available` cells."""
    return max(1, (available + _GAP) // (width + _GAP))


def _caption(caption: str | Text, width: int) -> list[Text]:
    text = caption if isinstance(caption, Text) else Text(caption)
    lines = list(text.split("\n"))
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return lines


def _row(tiles: Sequence[list[Text]], width: int) -> Iterator[Text]:
    for number in range(max(map(len, tiles))):
        line = Text(no_wrap=True)
        for position, tile in enumerate(tiles):
            cell = tile[number].copy() if number < len(tile) else Text()
            if position < len(tiles) - 1:
                cell.align("left", width)
                cell.append(" " * _GAP)
            line.append_text(cell)
        yield line


def grid(images: Sequence[Image], captions: Sequence[str | Text], width: int) -> Grid:
    """Return a renderable of pictures `width` cells wide; see `Grid`."""
    return Grid(images, captions, width)
