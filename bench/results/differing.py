"""What two configurations do differently, setting by setting. Imports no torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.dimensions import flat
from engine.config import RunConfig
from engine.overrides import NAMED_SECTIONS

_OF_THE_RUN = ("seed", "dataset", "test", "device", "precision", "threads", "eval_batch_size")


@dataclass(frozen=True)
class Change:
    """A setting with its value on both sides; None where one of them has no such setting."""

    path: str
    before: Any
    after: Any


def changes(before: RunConfig, after: RunConfig) -> tuple[Change, ...]:
    """Return the settings in which two configurations differ, in the order of the config.

    Left out are the data set and what is the machine's or the run's own, and options that have no
    effect on one of the sides. Of another kind of model, optimizer or schedule only those options
    are told that both kinds have, or that are not its defaults.
    """
    old, new = dict(_settings(before, after)), dict(_settings(after, before))
    idle = {path for config in (before, after) for path in _idle(config)}
    return tuple(
        Change(path, old.get(path), new.get(path))
        for path in dict.fromkeys([*new, *old])
        if old.get(path) != new.get(path) and path not in idle
    )


def _idle(config: RunConfig) -> Iterator[str]:
    yield from (f"model.{key}" for key in config.model.no_effect())
    if not config.optimizer.weight_decay:
        yield "optimizer.decay_on"


def _settings(config: RunConfig, other: RunConfig) -> Iterator[tuple[str, Any]]:
    values = config.model_dump(mode="json", exclude=set(_OF_THE_RUN))
    for section in NAMED_SECTIONS:
        kind, other_kind = getattr(config, section), getattr(other, section)
        if kind.name != other_kind.name:
            chosen = set(kind.model_dump(exclude_defaults=True)) | {"name", *dict(other_kind)}
            values[section] = {key: v for key, v in values[section].items() if key in chosen}
    yield from flat(values)
