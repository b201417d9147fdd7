import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.data.pictures import decode, is_colour, settle_warnings
from engine.errors import DataError


def save(path: Path, pixels: NDArray[Any]) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def test_pixels_come_as_height_width_channels(tmp_path: Path) -> None:
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    path = save(tmp_path / "a.png", pixels)
    assert (decode(path, 3, None) == pixels).all()
    assert decode(path, 1, None).shape == (4, 5, 1)


def test_grey_becomes_three_equal_channels(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.arange(16, dtype=np.uint8).reshape(4, 4))
    grey, colour = decode(path, 1, None), decode(path, 3, None)
    assert (colour == grey).all()
    assert not is_colour(path)


def test_sixteen_bits_keep_the_upper_eight(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.array([[0, 255, 256, 65535]], dtype=np.uint16))
    assert decode(path, 1, None).ravel().tolist() == [0, 0, 1, 255]
    assert not is_colour(path)


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.array([[[10, 20, 30, 255], [0, 0, 0, 0]]], dtype=np.uint8))
    assert decode(path, 3, None)[0].tolist() == [[10, 20, 30], [255, 255, 255]]
    assert decode(path, 1, None)[0, 1].tolist() == [255]


def test_a_palette_gives_its_colours(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([1, 2, 3, 200, 100, 50])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png", 3, None)[0].tolist() == [[1, 2, 3], [200, 100, 50]]


@pytest.mark.parametrize("mode", ["1", "CMYK", "YCbCr", "LA"])
def test_other_modes_are_converted(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif"
    Image.new("L", (4, 4), 255).convert(mode).save(path)
    assert decode(path, 3, None).min() >= 254


def test_exif_turns_a_picture_upright(tmp_path: Path) -> None:
    image = Image.new("L", (6, 4), 0)
    exif = image.getexif()
    exif[0x0112] = 6  # turned by 90 degrees
    image.save(tmp_path / "a.jpg", exif=exif)
    assert decode(tmp_path / "a.jpg", 1, None).shape == (6, 4, 1)


def test_a_large_photo_is_resized_with_antialiasing(tmp_path: Path) -> None:
    stripes = np.tile(np.array([0, 255], dtype=np.uint8), (256, 128))
    path = save(tmp_path / "a.jpg", stripes)
    small = decode(path, 1, 16)
    assert small.shape == (16, 16, 1)
    assert np.abs(small.astype(int) - 127).max() < 12


def test_a_truncated_jpeg_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    Image.effect_noise((32, 32), 50).save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match=r"cut\.jpg' cannot be decoded .*truncated"):
        decode(path, 3, None)


def test_text_called_png_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("buy milk")
    with pytest.raises(DataError, match=r"notes\.png' is not a picture"):
        decode(tmp_path / "notes.png", 3, None)


def test_a_vanished_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.png' vanished"):
        decode(tmp_path / "gone.png", 3, None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = save(tmp_path / "secret.png", np.zeros((4, 4), dtype=np.uint8))
    path.chmod(0)
    with pytest.raises(DataError, match=r"secret\.png' cannot be read: Permission denied"):
        decode(path, 3, None)


def test_a_folder_called_png_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(DataError, match=r"a\.png' cannot be decoded .*directory"):
        decode(tmp_path / "a.png", 3, None)


def test_floating_point_pixels_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tif", np.zeros((4, 4), dtype=np.float32))
    with pytest.raises(DataError, match="floating-point"):
        decode(path, 1, None)


@pytest.mark.parametrize("factor", [0.6, 0.4])  # PIL only warns up to twice its limit
def test_a_decompression_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    settle_warnings()
    path = save(tmp_path / "bomb.png", np.zeros((40, 40), dtype=np.uint8))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", int(1600 * factor))
    with pytest.raises(DataError, match=r"bomb\.png' has more than .* pixels"):
        decode(path, 1, None)
