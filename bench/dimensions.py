"""Reads the `[space]` table of a study into dimensions, in an order in which they can be drawn."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from bench.space import Dimension, Kind, Value, same, written
from engine.errors import ConfigError, unknown

_KINDS: tuple[Kind, ...] = ("choice", "int", "float")
_KEYS = (*_KINDS, "step", "log", "when")
_EXAMPLE = 'write for example { float = [0.001, 0.3], log = true } or { choice = ["sgd", "adam"] }'
_LARGEST = 1e15  # up to here each whole number is a float of its own
_MOST_STEPS = 1_000_000
_Number = int | float


def read_space(table: Mapping[str, Any], where: str) -> tuple[Dimension, ...]:
    """Return the dimensions, each after those that its `when` names.

    Args:
        table: config path → range or choice; a path may be quoted or nested.
        where: the file and section, put in front of an error's sentence.

    Raises:
        ConfigError: one sentence that names the setting and what is wrong with its range.
    """
    found: dict[str, Dimension] = {}
    for path, spec in _specs(table, (), where):
        if path in found:
            raise ConfigError(f"{where}: '{path}' stands there twice; keep one.")
        found[path] = _dimension(path, spec, f"{where} {path}")
    return tuple(_ordered(found, where))


def flat(table: Mapping[str, Any], parents: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield path and value of nested tables: TOML reads an unquoted `optimizer.lr` as nested."""
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from flat(value, (*parents, key))
        else:
            yield ".".join((*parents, key)), value


def _specs(
    table: Mapping[str, Any], parents: tuple[str, ...], where: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, value in table.items():
        path = ".".join((*parents, key))
        if not all(path.split(".")):
            raise ConfigError(f"{where}: '{path}' is no setting's name; {_EXAMPLE}.")
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where} {path}: a range or a choice is missing; {_EXAMPLE}.")
        nested = value and all(isinstance(inner, Mapping) for inner in value.values())
        if nested and not set(value) & {*_KINDS, "when"}:
            yield from _specs(value, (*parents, key), where)
        else:
            yield path, value


def _dimension(path: str, spec: Mapping[str, Any], where: str) -> Dimension:
    for key in spec:
        if key not in _KEYS:
            raise ConfigError(f"{where}: {unknown('key', key, _KEYS, f'{_EXAMPLE}.')}")
    kinds = [kind for kind in _KINDS if kind in spec]
    if len(kinds) != 1:
        raise ConfigError(f"{where}: needs one of choice, int and float; {_EXAMPLE}.")
    kind, when = kinds[0], _when(spec.get("when", {}), path, where)
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
    if step is None:
        return
    if log:
        raise ConfigError(f"{where}: log and step exclude each other; leave one out.")
    if step > (high - low) * (1 + 1e-9):
        raise ConfigError(f"{where}: step {step:g} is wider than the range {low:g} to {high:g}.")
    if (high - low) / step > _MOST_STEPS:
        raise ConfigError(
            f"{where}: step {step:g} makes {(high - low) / step:,.0f} values; "
            "take a wider step, or leave it out."
        )


def _refuse_keys(spec: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in keys:
        if key in spec:
            raise ConfigError(f"{where}: {key} has no effect on a choice; leave it out.")


def _choices(given: object, where: str) -> tuple[Value, ...]:
    if not isinstance(given, list) or not given:
        raise ConfigError(f"{where}: choice must be a list of values, not {written(given)}.")
    for value in given:
        if not isinstance(value, bool | int | float | str):
            raise ConfigError(
                f"{where}: {written(value)} cannot be a choice, only texts, numbers, true and "
                "false can; for sizes of layers search model.width and model.depth."
            )
    numbers = [_checked(value, where) for value in given if _is_number(value)]
    kinds = {bool if isinstance(v, bool) else str if isinstance(v, str) else float for v in given}
    if len(kinds) > 1:
        raise ConfigError(
            f"{where}: choice mixes kinds, {written(given)}; "
            "take texts, or numbers, or true and false."
        )
    for place, value in enumerate(given):
        if any(same(value, other) for other in given[:place]):
            raise ConfigError(f"{where}: {written(value)} stands there twice; keep one.")
    has_fractions = any(isinstance(value, float) for value in numbers)
    return tuple(map(float, numbers)) if has_fractions else tuple(given)


def _range(given: object, kind: str, where: str) -> tuple[float, float]:
    numbers = given if isinstance(given, list) else []
    wanted = int if kind == "int" else int | float
    good = [v for v in numbers if _is_number(v) and isinstance(v, wanted)]
    if len(numbers) != 2 or len(good) != 2:
        what = "whole numbers" if kind == "int" else "numbers"
        raise ConfigError(f"{where}: {kind} must be two {what} [low, high], not {written(given)}.")
    low, high = (float(_checked(number, where)) for number in good)
    if low == high:
        raise ConfigError(f"{where}: the range holds only {low:g}; write that into [base].")
    if low > high:
        raise ConfigError(f"{where}: the range {low:g} to {high:g} is empty; low comes first.")
    return low, high


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _checked(number: _Number, where: str) -> _Number:
    """Return a number that is finite and of a size at which a float still counts."""
    if not -_LARGEST <= number <= _LARGEST:  # true of nan as well
        raise ConfigError(
            f"{where}: {written(number)} is no number to search; "
            f"take one between {-_LARGEST:g} and {_LARGEST:g}."
        )
    return number


def _step(given: Any, kind: str, where: str) -> float | None:
    if given is None:
        return None
    whole = " whole" * (kind == "int")
    if not _is_number(given) or not 0 < given <= _LARGEST or (whole and given != int(given)):
        raise ConfigError(f"{where}: step is {written(given)}; it must be a{whole} number above 0.")
    return float(given)


def _on_grid(low: float, high: float, step: float | None) -> float:
    """Return the last value that the steps reach."""
    if step is None:
        return high
    return float(f"{low + math.floor((high - low) / step + 1e-9) * step:.12g}")


def _when(given: object, path: str, where: str) -> dict[str, tuple[Value, ...]]:
    if not isinstance(given, Mapping):
        raise ConfigError(
            f"{where}: when must name settings with their values, not {written(given)}, "
            'like { "schedule.name" = ["exponential"] }.'
        )
    conditions = {
        other: tuple(values) if isinstance(values, list) else (values,)
        for other, values in flat(given)
    }
    if path in conditions:
        raise ConfigError(f"{where}: when names the setting itself; name another, or leave it out.")
    return conditions


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
