"""Changes to pictures against torchvision's at fixed draws, and the draws themselves."""

import importlib
import random
from types import ModuleType

import pytest
import torch
from torch import Tensor

from engine import augment
from engine.affine import Changes, affine, draw_changes
from engine.augment import Augmenter, Scaling
from engine.options import AugmentOptions
from engine.randomness import generator
from engine.vision import torchvision

PLAIN = Scaling((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
NORMAL = Scaling((0.5, 0.4, 0.3), (0.2, 0.25, 0.3))
EVERYTHING = AugmentOptions(
    crop_padding=2, flip="random", rotate=10, shift=0.1, shear=5, zoom=0.1, noise=0.05, cutout=4,
    mixup=0.5,
)  # fmt: skip


@pytest.fixture(scope="module")
def v2() -> ModuleType:
    torchvision()
    return importlib.import_module("torchvision.transforms.v2")


def _bytes(count: int = 6, height: int = 12, width: int = 10, channels: int = 3) -> Tensor:
    draw = torch.Generator().manual_seed(1)
    return torch.randint(
        0, 256, (count, height, width, channels), dtype=torch.uint8, generator=draw
    )


def _floats(count: int = 6) -> Tensor:
    return _bytes(count).permute(0, 3, 1, 2) / 255


def _train(
    options: AugmentOptions, scaling: Scaling = PLAIN, epoch: int = 1, step: int = 1, seed: int = 0
) -> tuple[Tensor, augment.Targets]:
    images = _bytes()
    places = torch.arange(len(images))
    return Augmenter(options, scaling, seed).train_batch(images, places, places, epoch, step)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("mode", "torchs"), [("reflect", "reflect"), ("zero", "constant")])
def test_crop_and_flip_equal_torchvisions(
    v2: ModuleType, mode: str, torchs: str, channels: int
) -> None:
    images = _bytes(9, channels=channels)
    corners = torch.tensor([(top, left) for top in (0, 3, 6) for left in (0, 2, 6)])
    mirrored = torch.arange(9) % 2 == 0

    ours = augment.crop(images, corners, 3, mode, mirrored)  # type: ignore[arg-type]

    padded = v2.functional.pad(images.permute(0, 3, 1, 2), [3] * 4, padding_mode=torchs)
    for i, (top, left) in enumerate(corners.tolist()):
        window = v2.functional.crop(padded[i], top, left, 12, 10)
        wanted = v2.functional.horizontal_flip(window) if mirrored[i] else window
        assert torch.equal(ours[i].permute(2, 0, 1), wanted)


def test_padding_wider_than_the_picture_is_reflected_again_and_again() -> None:
    picture = torch.arange(3, dtype=torch.uint8).reshape(1, 1, 3, 1)

    ours = augment.crop(picture, torch.tensor([[5, 0]]), 5, "reflect")

    assert ours.flatten().tolist() == [1, 0, 1]  # … 1 0 1 2 1 | 0 1 2 …


def test_flip_mirrors_only_the_chosen() -> None:
    images = _bytes(3)
    ours = augment.flip(images, torch.tensor([True, False, True]))

    assert torch.equal(ours[1], images[1])
    assert torch.equal(ours[::2], images[::2].flip(2))


@pytest.mark.parametrize(
    ("angle", "shift", "shear", "zoom"),
    [
        (0, (0, 0), 0, 1.0),
        (30, (0, 0), 0, 1.0),
        (0, (2.5, -3), 0, 1.0),
        (0, (0, 0), 20, 1.0),
        (0, (0, 0), 0, 0.7),
        (-25, (1.5, 2), -12, 1.3),
    ],
)
def test_affine_equals_torchvisions(
    v2: ModuleType, angle: float, shift: tuple[float, float], shear: float, zoom: float
) -> None:
    images = _floats()
    size = torch.tensor([10.0, 12.0])
    changes = Changes(
        angle=torch.full((6,), float(angle)),
        shift=(torch.tensor(shift) / size).expand(6, 2),
        shear=torch.full((6,), float(shear)),
        zoom=torch.full((6, 2), zoom),
    )

    ours = affine(images, changes, "constant")

    wanted = v2.functional.affine(
        images, angle, list(shift), zoom, [shear, 0.0], v2.InterpolationMode.BILINEAR
    )
    torch.testing.assert_close(ours, wanted, rtol=0, atol=2e-5)


def test_affine_changes_each_picture_by_its_own_draw() -> None:
    images = _floats()
    draw = torch.Generator().manual_seed(0)
    changes = draw_changes(AugmentOptions(rotate=40, shift=0.2, shear=9, zoom=0.3), 6, draw)
    together = affine(images, changes, "nearest")

    for i in range(6):
        one = Changes(*(field[i : i + 1] for field in vars(changes).values()))
        alone = affine(images[i : i + 1], one, "nearest")[0]
        torch.testing.assert_close(together[i], alone, rtol=0, atol=1e-5)


def test_zoom_enlarges_each_axis_by_its_own_factor() -> None:
    column = torch.zeros(1, 1, 8, 8)
    column[..., 3:5] = 1
    still = Changes(torch.zeros(1), torch.zeros(1, 2), torch.zeros(1), torch.ones(1, 2))
    wide, tall = (
        affine(column, Changes(still.angle, still.shift, still.shear, zoom), "nearest")
        for zoom in (torch.tensor([[2.0, 1.0]]), torch.tensor([[1.0, 2.0]]))
    )

    assert float(wide.sum()) == pytest.approx(32)
    torch.testing.assert_close(tall, column)


def test_nearest_fill_repeats_the_border() -> None:
    changes = Changes(
        torch.zeros(6), torch.tensor([[0.5, 0.0]]).expand(6, 2), torch.zeros(6), torch.ones(6, 2)
    )
    ours = affine(_floats(), changes, "nearest")

    torch.testing.assert_close(ours[..., :5], _floats()[..., :1].expand(-1, -1, -1, 5))


def test_affine_draws_fill_their_ranges() -> None:
    options = AugmentOptions(rotate=10, shift=0.1, shear=5, zoom=0.2)
    changes = draw_changes(options, 4000, torch.Generator().manual_seed(0))

    for values, low, high in (
        (changes.angle, -10, 10),
        (changes.shift, -0.1, 0.1),
        (changes.shear, -5, 5),
        (changes.zoom, 0.8, 1.2),
    ):
        assert low <= float(values.min()) < low + (high - low) / 100
        assert high - (high - low) / 100 < float(values.max()) <= high


def test_mixup_equals_torchvisions(v2: ModuleType) -> None:
    images = _floats()
    wanted = v2.MixUp(num_classes=6).transform(
        images, {"labels": None, "batch_size": 6, "lam": 0.3}
    )

    torch.testing.assert_close(augment.mixup(images, 0.3), wanted)


@pytest.mark.parametrize("seed", range(5))
def test_cutmix_and_its_box_equal_torchvisions(v2: ModuleType, seed: int) -> None:
    images = _floats()
    theirs = v2.CutMix(num_classes=6)
    torch.manual_seed(seed)
    params = theirs.make_params([images])
    torch.manual_seed(seed)
    weight = float(theirs._dist.sample(()))
    x, y = int(torch.randint(10, (1,))), int(torch.randint(12, (1,)))

    box = augment.cutmix_box(weight, (x, y), width=10, height=12)

    assert box == params["box"]
    assert augment.kept_part(box, 10, 12) == pytest.approx(params["lam_adjusted"])
    wanted = theirs.transform(images, params | {"labels": None, "batch_size": 6})
    assert torch.equal(augment.cutmix(images, box), wanted)


@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_mixed_pictures_carry_both_labels_with_their_weights(name: str) -> None:
    images, targets = _train(AugmentOptions.model_validate({name: 1.0}))
    plain = Augmenter(AugmentOptions(), PLAIN, 0).eval_batch(_bytes())

    assert targets.other_labels is not None
    assert targets.other_labels.tolist() == [5, 0, 1, 2, 3, 4]
    assert 0 < targets.weight < 1
    share = targets.weight * plain + (1 - targets.weight) * plain.roll(1, 0)
    if name == "mixup":
        torch.testing.assert_close(images, share)
    else:
        own = (images == plain).all(1)[0]  # one box for the whole batch
        assert float(own.float().mean()) == pytest.approx(float(targets.weight), abs=0.02)


def test_cutout_puts_a_square_of_zeros_cut_off_at_the_border() -> None:
    ones = torch.ones(2, 3, 12, 10)
    ours = augment.cutout(ones, torch.tensor([[6, 5], [0, 9]]), 4)

    assert (ours[0] == 0).nonzero().min(0).values.tolist() == [0, 4, 3]
    assert (ours[0] == 0).nonzero().max(0).values.tolist() == [2, 7, 6]
    assert int((ours[1] == 0).sum()) == 3 * 2 * 3


def test_noise_has_its_deviation_and_is_not_clipped() -> None:
    noisy, _ = _train(AugmentOptions(noise=0.5))
    difference = noisy - Augmenter(AugmentOptions(), PLAIN, 0).eval_batch(_bytes())

    assert float(difference.std()) == pytest.approx(0.5, rel=0.05)
    assert float(noisy.min()) < 0
    assert float(noisy.max()) > 1


def test_normalising_takes_off_the_mean_and_divides_by_the_deviation(v2: ModuleType) -> None:
    ours = Augmenter(AugmentOptions(), NORMAL, 0).eval_batch(_bytes())
    wanted = v2.functional.normalize(_floats(), list(NORMAL.mean), list(NORMAL.std))

    torch.testing.assert_close(ours, wanted)


def test_normalising_in_the_fast_way_equals_that_after_other_changes() -> None:
    hardly = AugmentOptions(noise=1e-9)

    torch.testing.assert_close(_train(hardly, NORMAL)[0], _train(AugmentOptions(), NORMAL)[0])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("options", [AugmentOptions(), EVERYTHING], ids=["plain", "everything"])
def test_batches_are_float32_and_channels_last(options: AugmentOptions, channels: int) -> None:
    augmenter = Augmenter(options, Scaling((0.5,) * channels, (0.2,) * channels), 0)
    images, places = _bytes(channels=channels), torch.arange(6)

    for batch in (
        augmenter.train_batch(images, places, places, 1, 1)[0],
        augmenter.eval_batch(images),
    ):
        assert batch.dtype == torch.float32
        assert batch.shape == (6, channels, 12, 10)
        assert batch.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    "settings",
    [{"crop_padding": 2}, {"flip": "random"}, {"rotate": 9}, {"noise": 0.1}, {"cutout": 4},
     {"mixup": 1}, {"cutmix": 1}],
    ids=lambda settings: next(iter(settings)),
)  # fmt: skip
def test_every_change_is_a_function_of_seed_epoch_and_step(settings: dict[str, object]) -> None:
    options = AugmentOptions.model_validate(settings)
    first = _train(options, epoch=3, step=40)[0]
    torch.randn(5)
    random.random()

    assert torch.equal(first, _train(options, epoch=3, step=40)[0])
    for other in ({"step": 41}, {"epoch": 4}, {"seed": 1}):
        changed = _train(options, **({"epoch": 3, "step": 40} | other))[0]
        assert not torch.equal(first, changed), other


def test_a_change_that_is_on_changes_pictures_and_none_leaves_the_bytes_alone() -> None:
    images = _bytes()
    before = images.clone()
    places = torch.arange(6)
    result, _ = Augmenter(EVERYTHING, PLAIN, 0).train_batch(images, places, places, 1, 1)

    assert not torch.allclose(result, _floats(), atol=0.01)
    assert torch.equal(images, before)


def test_alternating_flips_start_with_half_and_turn_every_epoch() -> None:
    places = torch.arange(10_000)
    first, second, third = (augment.alternating(places, epoch, seed=7) for epoch in (1, 2, 3))

    assert float(first.float().mean()) == pytest.approx(0.5, abs=0.02)
    assert float((first[1:] == first[:-1]).float().mean()) == pytest.approx(0.5, abs=0.02)
    assert torch.equal(second, ~first)
    assert torch.equal(third, first)
    another = augment.alternating(places, 1, seed=8)
    assert float((another == first).float().mean()) == pytest.approx(0.5, abs=0.02)


def test_alternating_flips_go_with_the_picture_not_with_its_place_in_the_batch() -> None:
    options = AugmentOptions(flip="alternating")
    images, places = _bytes(), torch.arange(6) * 37
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    augmenter = Augmenter(options, PLAIN, 0)
    straight = augmenter.train_batch(images, places, places, 1, 1)[0]
    shuffled = augmenter.train_batch(images[order], places[order], places[order], 1, 9)[0]

    assert torch.equal(straight[order], shuffled)


def test_what_evaluation_prepared_serves_training_that_needs_gradients() -> None:
    augmenter = Augmenter(AugmentOptions(), NORMAL, 0)
    with torch.inference_mode():
        augmenter.eval_batch(_bytes())
    images, _ = augmenter.train_batch(_bytes(), torch.arange(6), torch.arange(6), 1, 1)
    weight = torch.ones(3, 1, 1, requires_grad=True)
    (images * weight).sum().backward()

    assert weight.grad is not None


def test_generators_of_one_purpose_repeat_and_of_two_differ() -> None:
    one, again, other = (
        torch.rand(4, generator=generator("cpu", 5, *keys))
        for keys in (("order", 1), ("order", 1), ("order", 2))
    )

    assert torch.equal(one, again)
    assert not torch.equal(one, other)
