"""Layers that several families share: the quick dropout."""

import pytest
import torch
from torch import Tensor, nn

from engine.models.layers import Dropout


def _maps(dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.ones(8, 16, 15, 13, dtype=dtype).to(memory_format=torch.channels_last)


@pytest.mark.parametrize("rate", [0.05, 0.25, 0.4, 0.9])
def test_dropout_zeroes_its_rate_of_values_and_keeps_the_mean(rate: float) -> None:
    torch.manual_seed(0)
    dropped = torch.stack([Dropout(rate)(_maps()) for _ in range(40)])  # a million values

    assert (dropped == 0).double().mean().item() == pytest.approx(rate, abs=0.002)
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / (1 - rate)])


def test_each_value_is_dropped_by_itself() -> None:
    torch.manual_seed(1)
    zero = (Dropout(0.5)(torch.ones(200_000)) == 0).double()

    for apart in (1, 2, 3, 4):  # four values share one draw
        together = (zero[apart:] * zero[:-apart]).mean().item()
        assert together == pytest.approx(0.25, abs=0.005)


def test_dropout_keeps_type_and_layout_and_its_gradient_is_the_mask() -> None:
    maps = _maps(torch.bfloat16).requires_grad_()
    dropped = Dropout(0.5)(maps)
    dropped.sum().backward()

    assert dropped.dtype == torch.bfloat16
    assert dropped.is_contiguous(memory_format=torch.channels_last)
    assert maps.grad is not None
    assert torch.equal(maps.grad, dropped.detach())


def test_dropout_repeats_with_the_seed_and_rests_in_eval() -> None:
    layer, values = Dropout(0.5), torch.rand(3, 33)
    torch.manual_seed(7)
    first = layer(values)
    torch.manual_seed(7)

    assert torch.equal(layer(values), first)
    assert torch.equal(layer.eval()(values), values)
    assert torch.equal(Dropout(0.0)(values), values)
    assert isinstance(layer, nn.Dropout)
