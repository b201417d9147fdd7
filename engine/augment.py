"""Augmentation of whole batches as tensors, on the device where the batch lies.

Each change is a plain function of explicit draws; `Augmenter` draws them from (seed, epoch, step)
and applies them in order: crop and flip on bytes, then, in [0, 1], affine and noise, then scaling,
cutout, and mixup or CutMix. Nothing here makes the host wait for the device.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.affine import affine, draw_affine, is_affine
from engine.loss import Targets
from engine.options import AugmentOptions
from engine.randomness import generator


@dataclass(frozen=True)
class Scaling:
    """Mean and standard deviation per channel, of pixels in [0, 1]."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


class Augmenter:
    """Makes float images (N, C, H, W), which lie channels_last in memory, of bytes (N, H, W, C)."""

    def __init__(self, options: AugmentOptions, scaling: Scaling, seed: int) -> None:
        self._options, self._seed = options, seed
        self._plain = all(m == 0 for m in scaling.mean) and all(s == 1 for s in scaling.std)
        std = torch.tensor(scaling.std)
        self._scale = (1 / std).reshape(1, -1, 1, 1)
        self._offset = (-torch.tensor(scaling.mean) / std).reshape(1, -1, 1, 1)

    def train_batch(
        self, images: Tensor, labels: Tensor, index: Tensor, epoch: int, step: int
    ) -> tuple[Tensor, Targets]:
        """Return augmented images (N, C, H, W) and what they should be called.

        Args:
            images: uint8 (N, H, W, C).
            labels: (N,).
            index: (N,) which pictures these are, for the alternating flip.
            epoch: the epoch, counted from 1.
            step: the step over the whole run, counted from 1.
        """
        options = self._options
        random = generator(images.device.type, self._seed, "augment", step)
        images = self._crop_and_flip(images, index, epoch, random)
        result = _to_unit(images)
        if is_affine(options):
            size = (result.shape[2], result.shape[3])
            draws = draw_affine(options, size, len(result), random)
            result = affine(result, draws, options.fill)
        if options.noise:
            result = result + _normal(result, random) * options.noise
        result = self._scaled(result)
        if options.cutout:
            result = cutout(result, *_centres(result, random), options.cutout)
        return self._mixed(result, labels, random)

    def eval_batch(self, images: Tensor) -> Tensor:
        """Return images (N, C, H, W), only scaled, of uint8 (N, H, W, C)."""
        return self._scaled(_to_unit(images))

    def _scaled(self, images: Tensor) -> Tensor:
        if self._plain:
            return images
        if self._scale.device != images.device:
            self._scale, self._offset = (t.to(images.device) for t in (self._scale, self._offset))
        return images.mul_(self._scale).add_(self._offset)

    def _crop_and_flip(
        self, images: Tensor, index: Tensor, epoch: int, random: torch.Generator
    ) -> Tensor:
        options, count = self._options, len(images)
        flips = self._flips(index, epoch, random)
        if not options.crop_padding:
            return images if flips is None else flip(images, flips)
        spots = 2 * options.crop_padding + 1
        top, left = torch.randint(spots, (2, count), generator=random, device=images.device)
        return crop(images, (top, left), options.crop_padding, options.crop_mode, flips)

    def _flips(self, index: Tensor, epoch: int, random: torch.Generator) -> Tensor | None:
        """Return which pictures are mirrored (N,), or None for none.

        Alternating: half of the pictures, by a hash of their place, start mirrored, and all turn
        around every epoch, so that two epochs show each both ways (Jordan 2024, airbench).
        """
        if self._options.flip == "random":
            return torch.rand(len(index), generator=random, device=index.device) < 0.5
        if self._options.flip == "alternating":
            return (_hash(index, self._seed) + epoch) % 2 == 1
        return None

    def _mixed(
        self, images: Tensor, labels: Tensor, random: torch.Generator
    ) -> tuple[Tensor, Targets]:
        options = self._options
        alpha = options.mixup or options.cutmix
        if not alpha:
            return images, Targets(labels)
        order = torch.randperm(len(images), generator=random, device=images.device)
        weight = _beta(alpha, images, random)
        if options.mixup:
            return mixup(images, order, weight), Targets(labels, labels[order], weight)
        rows, columns = _centres(images, random)
        images, weight = cutmix(images, order, weight, (rows[0], columns[0]))
        return images, Targets(labels, labels[order], weight)


def crop(
    images: Tensor,
    corner: tuple[Tensor, Tensor],
    padding: int,
    mode: str,
    flips: Tensor | None = None,
) -> Tensor:
    """Return what a window of the old size shows of padded images (N, H, W, C), in one gather.

    Args:
        images: any type.
        corner: top and left of each window, (N,) each, from 0 to 2·padding.
        padding: pixels on each side.
        mode: "reflect" or "zero".
        flips: (N,) which windows are mirrored.
    """
    count, height, width, channels = images.shape
    rows = torch.arange(height, device=images.device) + corner[0][:, None] - padding  # (N, H)
    columns = torch.arange(width, device=images.device) + corner[1][:, None] - padding  # (N, W)
    if flips is not None:
        columns = torch.where(flips[:, None], columns.flip(1), columns)
    first = torch.arange(count, device=images.device) * (height * width)  # (N,)
    source = (first[:, None] + _reflected(rows, height) * width)[:, :, None] + _reflected(
        columns, width
    )[:, None, :]  # (N, H, W)
    result = images.reshape(-1, channels).index_select(0, source.reshape(-1))
    result = result.reshape(images.shape)
    if mode == "zero":
        inside = _inside(rows, height)[:, :, None] & _inside(columns, width)[:, None, :]
        result = result * inside[..., None]
    return result


def _reflected(position: Tensor, size: int) -> Tensor:
    position = position.abs()
    return torch.where(position >= size, 2 * (size - 1) - position, position).clamp_(0, size - 1)


def _inside(position: Tensor, size: int) -> Tensor:
    return (position >= 0) & (position < size)


def flip(images: Tensor, chosen: Tensor) -> Tensor:
    """Return images (N, H, W, C) with the chosen (N,) ones mirrored left to right."""
    return torch.where(chosen[:, None, None, None], images.flip(2), images)


def cutout(images: Tensor, rows: Tensor, columns: Tensor, side: int) -> Tensor:
    """Return images (N, C, H, W) with a square of zeros around each centre (DeVries 2017)."""
    height, width = images.shape[-2:]
    tall = _spans(rows, side, height)  # (N, H)
    wide = _spans(columns, side, width)  # (N, W)
    hole = tall[:, None, :, None] & wide[:, None, None, :]
    return images.masked_fill(hole, 0.0)


def _spans(centre: Tensor, side: int, size: int) -> Tensor:
    position = torch.arange(size, device=centre.device)
    first = centre[:, None] - side // 2
    return (position >= first) & (position < first + side)


def mixup(images: Tensor, order: Tensor, weight: Tensor) -> Tensor:
    """Return weight·images + (1 - weight)·images[order] (Zhang et al. 2018)."""
    return images * weight + images[order] * (1 - weight)


def cutmix(
    images: Tensor, order: Tensor, weight: Tensor, centre: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor]:
    """Return images with one box pasted from images[order], and the part that is left of them.

    The box covers 1 - weight of the picture before it is cut off at the border (Yun et al. 2019).

    Args:
        images: (N, C, H, W).
        order: (N,) whose pixels are pasted.
        weight: scalar in [0, 1].
        centre: row and column of the box, scalars.
    """
    height, width = images.shape[-2:]
    half = 0.5 * torch.sqrt(1 - weight)
    row = torch.arange(height, device=images.device)
    column = torch.arange(width, device=images.device)
    tall = _between(row, centre[0], (half * height).long(), height)
    wide = _between(column, centre[1], (half * width).long(), width)
    box = tall[:, None] & wide[None, :]
    return torch.where(box, images[order], images), 1 - box.float().mean()


def _between(position: Tensor, centre: Tensor, half: Tensor, size: int) -> Tensor:
    return (position >= (centre - half).clamp(0)) & (position < (centre + half).clamp(max=size))


def _to_unit(images: Tensor) -> Tensor:
    return images.permute(0, 3, 1, 2).to(torch.float32).mul_(1 / 255)


def _normal(images: Tensor, random: torch.Generator) -> Tensor:
    return torch.empty_like(images).normal_(generator=random)


def _centres(images: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
    count, _, height, width = images.shape
    rows = torch.randint(height, (count,), generator=random, device=images.device)
    return rows, torch.randint(width, (count,), generator=random, device=images.device)


def _beta(alpha: float, images: Tensor, random: torch.Generator) -> Tensor:
    """Draw from Beta(alpha, alpha) as a ratio of two Gamma(alpha)s, on the device."""
    shape = torch.full((2,), alpha, device=images.device)
    draws: Tensor = torch._standard_gamma(shape, generator=random)  # noqa: SLF001
    return draws[0] / draws.sum().clamp_min(1e-30)


def _hash(index: Tensor, seed: int) -> Tensor:
    """Return a fixed pseudo-random whole number for each place (N,)."""
    mixed = (index + seed % 65_521) * 2_654_435_761 % 4_294_967_296
    return (mixed ^ (mixed >> 15)) * 2_246_822_519 % 4_294_967_296 >> 13
