"""The modules of `mnist403k`."""

from torch import nn

from engine.models.layers import Dropout, activation, initialise, named
from engine.models.mnist403k.spec import Mnist403kOptions
from engine.models.spec import PictureShape


def build(options: Mnist403kOptions, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return 3x3, 3x3, 5x5 stride 2 with 32 channels, the same with 64, 5x5 stride 2 with 128.

    A 3x3 has no padding and no bias, and batch norm after its GELU; a 5x5 has padding and bias,
    and no norm.
    """
    layers: dict[str, nn.Module] = {}
    channels, sides = shape.channels, (shape.height, shape.width)
    for stage, filters in enumerate((32, 64)):
        first = 3 * stage + 1
        layers |= _plain(first, channels, filters) | _plain(first + 1, filters, filters)
        sides = (sides[0] - 4, sides[1] - 4)
        layers |= _halving(first + 2, filters, filters, sides)
        layers[f"dropout{first + 2}"] = Dropout(options.dropout)
        channels, sides = filters, _half(sides)
    layers |= _halving(7, channels, 128, sides)
    height, width = _half(sides)
    layers |= {"flatten": nn.Flatten(), "head": nn.Linear(128 * height * width, num_classes)}
    net = named(layers)
    initialise(net, "keras")
    return net


def _half(sides: tuple[int, int]) -> tuple[int, int]:
    height, width = sides
    return (height + 1) // 2, (width + 1) // 2


def _plain(number: int, inputs: int, outputs: int) -> dict[str, nn.Module]:
    return {
        f"conv{number}": nn.Conv2d(inputs, outputs, 3, bias=False),
        f"act{number}": activation("gelu"),
        f"norm{number}": nn.BatchNorm2d(outputs),
    }


def _halving(
    number: int, inputs: int, outputs: int, sides: tuple[int, int]
) -> dict[str, nn.Module]:
    """Return a 5x5 convolution of stride 2 with Keras' "same" padding.

    On an even side it pads 1 pixel before and 2 after, on an odd side 2 and 2.
    """
    height, width = sides
    padding = (1 + width % 2, 2, 1 + height % 2, 2)
    return {
        f"pad{number}": nn.ZeroPad2d(padding),
        f"conv{number}": nn.Conv2d(inputs, outputs, 5, stride=2),
        f"act{number}": activation("gelu"),
    }
