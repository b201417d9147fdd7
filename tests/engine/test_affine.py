"""Rotation, shift, shear and zoom against torchvision's, one picture at a time."""

import importlib
from typing import Any, Literal

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.affine import Changes, affine, draw_changes
from engine.options import AugmentOptions
from engine.randomness import generator
from engine.vision import torchvision

CHANGES = [  # angle, shift right, shift down, shear, zoom
    (30.0, 0.0, 0.0, 0.0, 1.0),
    (0.0, 0.25, 0.0, 0.0, 1.0),
    (0.0, 0.0, -0.125, 0.0, 1.0),
    (0.0, 0.0, 0.0, 20.0, 1.0),
    (0.0, 0.0, 0.0, 0.0, 1.3),
    (0.0, 0.0, 0.0, 0.0, 0.8),
    (-17.0, 0.11, -0.07, -13.0, 1.15),
    (140.0, -0.2, 0.03, 35.0, 0.7),
]


@pytest.fixture(scope="module")
def transforms() -> Any:
    torchvision()
    return importlib.import_module("torchvision.transforms.v2")


def floats(*shape: int) -> Tensor:
    """Return pictures (N, C, H, W) of pixels in [0, 1]."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(2))


def changes(*rows: tuple[float, ...]) -> Changes:
    """Return changes from rows of angle, shift right, shift down, shear, zoom x [, zoom y]."""
    table = torch.tensor(rows, dtype=torch.float32)
    zoom = table[:, [4, -1]]
    return Changes(angle=table[:, 0], shift=table[:, 1:3], shear=table[:, 3], zoom=zoom)


@pytest.mark.parametrize("size", [(32, 32), (28, 28), (16, 40), (15, 9)])
def test_affine_equals_torchvisions(transforms: Any, size: tuple[int, int]) -> None:
    images = floats(len(CHANGES), 3, *size)
    height, width = size

    ours = affine(images, changes(*CHANGES), "constant")

    for mine, image, (angle, right, down, shear, zoom) in zip(ours, images, CHANGES, strict=True):
        theirs = transforms.functional.affine(
            image,
            angle=angle,
            translate=[right * width, down * height],
            scale=zoom,
            shear=[shear, 0.0],
            interpolation=transforms.InterpolationMode.BILINEAR,
        )
        torch.testing.assert_close(mine, theirs, rtol=0, atol=2e-4)


@pytest.mark.parametrize("fill", ["nearest", "constant"])
def test_an_affine_without_changes_leaves_pictures_alone(
    fill: Literal["nearest", "constant"],
) -> None:
    images = floats(2, 3, 28, 32)
    nothing = changes((0, 0, 0, 0, 1), (0, 0, 0, 0, 1))

    torch.testing.assert_close(affine(images, nothing, fill), images, rtol=0, atol=1e-5)


def test_nearest_fill_goes_on_with_the_border_where_constant_is_dark() -> None:
    white = torch.ones(len(CHANGES), 1, 28, 28)

    filled = affine(white, changes(*CHANGES), "nearest")

    torch.testing.assert_close(filled, white, rtol=0, atol=1e-5)
    assert float(affine(white, changes(*CHANGES), "constant").min()) == 0


def test_a_shift_with_nearest_fill_repeats_the_border_pixels() -> None:
    images = floats(1, 1, 8, 8)
    shifted = affine(images, changes((0, 0.25, 0, 0, 1)), "nearest")

    expected = torch.cat([images[..., :1].expand(1, 1, 8, 2), images[..., :6]], dim=3)
    torch.testing.assert_close(shifted, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("zoom", [(2.0, 1.0), (1.0, 2.0)])
def test_zoom_enlarges_one_axis_alone(zoom: tuple[float, float]) -> None:
    images = floats(1, 1, 16, 16)
    across, down = int(zoom[0]), int(zoom[1])

    ours = affine(images, changes((0, 0, 0, 0, *zoom)), "constant")

    large = F.interpolate(images, scale_factor=(down, across), mode="bilinear")
    top, left = (8 * (down - 1), 8 * (across - 1))
    middle = large[..., top : top + 16, left : left + 16]
    torch.testing.assert_close(ours, middle, rtol=0, atol=1e-5)


def test_a_picture_is_zoomed_before_it_is_turned() -> None:
    images = floats(1, 1, 16, 16)
    zoomed = affine(images, changes((0, 0, 0, 0, 2.0, 1.0)), "constant")

    both = affine(images, changes((90, 0, 0, 0, 2.0, 1.0)), "constant")

    torch.testing.assert_close(both, zoomed.rot90(-1, (2, 3)), rtol=0, atol=1e-5)


def test_draws_fill_the_limits_of_the_options_evenly() -> None:
    options = AugmentOptions(rotate=20, shift=0.1, shear=8, zoom=0.3)
    drawn = draw_changes(options, 20_000, generator("cpu", 0))

    limits = [(drawn.angle, 20.0), (drawn.shear, 8.0), (drawn.shift, 0.1), (drawn.zoom - 1, 0.3)]
    for values, limit in limits:
        part = values / limit
        assert -1.0001 < float(part.min()) < -0.99
        assert 0.99 < float(part.max()) < 1.0001
        assert abs(float(part.mean())) < 0.02
        assert float(part.std()) == pytest.approx(3**-0.5, rel=0.02)
    assert abs(float(torch.corrcoef(drawn.zoom.T)[0, 1])) < 0.03
