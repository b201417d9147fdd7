"""Pictures as segments, for widgets that draw many of them: two pixels a cell, or characters."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

Row = list[Segment]

_RAMP = " .:-=+*#%@"
_LEVELS = 0xFC  # the upper six bits of a channel: nobody sees the rest, and styles repeat


def tile(image: NDArray[np.uint8], width: int, in_colour: bool) -> list[Row]:
    """Return a picture (H, W, C) as rows of `width` cells.

    In half-blocks `▀` of two pixels, or without colour in characters, the brighter the denser.
    """
    height = tile_height(image.shape, width)
    if not in_colour:
        luminance = _resized(image, width, height) @ np.array([0.299, 0.587, 0.114])
        levels = np.rint(luminance / 255 * (len(_RAMP) - 1)).astype(int)
        return [[Segment("".join(_RAMP[level] for level in row))] for row in levels.tolist()]
    pixels = (_resized(image, width, 2 * height) & _LEVELS).astype(np.int64)
    colors = (pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]).tolist()
    return [_row(upper, lower) for upper, lower in zip(colors[::2], colors[1::2], strict=True)]


def tile_height(shape: tuple[int, ...], width: int) -> int:
    """Return how many rows a picture of a shape (H, W, ...) takes that is `width` cells wide."""
    return max(1, round(shape[0] / shape[1] * width / 2))


def _resized(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return (height, width, 3) pixels; large pictures are averaged down."""
    from PIL import Image

    channels = image[..., :3] if image.shape[2] > 2 else image[..., :1]
    rgb = np.ascontiguousarray(np.broadcast_to(channels, (*image.shape[:2], 3)))
    return np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.BOX))


def _row(upper: list[int], lower: list[int]) -> Row:
    """Return a row of cells; neighbours of the same colours become one segment."""
    row: Row = []
    start, last = 0, (upper[0], lower[0])
    for place, pair in enumerate(zip(upper, lower, strict=True)):
        if pair != last:
            row.append(Segment("▀" * (place - start), _style(*last)))
            start, last = place, pair
    row.append(Segment("▀" * (len(upper) - start), _style(*last)))
    return row


@lru_cache(maxsize=1 << 15)
def _style(upper: int, lower: int) -> Style:
    return Style.from_color(_color(upper), _color(lower))


@lru_cache(maxsize=1 << 13)
def _color(rgb: int) -> Color:
    return Color.from_rgb(rgb >> 16, rgb >> 8 & 255, rgb & 255)
