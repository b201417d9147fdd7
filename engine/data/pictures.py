"""One picture: from a file to pixels, of the size and the channels that are asked for."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from engine.data.spec import Images
from engine.errors import DataError

EXTENSIONS = frozenset(
    [".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm",
     ".tif", ".tiff", ".webp"]
)  # fmt: skip
_GREY_MODES = frozenset(["1", "L", "LA", "La", "I", "I;16", "I;16L", "I;16B", "I;16N"])
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError,
            OverflowError, MemoryError, struct.error, zlib.error)  # fmt: skip


def settle_warnings() -> None:
    """Make PIL refuse pictures above its pixel limit, and be silent about odd metadata.

    For the whole process, since warnings cannot be settled for the decoding threads alone.
    """
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open a picture file; what goes wrong inside is told as a DataError that names the file.

    Raises:
        DataError: the file is gone, unreadable, no picture, damaged, or a decompression bomb.
    """
    try:
        with Image.open(path) as picture:
            yield picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DataError(
            f"picture {str(path)!r} has more than {Image.MAX_IMAGE_PIXELS:,} pixels "
            "(a decompression bomb?); remove it or make it smaller."
        ) from None
    except _DAMAGED as error:
        raise DataError(_sentence(path, error)) from None


def is_colour(path: Path) -> bool:
    """Tell by its header whether a picture file has colours."""
    with opened(path) as picture:
        return picture.mode not in _GREY_MODES


def decode(path: Path, channels: int, size: int | None) -> Images:
    """Return the pixels (H, W, C) of a file, upright by its EXIF data.

    Args:
        channels: 1 for grey, 3 for colour.
        size: pixels a side to resize to, or None to keep the picture's own size.
    """
    with opened(path) as picture:
        if size is not None:
            picture.draft(None, (2 * size, 2 * size))  # a JPEG decodes faster at a smaller scale
        return fit(ImageOps.exif_transpose(picture), channels, size)


def fit(picture: Image.Image, channels: int, size: int | None) -> Images:
    """Return a picture's pixels (H, W, C), converted and resized with antialiasing."""
    picture = _converted(picture, "L" if channels == 1 else "RGB")
    if size is not None and picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    pixels = np.asarray(picture)
    return pixels.reshape(*pixels.shape[:2], channels)


def _converted(picture: Image.Image, mode: str) -> Image.Image:
    """Convert to 8 bits; transparent parts become white, as on paper."""
    if picture.mode == mode:
        return picture
    if picture.mode == "F":
        raise ValueError("floating-point pixels; save it with 8 bits per channel")
    if picture.mode.startswith("I"):  # 16 bits, of which the upper 8 are kept
        pixels = np.asarray(picture).astype(np.int64).clip(0, 65535) >> 8
        picture = Image.fromarray(pixels.astype(np.uint8))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return picture.convert(mode)


def _sentence(path: Path, error: Exception) -> str:
    name = repr(str(path))
    if isinstance(error, FileNotFoundError):
        return f"picture {name} vanished while the folder was read; start again."
    if isinstance(error, PermissionError):
        return f"picture {name} cannot be read: {error.strerror}; change its permissions."
    if isinstance(error, UnidentifiedImageError):
        return f"{name} is not a picture, whatever its name says; remove it."
    return f"picture {name} cannot be decoded ({error}); remove or replace it."
