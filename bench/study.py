"""A study that is ready to run: its base after overrides, its space and baselines, all checked.

Its identity is a hash of what its results depend on, so that different things are never mixed.
Imports no torch.
"""

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from bench.corners import extremes
from bench.space import Dimension, Value, draw
from bench.spec import StudyFile
from engine.config import CONFIG_SCHEMA, RunConfig
from engine.models.registry import find
from engine.options import CosineSchedule, OneCycleSchedule
from engine.overrides import configure

_CORNERS = 20  # random points beside the ends of each dimension


@dataclass(frozen=True)
class BaselinePoint:
    """A baseline as the search sees it: a value for each setting that exists in it."""

    name: str
    params: Mapping[str, Value]


@dataclass(frozen=True)
class Study:
    """A checked study. `base` holds nested values as written, `config` the run that they are."""

    file: StudyFile
    base: Mapping[str, Any]
    config: RunConfig
    space: tuple[Dimension, ...]
    baselines: tuple[BaselinePoint, ...]
    base_values: Mapping[str, Value]
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The study's name."""
        return self.file.name

    def config_of(self, params: Mapping[str, Value], **others: Value) -> RunConfig:
        """Return the run of a point of the space; `others` are further settings, like the seed.

        Options of the base's model that the point makes idle are left out: with batch norm
        switched off, the base's own place for it is no mistake.

        Raises:
            ConfigError: the combination is one that no run can have.
        """
        settings = {path: self._canonical(path, value) for path, value in params.items()}
        base = _without_idle(self.base, settings)
        return configure(base, [*settings.items(), *others.items()])[1]

    def _canonical(self, path: str, value: Value) -> Value:
        dimension = next((d for d in self.space if d.path == path), None)
        known = dimension is not None and dimension.contains(value)
        return dimension.canonical(value) if dimension and known else value

    def identity(self, data_digest: str) -> str:
        """Return `name@hash8`: the same hash means that results may be put together."""
        facts = {
            "base": self.base,
            "space": {d.path: _plain(d) for d in self.space},
            "metric": self.file.goal.metric,
            "data": data_digest,
            "config_schema": CONFIG_SCHEMA,
        }
        text = json.dumps(facts, sort_keys=True)
        return f"{self.name}@{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def warmup(self) -> int:
        """Return the epochs before which the pruner must not judge: past the lr's warm-up."""
        if self.file.search.warmup is not None:
            return min(self.file.search.warmup, self.config.epochs)
        longest = max(_warmup_epochs(config) for config in self.corners())
        return min(max(longest + 2, -(-self.config.epochs * 15 // 100)), self.config.epochs)

    def pruner(self) -> str:
        """Return the pruner in force; `auto` prunes only where all learning rates move alike.

        Under one-cycle beside other schedules, early values compare different things. Trials that
        end with the warm-up cannot be pruned.
        """
        if self.file.search.pruner != "auto":
            return self.file.search.pruner
        if self.warmup() >= self.config.epochs:
            return "none"
        names = {config.schedule.name for config in self.corners()}
        return "none" if "one_cycle" in names and len(names) > 1 else "halving"

    def corners(self) -> list[RunConfig]:
        """Return the runs of the base and of points over the whole space."""
        numbers = random.Random(0)
        points = [*extremes(self.space), *(draw(self.space, numbers) for _ in range(_CORNERS))]
        return [self.config, *map(self.config_of, points)]


def _plain(dimension: Dimension) -> dict[str, object]:
    return {
        "kind": dimension.kind,
        "choices": list(dimension.choices),
        "range": [dimension.low, dimension.high, dimension.step, dimension.log],
        "when": {path: list(values) for path, values in dimension.when.items()},
    }


def _warmup_epochs(config: RunConfig) -> int:
    match config.schedule:
        case OneCycleSchedule():
            return -int(-config.schedule.warmup * config.epochs // 1)
        case CosineSchedule():
            return -int(-config.schedule.warmup_epochs // 1)
    return 0


def setting(config: RunConfig, path: str) -> Value | None:
    """Return a config's value at a path, where it is one that a search can have."""
    here: Any = config
    for key in path.split("."):
        if not isinstance(here, BaseModel) or key not in type(here).model_fields:
            return None
        here = getattr(here, key)
    return here if isinstance(here, bool | int | float | str) else None


def _without_idle(base: Mapping[str, Any], settings: Mapping[str, Value]) -> dict[str, Any]:
    """Return the base without the options of its model that do nothing beside these settings."""
    model = base.get("model")
    name = settings.get("model.name", model["name"] if isinstance(model, dict) else "")
    if not isinstance(model, dict) or name != model["name"]:
        return dict(base)  # other models drop these options anyhow
    chosen = {p.removeprefix("model."): v for p, v in settings.items() if p.startswith("model.")}
    try:
        idle = find(model["name"]).options.model_validate(model | chosen).no_effect()
    except ValidationError:
        return dict(base)  # what is wrong is told where the whole is checked
    dropped = set(idle) - set(chosen)
    return {**base, "model": {key: value for key, value in model.items() if key not in dropped}}
