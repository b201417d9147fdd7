"""The modules of `airbench`."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.airbench.spec import AirbenchOptions
from engine.models.layers import activation, named
from engine.models.spec import PictureShape

_LEAST_VARIANCE = 5e-4  # added to each direction's: nearly constant ones must not become noise


class Whitening(nn.Conv2d):
    """A fixed convolution to decorrelated patches of unit variance, and to their negatives.

    Until `fit` has seen pictures its kernels are random.
    """

    def __init__(self, channels: int, size: int, stride: int, bias: bool) -> None:
        super().__init__(channels, 2 * channels * size * size, size, stride=stride, bias=bias)
        self.weight.requires_grad_(False)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    @torch.no_grad()
    def fit(self, images: Tensor) -> None:
        """Take the kernels from the patches of some scaled pictures (N, C, H, W).

        Each kernel is an eigenvector of the patches' second moments over the root of its value.
        """
        patches = F.unfold(images.float(), self.kernel_size[0])  # (N, C·k·k, places)
        moments = torch.einsum("nip,njp->ij", patches, patches) / (
            patches.shape[0] * patches.shape[2]
        )
        values, vectors = torch.linalg.eigh(moments)
        kernels = (vectors / (values + _LEAST_VARIANCE).sqrt()).T.flip(0)
        kernels = kernels.reshape(-1, *self.weight.shape[1:])
        self.weight.copy_(torch.cat([kernels, -kernels]))


class Scale(nn.Module):
    """Multiplies the logits by a constant."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, logits: Tensor) -> Tensor:
        """Map `(N, K)` to the same shape."""
        return logits * self.factor


def build(options: AirbenchOptions, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return whitening → activation → blocks → the maximum of each map → head → scale."""
    size, stride = options.whiten_size, options.whiten_stride
    stem = Whitening(shape.channels, size, stride, options.whiten_bias)
    layers: dict[str, nn.Module] = {"whitening": stem, "act": activation(options.activation)}
    channels = stem.out_channels
    height, width = ((side - size) // stride + 1 for side in (shape.height, shape.width))
    for number, filters in enumerate(options.filters, start=1):
        layers[f"block{number}"] = _block(options, channels, filters)
        channels, height, width = filters, height // 2, width // 2
    layers |= {
        "pool": nn.MaxPool2d((height, width)),
        "flatten": nn.Flatten(),
        "head": nn.Linear(channels, num_classes, bias=False),
        "scale": Scale(options.logit_scale),
    }
    return named(layers)


def whiten(net: nn.Module, images: Tensor) -> None:
    """Fit the first layer to scaled training pictures (N, C, H, W)."""
    stem = net.get_submodule("whitening")
    assert isinstance(stem, Whitening)
    stem.fit(images)


def _block(options: AirbenchOptions, channels: int, filters: int) -> nn.Sequential:
    """Return convolutions without bias, each normalised and activated; the first is pooled."""
    layers: dict[str, nn.Module] = {}
    for number in range(1, options.convs_per_block + 1):
        layers[f"conv{number}"] = _identity_conv(channels, filters)
        if number == 1:
            layers["pool"] = nn.MaxPool2d(2)
        norm = nn.BatchNorm2d(filters, eps=1e-12, momentum=options.norm_momentum)
        norm.weight.requires_grad_(False)
        layers[f"norm{number}"] = norm
        layers[f"act{number}"] = activation(options.activation)
        channels = filters
    return named(layers)


def _identity_conv(inputs: int, outputs: int) -> nn.Conv2d:
    """Return a 3x3 convolution whose first channels begin by passing their input on."""
    conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    with torch.no_grad():
        nn.init.dirac_(conv.weight[:inputs])
    return conv
