"""The modules of `resnet9`."""

from torch import nn

from engine.models.layers import Dropout, Residual, conv_bn_relu, named
from engine.models.resnet9.spec import Resnet9Options
from engine.models.spec import PictureShape


def build(options: Resnet9Options, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return the net with maps of 64, 128, 256 and 512 channels at width 64.

    The last pooling takes the maximum of a whole map: 4x4 on pictures of 32x32.
    """
    width = options.width
    last_map = (shape.height // 8, shape.width // 8)
    return named(
        {
            "conv1": conv_bn_relu(shape.channels, width),
            "conv2": conv_bn_relu(width, 2 * width, pool=True),
            "res1": Residual(2 * width),
            "conv3": conv_bn_relu(2 * width, 4 * width, pool=True),
            "conv4": conv_bn_relu(4 * width, 8 * width, pool=True),
            "res2": Residual(8 * width),
            "pool": nn.MaxPool2d(last_map),
            "flatten": nn.Flatten(),
            "dropout": Dropout(options.head_dropout),
            "head": nn.Linear(8 * width, num_classes),
        }
    )
