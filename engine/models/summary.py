"""What a model is made of: its layers with output shapes, parameters and FLOPs, and the totals."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.hooks import RemovableHandle

from engine.models.registry import build
from engine.models.spec import ModelOptions, PictureShape


@dataclass(frozen=True)
class LayerSummary:
    """One layer: its name, type, output shape without the batch, own parameters and own FLOPs."""

    name: str
    type: str
    output_shape: tuple[int, ...]
    num_parameters: int
    flops: int


@dataclass(frozen=True)
class ModelSummary:
    """A model's layers in the order they run, and its totals.

    `keras_parameters` adds the running mean and variance of batch norm. FLOPs are for one picture,
    of convolutions and matrix products: two for each multiply-add.
    """

    layers: tuple[LayerSummary, ...]
    num_parameters: int
    keras_parameters: int
    flops: int


def count_parameters(model: nn.Module) -> tuple[int, int]:
    """Return the trainable parameters, and with them batch norm's statistics as Keras counts."""
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    statistics = (
        b for n, b in model.named_buffers() if n.endswith(("running_mean", "running_var"))
    )
    return trainable, trainable + sum(b.numel() for b in statistics)


def summarize(options: ModelOptions, shape: PictureShape, num_classes: int) -> ModelSummary:
    """Build the model on the meta device, where nothing is computed, and follow one picture.

    Raises:
        ModelError: the family cannot take pictures of this shape.
    """
    with torch.device("meta"):
        model = build(options, shape, num_classes).eval()
    counter = FlopCounterMode(display=False)
    shapes = _follow(model, shape, counter)
    flops = _own_flops(counter, type(model).__name__)
    modules = dict(model.named_modules())
    layers = tuple(
        LayerSummary(
            name=name,
            type=type(modules[name]).__name__,
            output_shape=output,
            num_parameters=sum(p.numel() for p in modules[name].parameters(recurse=False)),
            flops=flops.get(name, 0),
        )
        for name, output in shapes.items()
    )
    return ModelSummary(layers, *count_parameters(model), counter.get_total_flops())


def _follow(
    model: nn.Module, shape: PictureShape, counter: FlopCounterMode
) -> dict[str, tuple[int, ...]]:
    """Return the output shape of each layer as one picture passes through, counting FLOPs.

    A layer is a module without children, or one that owns parameters itself.
    """
    shapes: dict[str, tuple[int, ...]] = {}

    def watch(name: str, module: nn.Module) -> RemovableHandle:
        def note(_: nn.Module, __: object, output: Tensor | tuple[Tensor, ...]) -> None:
            first = output[0] if isinstance(output, tuple) else output
            shapes.setdefault(name, tuple(first.shape[1:]))

        return module.register_forward_hook(note)

    handles = [watch(name, module) for name, module in model.named_modules() if _is_layer(module)]
    with torch.no_grad(), counter:
        model(torch.empty(1, shape.channels, shape.height, shape.width, device="meta"))
    for handle in handles:
        handle.remove()
    return shapes


def _is_layer(module: nn.Module) -> bool:
    is_leaf = next(module.children(), None) is None
    return is_leaf or next(module.parameters(recurse=False), None) is not None


def _own_flops(counter: FlopCounterMode, root: str) -> dict[str, int]:
    """Return each module's FLOPs by name, without what its children did."""
    totals = {
        path.removeprefix(f"{root}."): sum(operators.values())
        for path, operators in counter.get_flop_counts().items()
    }
    own = dict(totals)
    for path, flops in totals.items():
        parent, _, _ = path.rpartition(".")
        if parent in own:
            own[parent] -= flops
    return own
