import io

import numpy as np
import pytest
from rich.console import Console

from tui.pictures import Image, characters, grid, half_blocks


def picture(height: int, width: int, value: int = 200, channels: int = 1) -> Image:
    return np.full((height, width, channels), value, np.uint8)


def rendered(renderable: object, width: int = 80, **options: object) -> str:
    file = io.StringIO()
    Console(file=file, width=width, **options).print(renderable)  # type: ignore[arg-type]
    return file.getvalue()


COLOUR = {"force_terminal": True, "color_system": "truecolor"}


@pytest.mark.parametrize(
    ("shape", "width", "rows"),
    [((28, 28), 28, 14), ((28, 28), 14, 7), ((8, 8), 16, 8), ((5, 5), 5, 3), ((10, 20), 20, 5)],
)
def test_a_picture_keeps_its_shape_at_two_pixels_a_cell(
    shape: tuple[int, int], width: int, rows: int
) -> None:
    lines = half_blocks(picture(*shape), width)

    assert [line.plain for line in lines] == ["▀" * width] * rows


def test_a_cell_has_the_upper_pixel_as_foreground_and_the_lower_as_background() -> None:
    image = np.array([[[255, 0, 0]], [[0, 0, 255]]], np.uint8)

    text = rendered(half_blocks(image, 1)[0], **COLOUR)

    assert "38;2;255;0;0;48;2;0;0;255" in text


def test_an_odd_height_leaves_the_last_lower_half_free() -> None:
    text = rendered(half_blocks(picture(1, 1), 1)[0], **COLOUR)

    assert "38;2;200;200;200m▀" in text
    assert "48;" not in text


def test_a_large_picture_is_averaged_not_sampled() -> None:
    image = np.zeros((8, 8, 1), np.uint8)
    image[::2] = 255  # stripes that picking every other row would lose

    text = rendered(half_blocks(image, 2)[0], **COLOUR)

    assert "38;2;128;128;128" in text


def test_without_colour_the_brighter_is_the_denser() -> None:
    image = np.linspace(0, 255, 10).astype(np.uint8).reshape(1, 10, 1).repeat(2, axis=0)

    assert characters(image, 10)[0].plain == " .:-=+*#%@"


def test_a_grid_has_as_many_pictures_a_row_as_fit() -> None:
    text = rendered(grid([picture(4, 4)] * 5, ["one", "two", "three", "four", "five"], 8), 30)

    captions = [line.split() for line in text.split("\n") if "o" in line or "f" in line]
    assert captions == [["one", "two", "three"], ["four", "five"]]
    assert max(map(len, text.split("\n"))) <= 30


def test_a_long_caption_is_cut_and_may_have_two_lines() -> None:
    text = rendered(grid([picture(2, 4)] * 2, ["Ankle boot → Sneaker\n99.1 %", "short"], 10))

    assert text.split("\n")[-4:] == ["Ankle boo…  short", "99.1 %      ", "", ""]


@pytest.mark.parametrize("options", [{}, COLOUR | {"no_color": True}])
def test_a_pipe_and_no_color_get_characters(options: dict[str, object]) -> None:
    text = rendered(grid([picture(4, 4, 255)], [""], 4), **options)

    assert "@@@@" in text
    assert "▀" not in text
    assert "38;2" not in text


def test_a_grid_of_nothing_is_nothing() -> None:
    assert rendered(grid([], [], 8)) == ""
