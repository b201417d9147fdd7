"""Builds torchvision's nets and fits their stems to the pictures."""

from torch import nn

from engine import vision
from engine.models.spec import PictureShape
from engine.models.torchvision.spec import SMALL, TorchvisionOptions


def build(options: TorchvisionOptions, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return the net with fresh weights and a head for `num_classes`.

    Pictures of at most 64 pixels a side keep their size in the stem (in ConvNeXt's they are
    halved, not quartered) and meet no max-pool there.
    """
    models = vision.torchvision().models
    net: nn.Module = models.get_model(options.net, weights=None, num_classes=num_classes)
    small = max(shape.height, shape.width) <= SMALL
    path = _stem_path(options.net)
    stem = net.get_submodule(path)
    assert isinstance(stem, nn.Conv2d)
    if small or shape.channels != stem.in_channels:
        net.set_submodule(path, _fitted(stem, shape.channels, small))
    if small:
        _drop_max_pool(net)
    return net


def _stem_path(name: str) -> str:
    """Return where the net keeps its first convolution."""
    if name.startswith("densenet"):
        return "features.conv0"
    return "conv1" if "resn" in name else "features.0.0"


def _fitted(stem: nn.Conv2d, channels: int, small: bool) -> nn.Conv2d:
    """Return a new first convolution for these pictures; He's normal draws its weights."""
    patches = stem.padding == (0, 0)  # ConvNeXt cuts the picture into patches of 4x4
    kernel, stride = stem.kernel_size[0], stem.stride[0]
    if small:
        kernel, stride = (2, 2) if patches else (3, 1)
    padding = 0 if patches else kernel // 2
    bias = stem.bias is not None
    fitted = nn.Conv2d(channels, stem.out_channels, kernel, stride, padding, bias=bias)
    nn.init.kaiming_normal_(fitted.weight, mode="fan_out", nonlinearity="relu")
    return fitted


def _drop_max_pool(net: nn.Module) -> None:
    for path, module in list(net.named_modules()):
        if isinstance(module, nn.MaxPool2d):
            net.set_submodule(path, nn.Identity())
