"""The modules of `mlp`."""

from torch import nn

from engine.models.layers import dense_layers, initialise, named
from engine.models.mlp.spec import MlpOptions
from engine.models.spec import PictureShape


def build(options: MlpOptions, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return flatten → (dense → activation → batch norm → dropout) for each size → head."""
    sizes = options.sizes
    pixels = shape.channels * shape.height * shape.width
    dropouts = [options.dropout] * len(sizes)
    hidden = dense_layers(pixels, sizes, options.activation, options.batch_norm, dropouts)
    head = nn.Linear(sizes[-1], num_classes)
    net = named({"flatten": nn.Flatten(), **hidden, "head": head})
    initialise(net, options.init)
    return net
