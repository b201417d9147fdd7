"""Optimizers against torch's own, step by step, and what decays."""

import copy
import io
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.errors import ConfigError
from engine.models.cnn.spec import CnnOptions
from engine.models.registry import build
from engine.models.spec import PictureShape
from engine.optim import build_optimizer, clip_gradients, lay_out_like_parameters, set_rates
from engine.options import (
    AdamOptions,
    AdamWOptions,
    ClipOptions,
    MuonOptions,
    OptimizerOptions,
    SgdOptions,
)


def _net() -> Any:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 6, 3), nn.Conv2d(6, 6, 2),
        nn.Flatten(), nn.Linear(6 * 9, 8), nn.Linear(8, 5),
    )  # fmt: skip


def _laid_out(net: nn.Module, layout: Any) -> Any:
    # nn.Module.to has no overload for a layout alone
    return net.to(memory_format=layout)  # type: ignore[call-overload]


def _set_gradients(net: nn.Module, step: int) -> None:
    draw = torch.Generator().manual_seed(step)
    for parameter in net.parameters():
        gradient = torch.randn(parameter.shape, generator=draw)
        # laid out like the parameter, as backward does it
        parameter.grad = torch.empty_like(parameter).copy_(gradient)


def _weights(net: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in net.parameters()])


PAIRS: list[tuple[OptimizerOptions, Any, dict[str, Any]]] = [
    (SgdOptions(lr=0.1), torch.optim.SGD, {"lr": 0.1}),
    (
        SgdOptions(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        torch.optim.SGD,
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    ),
    (
        AdamOptions(lr=0.01, beta1=0.8, beta2=0.99, eps=1e-7, weight_decay=0.1),
        torch.optim.Adam,
        {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-7, "weight_decay": 0.1},
    ),
    (
        AdamWOptions(lr=0.01, weight_decay=0.1),
        torch.optim.AdamW,
        {"lr": 0.01, "weight_decay": 0.1},
    ),
]


@pytest.mark.parametrize(
    ("options", "kind", "settings"), PAIRS, ids=lambda x: getattr(x, "name", "")
)
def test_each_optimizer_equals_torchs_step_by_step_under_a_moving_rate(
    options: OptimizerOptions, kind: Any, settings: dict[str, Any]
) -> None:
    ours, theirs = _net(), _net()
    optimizer = build_optimizer(ours, options)
    reference = kind(theirs.parameters(), **settings, foreach=False)
    for step in range(1, 21):
        _set_gradients(ours, step)
        _set_gradients(theirs, step)
        set_rates(optimizer, 1 / step)
        reference.param_groups[0]["lr"] = settings["lr"] / step
        optimizer.step()
        reference.step()
        torch.testing.assert_close(_weights(ours), _weights(theirs), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last], ids=str)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("options", "kind", "settings"), PAIRS, ids=lambda x: getattr(x, "name", "")
)
def test_each_optimizer_trains_a_net_as_torchs_does_in_either_memory_format(
    options: OptimizerOptions, kind: Any, settings: dict[str, Any], channels: int, layout: Any
) -> None:
    """fp64, so that the comparison stays sharp although each net has its own gradients."""
    shape = PictureShape(channels, 8, 8)
    torch.manual_seed(0)
    theirs = build(CnnOptions(filters=(4, 6), dense=(8,)), shape, 5).double()
    ours = _laid_out(copy.deepcopy(theirs), layout)
    optimizer = build_optimizer(ours, options)
    reference = kind(theirs.parameters(), **settings, foreach=False, fused=False)
    draw = torch.Generator().manual_seed(1)
    for _ in range(20):
        images = torch.randn(6, channels, 8, 8, dtype=torch.float64, generator=draw)
        for net, chosen in ((ours, optimizer), (theirs, reference)):
            chosen.zero_grad()
            F.cross_entropy(net(images.to(memory_format=layout)), torch.arange(6) % 5).backward()
            chosen.step()
        torch.testing.assert_close(_weights(ours), _weights(theirs), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("bf16", [False, True])
def test_backward_lays_gradients_out_like_their_parameters(bf16: bool) -> None:
    """Torch's fused optimizers read both by memory order, and check nothing."""
    torch.manual_seed(0)
    layers = (nn.Conv2d(1, 6, 3), nn.Conv2d(6, 8, 1), nn.Conv2d(8, 8, 3, groups=8))
    net = _laid_out(nn.Sequential(*layers, nn.Conv2d(8, 4, 3)), torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        result = net(torch.randn(2, 1, 9, 9))
    result.float().square().sum().backward()

    for parameter in net.parameters():
        assert parameter.grad is not None
        gradient = parameter.grad
        strides = zip(parameter.shape, parameter.stride(), gradient.stride(), strict=True)
        assert all(mine == theirs for size, mine, theirs in strides if size > 1)


@pytest.mark.parametrize(("options", "kind", "settings"), PAIRS[1:3], ids=["sgd", "adam"])
def test_momentum_moves_as_when_torchs_is_set(
    options: OptimizerOptions, kind: Any, settings: dict[str, Any]
) -> None:
    ours, theirs = _net(), _net()
    optimizer = build_optimizer(ours, options)
    reference = kind(theirs.parameters(), **settings, foreach=False)
    for step in range(1, 11):
        momentum = 0.95 - step / 100
        _set_gradients(ours, step)
        _set_gradients(theirs, step)
        set_rates(optimizer, 1.0, momentum)
        group = reference.param_groups[0]
        group |= {"betas": (momentum, 0.99)} if "betas" in group else {"momentum": momentum}
        optimizer.step()
        reference.step()
    torch.testing.assert_close(_weights(ours), _weights(theirs), rtol=1e-6, atol=1e-6)


def test_l2_in_the_loss_of_one_layer_is_twice_its_weight_decay_in_sgd() -> None:
    ours, theirs = _net(), _net()
    optimizer = build_optimizer(ours, SgdOptions(lr=0.1, weight_decay=0.02, decay_on=("5.weight",)))
    reference = torch.optim.SGD(theirs.parameters(), lr=0.1)
    images = torch.randn(4, 3, 8, 8)
    for _ in range(5):
        for net, l2, chosen in ((ours, 0.0, optimizer), (theirs, 0.01, reference)):
            chosen.zero_grad()
            loss = net(images).square().mean() + l2 * net[5].weight.square().sum()
            loss.backward()
            chosen.step()
    torch.testing.assert_close(_weights(ours), _weights(theirs), rtol=1e-5, atol=1e-6)


def _decay_of_each(net: nn.Module, options: OptimizerOptions) -> dict[str, float]:
    names = {id(parameter): name for name, parameter in net.named_parameters()}
    return {
        names[id(parameter)]: group["weight_decay"]
        for group in build_optimizer(net, options).param_groups
        for parameter in group["params"]
    }


def test_decay_on_weights_spares_biases_and_norms() -> None:
    decays = _decay_of_each(_net(), AdamWOptions(weight_decay=0.1, decay_on="weights"))

    assert len(decays) == 12
    assert {name for name, decay in decays.items() if decay} == {
        "0.weight", "2.weight", "3.weight", "5.weight", "6.weight",
    }  # fmt: skip


def test_decay_on_all_decays_every_parameter() -> None:
    assert set(_decay_of_each(_net(), SgdOptions(weight_decay=0.1)).values()) == {0.1}


def test_decay_on_patterns_decays_what_they_match() -> None:
    decays = _decay_of_each(_net(), SgdOptions(weight_decay=0.1, decay_on=("1.*", "6.weight")))

    assert {name for name, decay in decays.items() if decay} == {"1.weight", "1.bias", "6.weight"}


def test_a_pattern_that_matches_nothing_names_the_nearest_parameters() -> None:
    net = nn.Sequential()
    net.add_module("dense1", nn.Linear(2, 2))
    net.add_module("head", nn.Linear(2, 2))

    with pytest.raises(ConfigError, match=r"'dense.weight'.*nearest are dense1.weight"):
        build_optimizer(net, SgdOptions(weight_decay=0.1, decay_on=("dense.weight",)))


def test_muon_takes_hidden_kernels_and_adamw_the_rest() -> None:
    optimizer = build_optimizer(_net(), MuonOptions(lr=0.02, other_lr=0.003, weight_decay=0.1))
    sizes = {
        group["lr"]: sorted(tuple(p.shape) for p in group["params"])
        for group in optimizer.param_groups
    }

    assert sizes[0.02] == [(6, 24), (6, 36), (8, 54)]
    assert len(sizes[0.003]) == 9


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last], ids=str)
def test_muon_and_adamw_equal_torchs_on_matrices_and_the_rest(layout: Any) -> None:
    net = _laid_out(_net(), layout)
    options = MuonOptions(lr=0.1, momentum=0.85, other_lr=0.01, weight_decay=0.05)
    optimizer = build_optimizer(net, options)
    hidden = [net[i].weight for i in (2, 3, 5)]
    others = [p for p in net.parameters() if all(p is not kernel for kernel in hidden)]
    copies = [nn.Parameter(_matrix(p, layout).clone()) for p in hidden]
    rest = [nn.Parameter(p.detach().clone()) for p in others]
    muon = torch.optim.Muon(copies, lr=0.1, momentum=0.85, weight_decay=0.05)
    adamw = torch.optim.AdamW(rest, lr=0.01, betas=(0.85, 0.999), weight_decay=0.05, foreach=False)
    for step in range(1, 11):
        _set_gradients(net, step)
        set_rates(optimizer, 1 / step)
        muon.param_groups[0]["lr"] = 0.1 / step
        adamw.param_groups[0]["lr"] = 0.01 / step
        for mine, matrix in zip(hidden, copies, strict=True):
            matrix.grad = _matrix(mine.grad, layout)
        for mine, theirs in zip(others, rest, strict=True):
            assert mine.grad is not None
            theirs.grad = mine.grad.clone()
        for each in (optimizer, muon, adamw):
            each.step()
    for mine, matrix in zip(hidden, copies, strict=True):
        assert torch.equal(_matrix(mine, layout), matrix)
    for mine, theirs in zip(others, rest, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-6, atol=1e-6)


def _matrix(kernel: Any, layout: Any) -> Tensor:
    """Return a kernel as rows, its columns in memory order."""
    kernel = kernel.detach()
    if layout is torch.channels_last and kernel.ndim == 4:
        kernel = kernel.permute(0, 2, 3, 1)
    return kernel.reshape(len(kernel), -1)  # type: ignore[no-any-return]


def test_rates_and_momentum_of_both_of_muons_parts_move_together() -> None:
    optimizer = build_optimizer(_net(), MuonOptions(lr=0.02, other_lr=0.003))
    set_rates(optimizer, 0.5, 0.8)
    set_rates(optimizer, 0.25)

    hidden, rest = optimizer.param_groups
    assert (hidden["lr"], hidden["momentum"]) == (0.005, 0.8)
    assert (rest["lr"], rest["betas"]) == (0.00075, (0.8, 0.999))


def test_muon_moves_a_kernel_by_an_orthogonal_matrix_times_lr() -> None:
    net = _net()
    before = net[2].weight.detach().clone()
    optimizer = build_optimizer(net, MuonOptions(lr=0.1))
    _set_gradients(net, 1)
    optimizer.step()
    moved = (before - net[2].weight.detach()).flatten(1) / 0.1

    # five Newton–Schulz iterations in bf16 bring singular values near 1, by design not onto it
    singular = torch.linalg.svdvals(moved)
    assert 0.6 < float(singular.min()) <= float(singular.max()) < 1.3


def test_muon_learns_the_same_in_either_memory_format() -> None:
    plain, last = _net(), _laid_out(_net(), torch.channels_last)
    assert not last[2].weight.is_contiguous()
    for net in (plain, last):
        optimizer = build_optimizer(net, MuonOptions(lr=0.1, weight_decay=0.1))
        for step in range(3):
            _set_gradients(net, step)
            set_rates(optimizer, 0.5, 0.9)
            optimizer.step()

    # Newton–Schulz works in bf16, where another order of columns rounds otherwise
    torch.testing.assert_close(_weights(plain), _weights(last), rtol=0, atol=5e-3)
    assert not torch.allclose(_weights(plain), _weights(_net()), atol=5e-2)


def test_muon_forgets_gradients_of_kernels_and_of_the_rest() -> None:
    net = _net()
    optimizer = build_optimizer(net, MuonOptions())
    _set_gradients(net, 0)
    optimizer.zero_grad()

    assert all(parameter.grad is None for parameter in net.parameters())


def test_muon_without_a_hidden_kernel_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs a convolution or linear layer between"):
        build_optimizer(nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2)), MuonOptions())


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last], ids=str)
@pytest.mark.parametrize(
    "options",
    [SgdOptions(momentum=0.9), AdamOptions(), AdamWOptions(), MuonOptions()],
    ids=lambda options: options.name,
)
def test_a_state_that_was_saved_goes_on_bit_for_bit(options: OptimizerOptions, layout: Any) -> None:
    nets = [_laid_out(_net(), layout) for _ in range(2)]
    straight, first = (build_optimizer(net, options) for net in nets)
    _step(nets[0], straight, 1)
    _step(nets[1], first, 1)
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    resumed = build_optimizer(nets[1], options)
    resumed.load_state_dict(torch.load(file, weights_only=True))
    _step(nets[0], straight, 2)
    _step(nets[1], resumed, 2)

    assert torch.equal(_weights(nets[0]), _weights(nets[1]))


def _step(net: nn.Module, optimizer: Any, step: int) -> None:
    _set_gradients(net, step)
    set_rates(optimizer, 1 / step, 0.9)
    optimizer.step()


def test_clipping_by_value_then_by_norm_bounds_both() -> None:
    net = _net()
    _set_gradients(net, 0)
    clip_gradients(net.parameters(), ClipOptions(value=0.1))
    largest = max(float(p.grad.abs().max()) for p in net.parameters() if p.grad is not None)
    clip_gradients(net.parameters(), ClipOptions(value=0.1, norm=0.5))
    gradients = torch.cat([p.grad.flatten() for p in net.parameters() if p.grad is not None])

    assert largest == pytest.approx(0.1)
    assert float(gradients.norm()) == pytest.approx(0.5, rel=1e-4)


def test_no_clipping_leaves_gradients_alone() -> None:
    net = _net()
    _set_gradients(net, 0)
    before = [p.grad.clone() for p in net.parameters() if p.grad is not None]
    clip_gradients(net.parameters(), ClipOptions())

    for parameter, gradient in zip(net.parameters(), before, strict=True):
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, gradient)


def test_a_state_from_another_memory_format_is_laid_out_like_its_parameter() -> None:
    """A checkpoint of a machine without bf16 goes on where channels_last is used."""
    saved = torch.optim.Adam([nn.Parameter(torch.zeros(4, 3, 3, 3))])
    parameter = saved.param_groups[0]["params"][0]
    parameter.grad = torch.rand(parameter.shape)
    saved.step()
    kernel = nn.Parameter(torch.zeros(4, 3, 3, 3).to(memory_format=torch.channels_last))
    loaded = torch.optim.Adam([kernel], fused=True)
    loaded.load_state_dict(saved.state_dict())
    lay_out_like_parameters(loaded)
    mean = loaded.state[kernel]["exp_avg"]
    assert mean.stride() == kernel.stride()
    assert torch.equal(mean, saved.state[parameter]["exp_avg"])
