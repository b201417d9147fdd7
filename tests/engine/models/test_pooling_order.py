"""Pooling before a rising activation changes nothing but the time it takes."""

import pytest
import torch
from torch import nn

from engine.models.layers import RISING, activation, conv_bn_relu
from engine.models.registry import build, specs
from engine.models.spec import PictureShape


@pytest.mark.parametrize("name", sorted(RISING))
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_values_and_gradients_are_the_same_in_either_order(name: str, dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    maps = torch.randn(4, 3, 8, 8, generator=generator).to(dtype)
    weights = torch.randn(4, 3, 4, 4, generator=generator).to(dtype)
    results = []
    for order in ((activation(name), nn.MaxPool2d(2)), (nn.MaxPool2d(2), activation(name))):  # type: ignore[arg-type]
        inputs = maps.clone().requires_grad_()
        outputs = nn.Sequential(*order)(inputs * 1)
        (outputs * weights).sum().backward()
        results.append((outputs, inputs.grad))
    assert torch.equal(results[0][0], results[1][0])
    assert results[0][1] is not None
    assert torch.equal(results[0][1], results[1][1])  # type: ignore[arg-type]


def test_a_pooled_block_pools_before_its_relu() -> None:
    assert list(dict(conv_bn_relu(3, 4, pool=True).named_children())) == [
        "conv", "norm", "pool", "act",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "last"),
    [
        ({}, ["norm1", "pool", "act1"]),
        ({"batch_norm": False}, ["conv1", "pool", "act1"]),
        ({"activation": "gelu"}, ["norm1", "act1", "pool"]),
        ({"order": "conv_act_norm"}, ["act1", "norm1", "pool"]),
    ],
)
def test_a_cnn_pools_first_only_where_that_is_the_same(
    options: dict[str, object], last: list[str]
) -> None:
    made = specs()["cnn"].options.model_validate({"name": "cnn", "filters": [4], **options})
    net = build(made, PictureShape(1, 8, 8), 3)
    assert list(dict(net.block1.named_children()))[-3:] == last  # type: ignore[operator]
