"""The running mean of weights against its closed form."""

import torch
from torch import nn

from engine.ema import make_ema

DECAY = 0.8


def _net() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def test_weights_and_statistics_equal_the_closed_form() -> None:
    net = _net()
    ema = make_ema(net, DECAY)
    past: list[dict[str, torch.Tensor]] = []
    for step in range(10):
        for parameter in net.parameters():
            parameter.data.add_(torch.randn_like(parameter))
        net(torch.randn(8, 3) * (step + 1))
        ema.update_parameters(net)
        past.append({name: value.clone() for name, value in net.state_dict().items()})

    n = len(past)
    weights = [DECAY ** (n - 1)] + [(1 - DECAY) * DECAY ** (n - 1 - i) for i in range(1, n)]
    for name, value in ema.module.state_dict().items():
        if value.is_floating_point():
            expected = sum(w * state[name] for w, state in zip(weights, past, strict=True))
            torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6, msg=name)


def test_the_mean_is_for_evaluation_and_leaves_the_net_alone() -> None:
    net = _net()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    ema = make_ema(net, DECAY)
    ema.update_parameters(net)

    assert net.training
    assert not ema.module.training
    assert not any(parameter.requires_grad for parameter in ema.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_a_saved_mean_goes_on_as_if_never_saved() -> None:
    net = _net()
    straight = make_ema(net, DECAY)
    straight.update_parameters(net)
    resumed = make_ema(_net(), DECAY)
    resumed.load_state_dict(straight.state_dict())
    for parameter in net.parameters():
        parameter.data.mul_(3)
    for ema in (straight, resumed):
        ema.update_parameters(net)

    for name, value in straight.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name
