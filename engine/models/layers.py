"""Pieces that several families are made of."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from engine.models.options import Activation, Init

RISING: frozenset[Activation] = frozenset({"relu", "leaky_relu", "tanh"})  # they commute with max
_ACTIVATIONS: Mapping[Activation, Callable[[], nn.Module]] = {
    "relu": partial(nn.ReLU, inplace=True),
    "gelu": nn.GELU,
    "leaky_relu": nn.LeakyReLU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


def activation(name: Activation) -> nn.Module:
    """Return a new activation layer."""
    return _ACTIVATIONS[name]()


class Dropout(nn.Dropout):
    """`nn.Dropout` whose mask is quick to draw on the CPU.

    torch draws one number for each value there, which took a sixth of a step of the dropout
    recipes. Here four values share 64 random bits, so a rate is exact to 1/65,536. Drawing a mask
    for 64x32x14x14 values: 3.4 ms by torch, 0.5 ms like this (two cores).
    """

    def forward(self, inputs: Tensor) -> Tensor:
        """Zero each value with probability p and scale the others up, in training only."""
        if not self.training or not 0 < self.p < 1 or inputs.device.type != "cpu":
            return super().forward(inputs)
        return inputs * _mask(inputs, self.p)


def _mask(like: Tensor, rate: float) -> Tensor:
    """Return a tensor of that shape, type and layout: 0 at the rate, else 1 / (1 - rate)."""
    dense = torch.empty_like(like)
    count = dense.numel()
    bits = torch.empty((count + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
    kept = bits.view(torch.int16)[:count] >= round(rate * 2**16) - 2**15
    return kept.to(like.dtype).mul_(1 / (1 - rate)).as_strided(dense.shape, dense.stride())


def named(layers: Mapping[str, nn.Module]) -> nn.Sequential:
    """Return the layers in order; their names become the parameters' names."""
    return nn.Sequential(OrderedDict(layers))


def dense_layers(
    inputs: int,
    sizes: Sequence[int],
    function: Activation,
    batch_norm: bool,
    dropouts: Sequence[float],
) -> dict[str, nn.Module]:
    """Return dense → activation → batch norm → dropout for each size, by name.

    Args:
        inputs: features that come in.
        sizes: features that each dense layer gives.
        function: the activation's name.
        batch_norm: whether each activation is normalised.
        dropouts: one rate for each size; 0 adds no layer.
    """
    layers: dict[str, nn.Module] = {}
    for number, (size, dropout) in enumerate(zip(sizes, dropouts, strict=True), start=1):
        name = f"dense{number}"
        layers[name] = nn.Linear(inputs, size)
        layers[f"{name}_act"] = activation(function)
        if batch_norm:
            layers[f"{name}_norm"] = nn.BatchNorm1d(size)
        if dropout:
            layers[f"{name}_dropout"] = Dropout(dropout)
        inputs = size
    return layers


def conv_bn_relu(inputs: int, outputs: int, pool: bool = False) -> nn.Sequential:
    """Return conv 3x3 with bias → batch norm → ReLU, at the picture's size or pooled to half.

    Pooling comes before the ReLU: the maximum of what a rising function gives is what it gives for
    the maximum, so values and gradients are the same, and the ReLU has a quarter of the work.
    """
    layers: dict[str, nn.Module] = {
        "conv": nn.Conv2d(inputs, outputs, 3, padding=1),
        "norm": nn.BatchNorm2d(outputs),
    }
    if pool:
        layers["pool"] = nn.MaxPool2d(2)
    return named(layers | {"act": activation("relu")})


class Residual(nn.Module):
    """The input plus two `conv_bn_relu` of it: the sum comes after the second ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block1 = conv_bn_relu(channels, channels)
        self.block2 = conv_bn_relu(channels, channels)

    def forward(self, maps: Tensor) -> Tensor:
        """Map `(N, C, H, W)` to the same shape."""
        branch: Tensor = self.block2(self.block1(maps))
        return maps + branch


def initialise(net: nn.Module, how: Init) -> None:
    """Set the layers as their framework does: torch's are that way already, Keras' differ.

    Keras: Glorot-uniform kernels, zero biases, batch norm with momentum 0.99 (torch counts the
    other way: 0.01) and eps 1e-3.
    """
    if how == "torch":
        return
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.momentum, module.eps = 0.01, 1e-3
