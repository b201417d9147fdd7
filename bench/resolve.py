"""Makes a study of its file: all that can be wrong with one is found here, before anything runs.

Optuna takes misspelt baselines, values out of range and changed spaces without a word.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bench.dimensions import read_space
from bench.space import Dimension, Value, active_values, draw, size
from bench.spec import StudyFile
from bench.study import BaselinePoint, Study, extremes, setting
from engine.config import RunConfig
from engine.errors import ConfigError, nearest
from engine.overrides import configure

_DRAWS = 200  # random points of a space that are built on trial
_LR = ("optimizer.lr", "optimizer.other_lr")


def resolve(file: StudyFile, overrides: Iterable[tuple[str, object]] = ()) -> Study:
    """Return the study of a file, with settings of its base overridden, all checked.

    Raises:
        ConfigError: one sentence that names the file, the key, and what is wrong.
    """
    base, config, _ = configure(file.base, overrides)
    space = _with_reachable(read_space(file.space, f"{file.path} [space]"), config, file.path)
    values = {d.path: value for d in space if (value := setting(config, d.path)) is not None}
    study = Study(file, base, config, space, (), values)
    _check_ends(study)
    _check_draws(study)
    baselines = tuple(_baselines(study))
    warnings = tuple(_warnings(study))
    return replace(study, baselines=baselines, warnings=warnings)


def _with_reachable(
    space: tuple[Dimension, ...], config: RunConfig, file: str
) -> tuple[Dimension, ...]:
    """Check each condition; one on a setting that is fixed and fulfilled is dropped."""
    by_path = {dimension.path: dimension for dimension in space}
    checked = []
    for dimension in space:
        open_ones = {}
        for path, values in dimension.when.items():
            where = f"{file} [space] {dimension.path}: when {path} is {_listed(values)}"
            parent = by_path.get(path)
            if parent is None:
                _check_fixed(config, path, values, where)
            elif all(parent.contains(value) for value in values) and values:
                open_ones[path] = values
            else:
                raise ConfigError(f"{where}: it can only be {parent.describe()}; mend the values.")
        checked.append(replace(dimension, when=open_ones))
    return tuple(checked)


def _check_fixed(config: RunConfig, path: str, values: tuple[Value, ...], where: str) -> None:
    fixed = setting(config, path)
    if fixed is None:
        raise ConfigError(f"{where}: no such setting in the space or the base; mend the path.")
    if fixed not in values:
        raise ConfigError(
            f"{where}: cannot be reached, as the base has {fixed!r} and nothing searches it; "
            "search it, or leave this dimension out."
        )


def _listed(values: tuple[Value, ...]) -> str:
    return " or ".join(map(repr, values)) or "nothing"


def _check_ends(study: Study) -> None:
    """Build the run at each end of each range, so that paths and bounds are the config's own."""
    for point in extremes(study.space):
        try:
            study.config_of(point)
        except ConfigError as error:
            path = next((p for p in point if f"{p} " in f"{error} " or f"'{p}'" in str(error)), "")
            raise ConfigError(f"{study.file.path} [space] {path}: {error}") from None


def _check_draws(study: Study) -> None:
    """Build many random points, since settings that are fine alone may exclude each other."""
    numbers = random.Random(study.file.search.seed)
    for _ in range(_DRAWS if study.space else 0):
        point = draw(study.space, numbers)
        try:
            study.config_of(point)
        except ConfigError as error:
            given = ", ".join(f"{path}={value}" for path, value in point.items())
            raise ConfigError(
                f"{study.file.path} [space]: some combinations cannot be run ({given}): {error} "
                "Give the dimension a `when`."
            ) from None


def _baselines(study: Study) -> Iterable[BaselinePoint]:
    """Yield the baselines; a study with none has its base, if that lies within the space."""
    where = f"{study.file.path} [[baseline]]"
    seen: dict[tuple[tuple[str, Value], ...], str] = {}
    names = set()
    for given in study.file.baseline:
        params = _point(study, given.set, f"{where} '{given.name}'")
        key = tuple(sorted(params.items()))
        if given.name in names:
            raise ConfigError(f"{where} '{given.name}': the name stands there twice; rename one.")
        if key in seen:
            raise ConfigError(
                f"{where} '{given.name}': is the same as '{seen[key]}'; leave one out."
            )
        seen[key] = given.name
        names.add(given.name)
        yield BaselinePoint(given.name, params)
    if not study.file.baseline and study.space:
        params = active_values(study.space, study.base_values)
        if _is_complete(study.space, params):
            yield BaselinePoint("base", params)


def _is_complete(space: tuple[Dimension, ...], params: Mapping[str, Value]) -> bool:
    wanted = [d for d in space if d.is_active(params)]
    return all(d.path in params and d.contains(params[d.path]) for d in wanted)


def _point(study: Study, given: Mapping[str, Any], where: str) -> dict[str, Value]:
    """Return a baseline's value of every dimension that exists in it."""
    by_path = {dimension.path: dimension for dimension in study.space}
    for path, value in given.items():
        if path not in by_path:
            raise ConfigError(
                f"{where}: '{path}' is not searched.{nearest(path, by_path)} "
                f"Searched are: {', '.join(by_path)}."
            )
        if not by_path[path].contains(value):
            raise ConfigError(
                f"{where}: {path} cannot be {value!r}: the space has {by_path[path].describe()}."
            )
    chosen: dict[str, Value] = {}
    for dimension in study.space:
        if dimension.is_active(chosen):
            chosen[dimension.path] = _value(study, dimension, given, where)
    idle = [path for path in given if path not in chosen]
    if idle:
        raise ConfigError(f"{where}: {idle[0]} has no effect there: its `when` is not met.")
    return chosen


def _value(study: Study, dimension: Dimension, given: Mapping[str, Any], where: str) -> Value:
    if dimension.path in given:
        value: Value = given[dimension.path]
        return float(value) if dimension.kind == "float" else value
    own = study.base_values.get(dimension.path)
    if own is None or not dimension.contains(own):
        raise ConfigError(
            f"{where}: leaves {dimension.path} as in the base, {own!r}, but the space has "
            f"{dimension.describe()}; set it in the baseline or widen the range."
        )
    return own


def _warnings(study: Study) -> Iterable[str]:
    for dimension in study.space:
        if dimension.path in _LR and dimension.kind == "float" and not dimension.log:
            yield f"{dimension.path} is searched without log: low rates are hardly tried."
        numbers = [c for c in dimension.choices if not isinstance(c, bool | str)]
        if dimension.kind == "choice" and len(numbers) > 2:
            yield f"{dimension.path} is a choice of numbers, which hides their order: use a range."
    points = size(study.space) if study.space else None
    if points is not None and points < study.file.search.trials:
        yield (
            f"the space has {points} points, fewer than the {study.file.search.trials} trials: "
            "the search ends when all are tried."
        )
