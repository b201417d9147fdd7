"""From words on a command line to a config: a study or a file, then named options, then `--set`."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ConfigError

if TYPE_CHECKING:
    from engine.config import RunConfig

NAMED = {
    "dataset": "dataset",
    "model": "model.name",
    "epochs": "epochs",
    "batch_size": "batch_size",
    "lr": "optimizer.lr",
    "seed": "seed",
    "subset": "data.subset",
    "device": "device",
    "precision": "precision",
    "threads": "threads",
    "test": "test",
}


@dataclass(frozen=True)
class Base:
    """What the options change: nested values, the name of the study, and what to tell about it."""

    values: dict[str, Any]
    label: str = ""
    notes: tuple[str, ...] = ()


def base_of(study: str | None, config: Path | None) -> Base:
    """Return the settings of a study, of a run's `config.json`, or none.

    Raises:
        ConfigError: both are given, or the one given is missing or wrong.
    """
    if study is not None and config is not None:
        raise ConfigError("choose one of STUDY and --config.")
    if config is not None:
        return Base(_from_file(config))
    if study is None:
        return Base({})
    from bench.catalog import find

    found = find(study)
    notes = (f"{found.path} hides the shipped study '{found.name}'.",) * found.shadows_shipped
    return Base(dict(found.base), found.name, notes)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"cannot read the config {path}: {error.strerror}.") from None
    except ValueError as error:
        raise ConfigError(f"the config {path} is not valid JSON: {error}.") from None
    if not isinstance(values, dict):
        raise ConfigError(f"the config {path} holds no settings; give a run's config.json.")
    return values


def build_config(
    base: dict[str, Any], named: Mapping[str, object], settings: Iterable[str]
) -> "tuple[RunConfig, list[str]]":
    """Return the checked config, and a sentence for each section that an option reset.

    Args:
        base: nested values, as from a study.
        named: values of the options in `NAMED`; None is an option that was not given.
        settings: the texts of `--set`, which win over `named`.

    Raises:
        ConfigError: one sentence that names the key, the value and what is allowed.
    """
    from engine.overrides import configure

    changes, notes = changes_of(base, named, settings)
    _, config, dropped = configure(base, changes)
    return config, [*notes, *dropped]


def changes_of(
    base: Mapping[str, Any], named: Mapping[str, object], settings: Iterable[str]
) -> tuple[list[tuple[str, object]], list[str]]:
    """Return paths with their new values, `--set` last, and a sentence for each one added here.

    A base's val_size that would take more than half of a `--subset` gives way to val_fraction.
    """
    from engine.overrides import parse_setting

    given = [(NAMED[key], value) for key, value in named.items() if value is not None]
    changes = [*given, *(parse_setting(text) for text in settings)]
    subset, data = named.get("subset"), base.get("data", {})
    size = data.get("val_size") if isinstance(data, dict) else None
    if not isinstance(subset, int) or not isinstance(size, int) or 2 * size <= subset:
        return changes, []
    if any(path == "data.val_size" for path, _ in changes):
        return changes, []
    note = f"data.val_size {size:,} does not fit into --subset {subset:,}: val is 10 % of it."
    return [("data.val_size", None), *changes], [note]
