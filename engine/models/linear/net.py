"""The modules of `linear`."""

from torch import nn

from engine.models.layers import named
from engine.models.linear.spec import LinearOptions
from engine.models.spec import PictureShape


def build(options: LinearOptions, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return flatten → head."""
    head = nn.Linear(shape.channels * shape.height * shape.width, num_classes)
    if options.init == "zeros":
        nn.init.zeros_(head.weight)
        nn.init.zeros_(head.bias)
    return named({"flatten": nn.Flatten(), "head": head})
