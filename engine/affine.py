"""Rotation, shift, shear and zoom of a whole batch, each picture by its own draw."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.options import AugmentOptions


@dataclass(frozen=True)
class AffineDraws:
    """One draw per picture, (N,) each: degrees, pixels, degrees, factors per axis."""

    angle: Tensor
    shift_x: Tensor
    shift_y: Tensor
    shear: Tensor
    zoom_x: Tensor
    zoom_y: Tensor


def draw_affine(
    options: AugmentOptions, size: tuple[int, int], count: int, random: torch.Generator
) -> AffineDraws:
    """Draw uniformly from the options' ranges for `count` pictures of a size (H, W)."""
    device = random.device

    def between(low: float, high: float) -> Tensor:
        return torch.empty(count, device=device).uniform_(low, high, generator=random)

    height, width = size
    return AffineDraws(
        angle=between(-options.rotate, options.rotate),
        shift_x=between(-options.shift * width, options.shift * width),
        shift_y=between(-options.shift * height, options.shift * height),
        shear=between(-options.shear, options.shear),
        zoom_x=between(1 - options.zoom, 1 + options.zoom),
        zoom_y=between(1 - options.zoom, 1 + options.zoom),
    )


def affine(images: Tensor, draws: AffineDraws, fill: str) -> Tensor:
    """Return images (N, C, H, W) float, turned, sheared, zoomed and then shifted, bilinearly.

    Angles turn clockwise, as in torchvision's `affine`, whose result this equals for equal zooms
    and fill "constant" (zeros outside); "nearest" repeats the border.
    """
    height, width = images.shape[-2:]
    matrix = _output_to_input(draws)  # (N, 2, 3), in pixels from the centre
    scale = images.new_tensor([width / 2, height / 2])
    matrix = matrix * torch.stack([scale[0], scale[1], scale.new_ones(())])  # its columns
    matrix = matrix / scale.reshape(1, 2, 1)  # its rows
    grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
    padding = "border" if fill == "nearest" else "zeros"
    return F.grid_sample(images, grid, "bilinear", padding, align_corners=False)


def _output_to_input(draws: AffineDraws) -> Tensor:
    """Return the maps from an output pixel to where it comes from, (N, 2, 3).

    The forward map is R(angle)·S(shear)·Z(zoom) and then the shift; this is its inverse.
    """
    angle, shear = (torch.deg2rad(degrees) for degrees in (draws.angle, draws.shear))
    cos, sin, tan = torch.cos(angle), torch.sin(angle), torch.tan(shear)
    # rows of R·S, where S = [[1, -tan], [0, 1]]; both have determinant 1
    forward = torch.stack([cos, -cos * tan - sin, sin, -sin * tan + cos]).reshape(2, 2, -1)
    (a, b), (c, d) = forward
    inverse = torch.stack(
        [d / draws.zoom_x, -b / draws.zoom_x, -c / draws.zoom_y, a / draws.zoom_y]
    )
    (p, q), (r, s) = inverse.reshape(2, 2, -1)
    moved_x = -(p * draws.shift_x + q * draws.shift_y)
    moved_y = -(r * draws.shift_x + s * draws.shift_y)
    return torch.stack([p, q, moved_x, r, s, moved_y], dim=1).reshape(-1, 2, 3)


def is_affine(options: AugmentOptions) -> bool:
    """Tell whether any of the affine changes is on."""
    return max(options.rotate, options.shift, options.shear, options.zoom) > 0
