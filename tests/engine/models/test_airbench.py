"""`airbench`: its first layer is set from the training pictures, and stays."""

import torch
from torch import nn
from torch.nn import functional as F

from engine.config import parse
from engine.data.load import load
from engine.models.airbench.net import Whitening
from engine.models.registry import begin_from_pictures, build
from engine.models.spec import PictureShape
from engine.models.summary import count_parameters
from engine.setup import Setup, build_setup
from engine.work import finish

TINY = {
    "model": {"name": "airbench", "filters": [8, 16]},
    "optimizer": {"name": "muon"},
    "data": {"subset": 300},
    "precision": "fp32",
    "threads": 1,
}


def _patterned(count: int) -> torch.Tensor:
    """Return pictures whose neighbouring pixels are alike, as in real ones."""
    noise = torch.rand(count, 3, 16, 16)
    return F.avg_pool2d(noise, 3, stride=1, padding=1)


def _setup(**changes: object) -> Setup:
    config = parse(TINY | changes)
    return build_setup(config, finish(load(config.dataset, config.data)))


def test_whitened_patches_are_uncorrelated_and_of_unit_size() -> None:
    stem = Whitening(3, 2, 1, bias=False)
    images = _patterned(200)
    before = _moments(stem, images)
    stem.fit(images)
    after = _moments(stem, images)

    off_diagonal = after - torch.diag(after.diagonal())
    assert before.diagonal().max() / before.diagonal().min() > 1.5
    assert off_diagonal.abs().max() < 0.02
    assert after.diagonal().min() > 0.5
    assert after.diagonal().max() < 1.001


def _moments(stem: Whitening, images: torch.Tensor) -> torch.Tensor:
    """Return the second moments of the first half of the channels; the others are negatives."""
    with torch.no_grad():
        maps = stem(images)[:, : stem.out_channels // 2]
    values = maps.transpose(0, 1).flatten(1)  # (channels, places)
    return values @ values.T / values.shape[1]


def test_the_second_half_of_the_kernels_is_the_first_turned_round() -> None:
    net = build(parse(TINY).model, PictureShape(3, 16, 16), 10)
    begin_from_pictures(net, parse(TINY).model, _patterned(50))
    kernels = net.get_submodule("whitening").weight

    assert isinstance(kernels, nn.Parameter)
    assert torch.equal(kernels[:12], -kernels[12:])


def test_a_run_begins_from_its_own_pictures_and_never_moves_that_layer() -> None:
    first, same = _setup(), _setup(seed=5)
    other = _setup(data={"subset": 300, "normalize": "train"})

    kernels = [s.model.get_submodule("whitening").weight for s in (first, same, other)]
    assert torch.equal(kernels[0], kernels[1]), "pictures decide, not the seed"
    assert not torch.equal(kernels[0], kernels[2])
    before = kernels[0].clone()
    first.model(torch.rand(2, 1, 28, 28)).sum().backward()
    first.optimizer.step()
    assert torch.equal(first.model.get_submodule("whitening").weight, before)


def test_fixed_parameters_are_not_counted_as_trainable() -> None:
    setup = _setup()
    everything = sum(p.numel() for p in setup.model.parameters())
    fixed = 8 * 4 + 2 * (8 + 16)  # whitening's kernels, and the scales of four norms

    assert setup.prepared().num_parameters == everything - fixed
    assert count_parameters(setup.model)[0] == everything - fixed


def test_without_a_bias_the_first_layer_needs_no_gradient_at_all() -> None:
    net = _setup(model={"name": "airbench", "filters": [8], "whiten_bias": False}).model

    assert [n for n, p in net.named_parameters() if n.startswith("whitening")] == [
        "whitening.weight"
    ]
    assert not net.get_submodule("whitening")(torch.rand(1, 1, 28, 28)).requires_grad
