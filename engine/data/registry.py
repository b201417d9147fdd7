"""Finds the data sets: each module of `engine.data.sources` with a `SPEC` or `SPECS` has some."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from engine.data import sources
from engine.data.spec import DatasetSpec
from engine.errors import ConfigError, unknown

FOLDER = "folder:"


@cache
def specs() -> Mapping[str, DatasetSpec]:
    """Return every data set's spec by name. A name used twice is a programmer's mistake."""
    found: dict[str, DatasetSpec] = {}
    for module in pkgutil.iter_modules(sources.__path__):
        source = importlib.import_module(f"{sources.__name__}.{module.name}")
        for spec in getattr(source, "SPECS", None) or (source.SPEC,):
            assert spec.name not in found, f"two data sets are called {spec.name}"
            found[spec.name] = spec
    return found


def find(name: str) -> DatasetSpec:
    """Return the spec of a named data set.

    Raises:
        ConfigError: no data set has this name; the nearest is named.
    """
    spec = specs().get(name)
    if spec is None:
        remedy = "`dli data` lists them; folder:PATH takes your own pictures."
        raise ConfigError(unknown("data set", name, specs(), remedy))
    return spec


def imported(path: str) -> Callable[..., Any]:
    """Return the function that `module:function` names."""
    module, _, function = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
