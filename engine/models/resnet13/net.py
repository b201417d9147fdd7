"""The modules of `resnet13`."""

from torch import nn

from engine.models.layers import Dropout, Residual, conv_bn_relu, named
from engine.models.resnet13.spec import Resnet13Options
from engine.models.spec import PictureShape


def build(options: Resnet13Options, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return four stages of convolution, pooling (not in the last) and residual; then the head.

    The last pooling takes the mean of a whole map: 4x4 on pictures of 32x32.
    """
    layers: dict[str, nn.Module] = {}
    channels = shape.channels
    for stage in range(4):
        filters = options.width * 2**stage
        layers[f"conv{stage + 1}"] = conv_bn_relu(channels, filters, pool=stage < 3)
        layers[f"res{stage + 1}"] = Residual(filters)
        channels = filters
    return named(
        layers
        | {
            "pool": nn.AvgPool2d((shape.height // 8, shape.width // 8)),
            "flatten": nn.Flatten(),
            "dropout": Dropout(options.head_dropout),
            "head": nn.Linear(channels, num_classes),
        }
    )
