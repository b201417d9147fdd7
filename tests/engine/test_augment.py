"""Augmentation of batches against torchvision's transforms, one picture at a time."""

import importlib
import inspect
from typing import Any, Literal

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.augment import (
    Augmenter,
    Scaling,
    alternating,
    crop,
    cutmix,
    cutmix_box,
    cutout,
    flip,
    kept_part,
    mixup,
)
from engine.loss import Targets, loss_function
from engine.options import AugmentOptions, LossOptions
from engine.vision import torchvision

CIFAR = Scaling((0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616))
UNSCALED = Scaling((0.0,) * 3, (1.0,) * 3)
EVERYTHING: list[dict[str, Any]] = [
    {},
    {"crop_padding": 4},
    {"crop_padding": 4, "crop_mode": "zero", "flip": "alternating"},
    {"flip": "random"},
    {"flip": "alternating"},
    {"rotate": 15, "shift": 0.1, "shear": 10, "zoom": 0.1},
    {"rotate": 15, "fill": "constant"},
    {"noise": 0.1},
    {"cutout": 8},
    {"mixup": 0.2},
    {"cutmix": 1.0},
    {"crop_padding": 2, "flip": "random", "rotate": 5, "noise": 0.1, "cutout": 5, "mixup": 1.0},
]


@pytest.fixture(scope="module")
def transforms() -> Any:
    torchvision()
    return importlib.import_module("torchvision.transforms.v2")


def pictures(*shape: int) -> Tensor:
    """Return uint8 pictures (N, H, W, C)."""
    return torch.randint(256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def floats(*shape: int) -> Tensor:
    """Return pictures (N, C, H, W) of pixels in [0, 1]."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(2))


def augmenter(scaling: Scaling = UNSCALED, seed: int = 0, **options: Any) -> Augmenter:
    return Augmenter(AugmentOptions(**options), scaling, seed)


def train_batch(
    images: Tensor, scaling: Scaling = UNSCALED, epoch: int = 1, step: int = 1, **options: Any
) -> tuple[Tensor, Targets]:
    index = torch.arange(len(images))
    made = augmenter(scaling, **options)
    return made.train_batch(images, index % 10, index, epoch=epoch, step=step)


def images_of(images: Tensor, **given: Any) -> Tensor:
    return train_batch(images, **given)[0]


def upright(images: Tensor) -> Tensor:
    """Return uint8 (N, H, W, C) as unscaled floats (N, C, H, W)."""
    return (images / 255).permute(0, 3, 1, 2)


# --- crop and flip --------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(9, 32, 32, 3), (9, 28, 28, 1), (9, 12, 20, 3)])
@pytest.mark.parametrize(("mode", "theirs"), [("zero", "constant"), ("reflect", "reflect")])
def test_crop_equals_torchvisions_pad_and_crop(
    transforms: Any, mode: Literal["zero", "reflect"], theirs: str, shape: tuple[int, ...]
) -> None:
    images = pictures(*shape)
    corners = torch.randint(9, (9, 2), generator=torch.Generator().manual_seed(3))
    corners[0], corners[1] = torch.tensor([0, 8]), torch.tensor([8, 0])

    ours = crop(images, corners, 4, mode)

    assert ours.dtype == torch.uint8
    padded = transforms.functional.pad(images.permute(0, 3, 1, 2), [4] * 4, padding_mode=theirs)
    for mine, picture, (top, left) in zip(ours, padded, corners.tolist(), strict=True):
        window = transforms.functional.crop(picture, top, left, *shape[1:3])
        assert torch.equal(mine.permute(2, 0, 1), window)


def test_crop_then_flip_in_one_pass_equals_the_two_after_each_other() -> None:
    images, mirrored = pictures(6, 8, 10, 3), torch.tensor([True, False] * 3)
    corners = torch.randint(5, (6, 2))

    ours = crop(images, corners, 2, "reflect", mirrored)

    assert torch.equal(ours, flip(crop(images, corners, 2, "reflect"), mirrored))


def test_a_reflection_wider_than_the_picture_repeats() -> None:
    images = pictures(1, 4, 4, 1)
    wide = np.pad(images[0, :, :, 0].numpy(), 9, mode="reflect")
    for top, left in ((0, 0), (18, 3), (7, 18)):
        ours = crop(images, torch.tensor([[top, left]]), 9, "reflect")
        assert ours[0, :, :, 0].tolist() == wide[top : top + 4, left : left + 4].tolist()


def test_crops_reach_every_corner_and_no_further() -> None:
    image = torch.zeros(1, 5, 5, 1, dtype=torch.uint8)
    image[0, 2, 2] = 255
    result = images_of(image.expand(500, -1, -1, -1), crop_padding=2, crop_mode="zero")
    places = result[:, 0].flatten(1).argmax(1)

    assert sorted(set(places.tolist())) == list(range(25))


def test_flip_equals_torchvisions(transforms: Any) -> None:
    images, mirrored = pictures(4, 6, 9, 3), torch.tensor([True, False, False, True])
    theirs = transforms.functional.horizontal_flip(images.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)

    assert torch.equal(flip(images, mirrored)[mirrored], theirs[mirrored])
    assert torch.equal(flip(images, mirrored)[~mirrored], images[~mirrored])


def test_a_random_flip_mirrors_about_half_the_pictures() -> None:
    images = pictures(1000, 4, 5, 1)
    result = images_of(images, flip="random")
    kept = (result == images_of(images)).flatten(1).all(1)
    mirrored = (result.flip(-1) == images_of(images)).flatten(1).all(1)

    assert bool((kept | mirrored).all())
    assert 400 < int(mirrored.sum()) < 600


def test_an_alternating_flip_shows_each_picture_both_ways_in_two_epochs() -> None:
    images = pictures(40, 6, 6, 3)
    first, second, third = (images_of(images, epoch=e, flip="alternating") for e in (1, 2, 3))

    assert torch.equal(first, second.flip(-1))
    assert torch.equal(first, third)


def test_about_half_of_alternating_flips_begin_mirrored_by_seed_and_place() -> None:
    index = torch.arange(50_000)
    first, other = alternating(index, 1, seed=5), alternating(index, 1, seed=2**62 + 6)

    assert 0.49 < float(first.float().mean()) < 0.51
    assert 0.49 < float((first == other).float().mean()) < 0.51
    assert 0.49 < float((first[1:] == first[:-1]).float().mean()) < 0.51
    shuffled = index.flip(0)
    assert torch.equal(alternating(shuffled, 1, seed=5), first.flip(0))


def test_an_alternating_flip_goes_with_the_picture_not_with_its_place_in_the_batch() -> None:
    images, places = pictures(6, 8, 8, 3), torch.arange(6) * 37
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    made = augmenter(flip="alternating")
    straight = made.train_batch(images, places, places, 1, 1)[0]
    shuffled = made.train_batch(images[order], places[order], places[order], 1, 9)[0]

    assert torch.equal(straight[order], shuffled)


# --- noise, cutout, mixing ------------------------------------------------------------------------


def test_noise_has_the_asked_standard_deviation_before_normalisation() -> None:
    grey = torch.full((64, 32, 32, 3), 128, dtype=torch.uint8)
    noisy = images_of(grey, scaling=Scaling((0.5,) * 3, (0.25,) * 3), noise=0.1)

    assert float(noisy.std()) == pytest.approx(0.1 / 0.25, rel=0.02)
    assert float(noisy.mean()) == pytest.approx((128 / 255 - 0.5) / 0.25, abs=0.005)
    assert not torch.equal(noisy[0], noisy[1])


@pytest.mark.parametrize("size", [1, 4, 5])
def test_cutout_is_a_square_of_the_asked_size_around_its_centre(size: int) -> None:
    images = torch.ones(3, 2, 12, 14)
    cut = cutout(images, torch.tensor([[6, 7], [0, 0], [11, 13]]), size) == 0

    first, after = 6 - size // 2, 6 - size // 2 + size
    assert int(cut[0].sum()) == 2 * size**2
    assert bool(cut[0, :, first:after, first + 1 : after + 1].all())
    near, far = size - size // 2, size // 2 + 1  # what is left of it in a corner
    assert int(cut[1].sum()) == 2 * near**2
    assert int(cut[2].sum()) == 2 * min(far, size) ** 2


def test_cutout_covers_mean_grey_and_every_place() -> None:
    images = torch.full((3000, 6, 7, 3), 255, dtype=torch.uint8)
    cut = images_of(images, scaling=CIFAR, cutout=1) == 0

    assert cut.flatten(1).sum(1).tolist() == [3] * 3000  # one pixel of three channels
    share = cut[:, 0].float().mean(0) * 42
    assert 0.5 < float(share.min()) < float(share.max()) < 1.6


def soft_labels(targets: Targets, num_classes: int) -> Tensor:
    first = F.one_hot(targets.labels, num_classes).float()
    if targets.other_labels is None:
        return first
    other = F.one_hot(targets.other_labels, num_classes)
    return targets.weight * first + (1 - targets.weight) * other


def test_mixup_equals_torchvisions(transforms: Any) -> None:
    images, labels = floats(6, 3, 8, 8), torch.arange(6)
    theirs = transforms.MixUp(num_classes=10)
    params = {"lam": 0.3, "labels": labels, "batch_size": 6}

    torch.testing.assert_close(mixup(images, 0.3), theirs.transform(images, params))
    torch.testing.assert_close(
        soft_labels(Targets(labels, labels.roll(1, 0), 0.3), 10), theirs.transform(labels, params)
    )


def test_cutmix_equals_torchvisions_for_the_same_draws(transforms: Any) -> None:
    images, labels = floats(6, 3, 10, 14), torch.arange(6)
    theirs = transforms.CutMix(num_classes=10)
    kept: set[float] = set()
    for seed in range(20):
        torch.manual_seed(seed)
        weight = float(theirs._dist.sample(()))
        x, y = (int(torch.randint(size, (1,))) for size in (14, 10))
        torch.manual_seed(seed)
        params = theirs.make_params([images]) | {"labels": labels, "batch_size": 6}
        box = cutmix_box(weight, (x, y), width=14, height=10)
        assert box == params["box"]
        assert kept_part(box, 14, 10) == pytest.approx(params["lam_adjusted"])
        assert torch.equal(cutmix(images, box), theirs.transform(images, params))
        kept.add(kept_part(box, 14, 10))
    assert len(kept) > 10


@pytest.mark.parametrize("options", [{"mixup": 1.0}, {"cutmix": 1.0}], ids=str)
def test_a_mixed_batch_is_judged_by_its_soft_labels(options: dict[str, Any]) -> None:
    images = pictures(10, 16, 16, 3)
    plain = images_of(images)
    logits = torch.randn(10, 10, generator=torch.Generator().manual_seed(0))
    loss = loss_function(LossOptions(label_smoothing=0.1), num_classes=10)
    weights = []
    for step in range(1, 21):
        mixed, targets = train_batch(images, step=step, **options)
        assert targets.other_labels is not None
        assert targets.labels.tolist() == list(range(10))
        assert targets.other_labels.tolist() == [9, *range(9)]
        wanted = F.cross_entropy(logits, soft_labels(targets, 10), label_smoothing=0.1)
        torch.testing.assert_close(loss(logits, targets), wanted)
        weight = float(targets.weight)
        if "mixup" in options:
            torch.testing.assert_close(mixed, mixup(plain, weight))
        else:
            own = (mixed == plain).all(1).float().mean((1, 2))  # part of each picture
            torch.testing.assert_close(own, torch.full((10,), weight), rtol=0, atol=1e-3)
        weights.append(weight)
    assert min(weights) < 0.4
    assert max(weights) > 0.7


# --- the whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 32, 32, 3), (5, 28, 28, 1)])
def test_scaling_takes_off_the_mean_and_divides_by_the_deviation(shape: tuple[int, ...]) -> None:
    images, channels = pictures(*shape), shape[-1]
    scaling = Scaling(CIFAR.mean[:channels], CIFAR.std[:channels])
    mean, std = (torch.tensor(values)[:, None, None] for values in (scaling.mean, scaling.std))
    expected = (upright(images) - mean) / std

    made = augmenter(scaling)
    torch.testing.assert_close(made.eval_batch(images), expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(images_of(images, scaling=scaling), expected, rtol=1e-5, atol=1e-5)
    # the way with float pixels gives the same
    faint = images_of(images, scaling=scaling, noise=1e-9)
    torch.testing.assert_close(faint, expected, rtol=1e-5, atol=1e-5)


def test_one_augmenter_scales_pictures_of_several_sizes() -> None:
    made = augmenter(CIFAR)
    for size in (8, 12, 8):
        images = pictures(2, size, size, 3)
        alone = augmenter(CIFAR).eval_batch(images)
        assert torch.equal(made.eval_batch(images), alone)


def test_what_evaluation_prepared_serves_training_that_needs_gradients() -> None:
    made, images = augmenter(CIFAR), pictures(2, 8, 8, 3)
    with torch.inference_mode():
        made.eval_batch(images)
    weight = torch.ones(3, 1, 1, requires_grad=True)
    batch, _ = made.train_batch(images, torch.arange(2), torch.arange(2), 1, 1)
    (batch * weight).sum().backward()

    assert weight.grad is not None


def test_without_options_pixels_are_only_divided_by_255() -> None:
    images = pictures(4, 28, 28, 1)
    result, targets = train_batch(images, scaling=Scaling((0.0,), (1.0,)))

    torch.testing.assert_close(result, upright(images), rtol=1e-6, atol=0)
    assert targets.other_labels is None
    assert targets.labels.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("options", EVERYTHING, ids=str)
@pytest.mark.parametrize("shape", [(6, 32, 32, 3), (6, 28, 28, 1), (1, 12, 16, 3)])
def test_every_option_gives_new_channels_last_floats(
    options: dict[str, Any], shape: tuple[int, ...]
) -> None:
    images, channels = pictures(*shape), shape[-1]
    before = images.clone()
    scaling = Scaling(CIFAR.mean[:channels], CIFAR.std[:channels])

    for each in (UNSCALED if channels == 3 else Scaling((0.0,), (1.0,)), scaling):
        result = images_of(images, scaling=each, **options)
        assert result.shape == (shape[0], channels, *shape[1:3])
        assert result.dtype == torch.float32
        assert result.is_contiguous(memory_format=torch.channels_last)
        assert bool(result.isfinite().all())
        assert torch.equal(images, before)


def test_a_batch_changes_neither_its_pictures_nor_its_labels_nor_their_places() -> None:
    images, index = pictures(8, 16, 16, 3), torch.arange(8)
    labels = index.clone()
    made = augmenter(CIFAR, crop_padding=2, flip="alternating", rotate=9, noise=0.1, cutmix=1.0)
    made.train_batch(images, labels, index, epoch=1, step=1)
    made.eval_batch(images).zero_()

    assert torch.equal(images, pictures(8, 16, 16, 3))
    assert labels.tolist() == index.tolist() == list(range(8))
    assert torch.equal(made.eval_batch(images), augmenter(CIFAR).eval_batch(images))


@pytest.mark.parametrize("options", EVERYTHING[1:], ids=str)
def test_a_batch_is_a_function_of_seed_and_step(options: dict[str, Any]) -> None:
    images = pictures(16, 16, 16, 3)
    index = torch.arange(16)

    def drawn(seed: int, epoch: int, step: int) -> Tensor:
        torch.rand(1)  # what was drawn before must not matter
        made = augmenter(UNSCALED, seed, **options)
        return made.train_batch(images, index % 10, index, epoch, step)[0]

    first = drawn(0, 1, 1)
    assert torch.equal(first, drawn(0, 1, 1))
    assert not torch.equal(first, drawn(1, 1, 1))
    assert not torch.equal(first, drawn(0, 2, 1))
    if options != {"flip": "alternating"}:
        assert not torch.equal(first, drawn(0, 1, 2))


def test_each_picture_of_a_batch_gets_its_own_draw() -> None:
    one = pictures(1, 16, 16, 3).expand(8, -1, -1, -1)
    for options in ({"crop_padding": 4}, {"rotate": 20}, {"noise": 0.1}, {"cutout": 4}):
        result = images_of(one, **options)
        assert len({picture.numpy().tobytes() for picture in result}) > 4


def test_every_option_is_tried_here() -> None:
    tried = {name for options in EVERYTHING for name in options}
    assert set(AugmentOptions.model_fields) - tried == {"test_flip", "test_shift"}
    assert "test_flip" not in inspect.getsource(Augmenter)  # evaluation does that one
