"""Rotation, shift, shear and zoom of a batch, each picture by its own draw."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.options import AugmentOptions


@dataclass(frozen=True)
class Changes:
    """What happens to each picture of a batch.

    `angle` (N,) turns clockwise and `shear` (N,) slants along x, degrees; `shift` (N, 2) moves
    right and down, as parts of width and height; `zoom` (N, 2) enlarges along x and y.
    """

    angle: Tensor
    shift: Tensor
    shear: Tensor
    zoom: Tensor


def is_on(options: AugmentOptions) -> bool:
    """Tell whether pictures are rotated, shifted, sheared or zoomed at all."""
    return max(options.rotate, options.shift, options.shear, options.zoom) > 0


def draw_changes(options: AugmentOptions, count: int, draw: torch.Generator) -> Changes:
    """Return changes for `count` pictures, uniform within the options' limits."""
    uniform = torch.rand(count, 6, generator=draw, device=draw.device) * 2 - 1
    return Changes(
        angle=uniform[:, 0] * options.rotate,
        shift=uniform[:, 1:3] * options.shift,
        shear=uniform[:, 3] * options.shear,
        zoom=uniform[:, 4:6] * options.zoom + 1,
    )


def affine(images: Tensor, changes: Changes, fill: Literal["nearest", "constant"]) -> Tensor:
    """Return images (N, C, H, W), each zoomed, sheared, turned about its centre, then shifted.

    Bilinear, in one pass. Outside lies the nearest border pixel, or 0 for "constant". Equals
    torchvision's `affine` with one zoom for both axes; Keras' `ImageDataGenerator` draws the same
    zooms but divides by them.
    """
    height, width = images.shape[-2:]
    grid = _grid(_inverse(changes, height / width), height, width)
    padding = "border" if fill == "nearest" else "zeros"
    return F.grid_sample(images, grid, "bilinear", padding, align_corners=False)


def _inverse(changes: Changes, aspect: float) -> Tensor:
    """Return matrices (N, 2, 3) from an output place to its place in the input.

    Places are as in `grid_sample`: x and y from -1 to 1, so `aspect` (height / width) enters.
    Forwards, in pixels from the centre: rotation · [[1, -tan(shear)], [0, 1]] · diag(zoom) + shift.
    """
    angle, shear = torch.deg2rad(changes.angle), torch.deg2rad(changes.shear)
    cos, sin, tan = angle.cos(), angle.sin(), shear.tan()
    x_from = torch.stack([cos - sin * tan, (sin + cos * tan) * aspect], dim=1)  # (N, 2)
    y_from = torch.stack([-sin / aspect, cos], dim=1)
    linear = torch.stack([x_from, y_from], dim=1) / changes.zoom[:, :, None]  # (N, 2, 2)
    back = -linear @ (2 * changes.shift[:, :, None])  # a width is 2 long
    return torch.cat([linear, back], dim=2)


def _grid(matrices: Tensor, height: int, width: int) -> Tensor:
    """Return where each output pixel comes from, (N, H, W, 2).

    `F.affine_grid` by broadcasting, which is three times as fast on the CPU.
    """
    x = torch.linspace(1 / width - 1, 1 - 1 / width, width, device=matrices.device)
    y = torch.linspace(1 / height - 1, 1 - 1 / height, height, device=matrices.device)
    by_x, by_y, start = matrices[:, None].unbind(3)  # each (N, 1, 2)
    rows = y[:, None] * by_y + start  # (N, H, 2)
    columns = x[:, None] * by_x  # (N, W, 2)
    return rows[:, :, None] + columns[:, None]
