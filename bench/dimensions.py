"""Reads the `[space]` table of a study into dimensions, in an order in which they can be drawn."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.space import Dimension, Kind, Value
from engine.errors import ConfigError, unknown

_KINDS: tuple[Kind, ...] = ("choice", "int", "float")
_KEYS = (*_KINDS, "step", "log", "when")
_EXAMPLE = 'write for example { float = [0.001, 0.3], log = true } or { choice = ["sgd", "adam"] }'


def read_space(table: Mapping[str, Any], where: str) -> tuple[Dimension, ...]:
    """Return the dimensions, each after those that its `when` names.

    Args:
        table: config path → range or choice; a path may be quoted or nested.
        where: the file and section, put in front of an error's sentence.

    Raises:
        ConfigError: one sentence that names the setting and what is wrong with its range.
    """
    found: dict[str, Dimension] = {}
    for path, spec in _flat(table, (), where):
        if path in found:
            raise ConfigError(f"{where}: '{path}' stands there twice; keep one.")
        found[path] = _dimension(path, spec, f"{where} {path}")
    return tuple(_ordered(found, where))


def _flat(
    table: Mapping[str, Any], parents: tuple[str, ...], where: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, value in table.items():
        path = ".".join((*parents, key))
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where} {path}: a range or a choice is missing; {_EXAMPLE}.")
        nested = value and all(isinstance(inner, Mapping) for inner in value.values())
        if nested and not set(value) & {*_KINDS, "when"}:
            yield from _flat(value, (*parents, key), where)
        else:
            yield path, value


def _dimension(path: str, spec: Mapping[str, Any], where: str) -> Dimension:
    for key in spec:
        if key not in _KEYS:
            raise ConfigError(f"{where}: {unknown('key', key, _KEYS, f'{_EXAMPLE}.')}")
    kinds = [kind for kind in _KINDS if kind in spec]
    if len(kinds) != 1:
        raise ConfigError(f"{where}: needs one of choice, int and float; {_EXAMPLE}.")
    kind, when = kinds[0], _when(spec.get("when", {}), where)
    if kind == "choice":
        _refuse_keys(spec, ("step", "log"), where)
        return Dimension(path, kind, choices=_choices(spec["choice"], where), when=when)
    low, high = _range(spec[kind], kind, where)
    step, log = _step(spec.get("step"), kind, where), spec.get("log", False)
    _check_scale(low, high, step, log, where)
    high = _on_grid(low, high, step)
    return Dimension(path, kind, low=low, high=high, step=step, log=log, when=when)


def _check_scale(low: float, high: float, step: float | None, log: object, where: str) -> None:
    if not isinstance(log, bool):
        raise ConfigError(f"{where}: log is {log!r}; it must be true or false.")
    if log and low <= 0:
        raise ConfigError(f"{where}: log needs a range above 0, not one from {low:g}.")
    if log and step is not None:
        raise ConfigError(f"{where}: log and step exclude each other; leave one out.")
    if step is not None and step > high - low:
        raise ConfigError(f"{where}: step {step:g} is wider than the range {low:g} to {high:g}.")


def _refuse_keys(spec: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in keys:
        if key in spec:
            raise ConfigError(f"{where}: {key} has no effect on a choice; leave it out.")


def _choices(given: object, where: str) -> tuple[Value, ...]:
    if not isinstance(given, list) or not given:
        raise ConfigError(f"{where}: choice must be a list of values, not {given!r}.")
    for value in given:
        if not isinstance(value, bool | int | float | str):
            raise ConfigError(
                f"{where}: {value!r} cannot be a choice, only texts, numbers, true and false can; "
                "for sizes of layers search model.width and model.depth."
            )
    for place, value in enumerate(given):
        if any(value == other and type(value) is type(other) for other in given[:place]):
            raise ConfigError(f"{where}: {value!r} stands there twice; keep one.")
    return tuple(given)


def _range(given: object, kind: str, where: str) -> tuple[float, float]:
    numbers = given if isinstance(given, list) else []
    wanted = (int,) if kind == "int" else (int, float)
    good = [v for v in numbers if isinstance(v, wanted) and not isinstance(v, bool)]
    if len(numbers) != 2 or len(good) != 2:
        what = "whole numbers" if kind == "int" else "numbers"
        raise ConfigError(f"{where}: {kind} must be two {what} [low, high], not {given!r}.")
    low, high = good
    if not low < high or not abs(low) < 1e300 or not abs(high) < 1e300:
        raise ConfigError(f"{where}: the range {low:g} to {high:g} is not one; low comes first.")
    return float(low), float(high)


def _step(given: object, kind: str, where: str) -> float | None:
    if given is None:
        return None
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if not number or given <= 0 or (kind == "int" and given != int(given)):  # type: ignore[operator,call-overload]
        whole = " whole" if kind == "int" else ""
        raise ConfigError(f"{where}: step is {given!r}; it must be a{whole} number above 0.")
    return float(given)  # type: ignore[arg-type]


def _on_grid(low: float, high: float, step: float | None) -> float:
    """Return the last value that the steps reach."""
    return high if step is None else low + int((high - low) / step + 1e-9) * step


def _when(given: object, where: str) -> dict[str, tuple[Value, ...]]:
    if not isinstance(given, Mapping):
        raise ConfigError(
            f"{where}: when must name settings with their values, not {given!r}, "
            'like { "schedule.name" = ["exponential"] }.'
        )
    return {
        path: tuple(values) if isinstance(values, list) else (values,)
        for path, values in given.items()
    }


def _ordered(found: dict[str, Dimension], where: str) -> Iterator[Dimension]:
    """Yield parents before what depends on them, and otherwise as they are written."""
    left, done = dict(found), set[str]()
    while left:
        ready = [d for d in left.values() if not (set(d.when) & set(found)) - done]
        if not ready:
            raise ConfigError(f"{where}: the conditions of {', '.join(left)} go in a circle.")
        for dimension in ready:
            done.add(dimension.path)
            del left[dimension.path]
            yield dimension
