"""The modules of `cnn`."""

from torch import nn

from engine.models.cnn.spec import CnnOptions
from engine.models.layers import RISING, Dropout, activation, dense_layers, initialise, named
from engine.models.spec import PictureShape


def build(options: CnnOptions, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return the blocks → flatten → dense layers → head."""
    layers: dict[str, nn.Module] = {}
    channels, height, width = shape.channels, shape.height, shape.width
    for number, filters in enumerate(options.sizes, start=1):
        layers[f"block{number}"] = _block(options, channels, filters)
        channels = filters
        height, width = options.after_block(height), options.after_block(width)
    layers["flatten"] = nn.Flatten()
    if options.flatten_dropout:
        layers["flatten_dropout"] = Dropout(options.flatten_dropout)
    features = channels * height * width
    layers |= dense_layers(
        features,
        options.dense,
        options.activation,
        options.dense_batch_norm,
        options.dense_dropouts,
    )
    layers["head"] = nn.Linear((features, *options.dense)[-1], num_classes)
    net = named(layers)
    initialise(net, options.init)
    return net


def _block(options: CnnOptions, channels: int, filters: int) -> nn.Sequential:
    """Return a block's convolutions, each with activation and norm, then max-pool and dropout."""
    layers: dict[str, nn.Module] = {}
    steps = zip(options.paddings, options.strides, strict=True)
    for number, (padding, stride) in enumerate(steps, start=1):
        pixels = options.kernel_size // 2 if padding == "same" else 0
        layers[f"conv{number}"] = nn.Conv2d(
            channels, filters, options.kernel_size, stride=stride, padding=pixels
        )
        after = {f"act{number}": activation(options.activation)}
        norm = {f"norm{number}": nn.BatchNorm2d(filters)} if options.batch_norm else {}
        layers |= after | norm if options.order == "conv_act_norm" else norm | after
        channels = filters
    if options.downsample == "pool":
        layers = _with_pool(layers, options)
    if options.conv_dropout:
        layers["dropout"] = Dropout(options.conv_dropout)
    return named(layers)


def _with_pool(layers: dict[str, nn.Module], options: CnnOptions) -> dict[str, nn.Module]:
    """Add the max-pool: before a last activation that it commutes with, which spares it work."""
    last = list(layers)[-1]
    if not last.startswith("act") or options.activation not in RISING:
        return layers | {"pool": nn.MaxPool2d(2)}
    act = layers.pop(last)
    return layers | {"pool": nn.MaxPool2d(2), last: act}
