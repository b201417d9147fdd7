"""Finds the model families: each sub-package of `engine.models` with a `spec` module is one.

Imports no torch: `build` brings in a family's modules only when a model is made.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from engine import models
from engine.errors import ConfigError, ModelError, unknown
from engine.models.spec import ModelOptions, ModelSpec, PictureShape

if TYPE_CHECKING:
    from torch import Tensor, nn


@cache
def specs() -> Mapping[str, ModelSpec]:
    """Return every family's spec by name. A name used twice is a programmer's mistake."""
    found: dict[str, ModelSpec] = {}
    for module in pkgutil.iter_modules(models.__path__):
        if module.ispkg:
            spec: ModelSpec = importlib.import_module(f"engine.models.{module.name}.spec").SPEC
            assert spec.name not in found, f"two model families are called {spec.name}"
            found[spec.name] = spec
    return found


def family_of(name: str) -> str:
    """Return the family's name: `torchvision:resnet18` belongs to `torchvision`."""
    return name.partition(":")[0]


def find(name: str) -> ModelSpec:
    """Return the spec that a model's name belongs to.

    Raises:
        ConfigError: no family has this name; the nearest is named.
    """
    spec = specs().get(family_of(name))
    if spec is None:
        raise ConfigError(unknown("model", name, specs(), "`dli models` lists them."))
    return spec


def build(options: ModelOptions, shape: PictureShape, num_classes: int) -> "nn.Module":
    """Make a model that maps images `(N, C, H, W)` to logits `(N, num_classes)`.

    Raises:
        ModelError: the family cannot take pictures of this shape, or knows no such net.
    """
    spec = find(options.name)
    reason = spec.refuses(options, shape)
    if reason:
        raise ModelError(f"model '{options.name}' cannot take pictures of {shape}: {reason}")
    net: nn.Module = _function(spec.build)(options, shape, num_classes)
    return net


def begin_from_pictures(net: "nn.Module", options: ModelOptions, images: "Tensor") -> None:
    """Set what a family with `from_pictures` takes from scaled training pictures `(N, C, H, W)`."""
    _function(find(options.name).from_pictures)(net, images)


def _function(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
