"""Reads the baselines of a study: points of its space that are run first and always confirmed."""

from collections.abc import Iterable, Mapping
from typing import Any

from bench.dimensions import flat
from bench.space import Dimension, Value, active_values, written
from bench.study import BaselinePoint, Study
from engine.errors import ConfigError, nearest


def read_baselines(study: Study) -> Iterable[BaselinePoint]:
    """Yield the baselines; a study with none has its base, if that lies within the space.

    Raises:
        ConfigError: one sentence that names the baseline and what is wrong with it.
    """
    where = f"{study.file.path} [[baseline]]"
    if study.file.baseline and not study.space:
        raise ConfigError(f"{where}: nothing is searched; write a [space], or leave it out.")
    seen: dict[tuple[tuple[str, Value], ...], str] = {}
    names = set()
    for given in study.file.baseline:
        if given.name in names:
            raise ConfigError(f"{where} '{given.name}': the name stands there twice; rename one.")
        params = point_of(study, dict(flat(given.set)), f"{where} '{given.name}'")
        key = tuple(sorted(params.items()))
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


def point_of(study: Study, given: Mapping[str, Any], where: str) -> dict[str, Value]:
    """Return a value of every dimension that exists beside the given ones; the base has the rest.

    Args:
        study: whose space it is.
        given: config path → value.
        where: put in front of an error's sentence.

    Raises:
        ConfigError: no run, or none of this space, can have these values.
    """
    by_path = {dimension.path: dimension for dimension in study.space}
    for path, value in given.items():
        if path not in by_path:
            raise ConfigError(
                f"{where}: '{path}' is not searched.{nearest(path, by_path)} "
                f"Searched are: {', '.join(by_path)}."
            )
        if not by_path[path].contains(value):
            allowed = by_path[path].describe()
            raise ConfigError(
                f"{where}: {path} cannot be {written(value)}: the space has {allowed}."
            )
    chosen: dict[str, Value] = {}
    for dimension in study.space:
        if dimension.is_active(chosen):
            chosen[dimension.path] = _value(study, dimension, given, where)
    idle = [path for path in given if path not in chosen]
    if idle:
        raise ConfigError(f"{where}: {idle[0]} has no effect there: its `when` is not met.")
    return _checked(study, chosen, where)


def _value(study: Study, dimension: Dimension, given: Mapping[str, Any], where: str) -> Value:
    if dimension.path in given:
        return dimension.canonical(given[dimension.path])
    own = study.base_values.get(dimension.path)
    if own is None or not dimension.contains(own):
        base = "unset" if own is None else written(own)
        raise ConfigError(
            f"{where}: leaves {dimension.path} as in the base, {base}, but the space has "
            f"{dimension.describe()}; give it a value or widen the range."
        )
    return own


def _checked(study: Study, params: dict[str, Value], where: str) -> dict[str, Value]:
    try:
        study.config_of(params)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    return params
