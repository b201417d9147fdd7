"""Points at the ends of a space: what is checked, timed and judged before a search starts."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from bench.space import Dimension, Value, same

Conditions = Mapping[str, tuple[Value, ...]]


def conditions(dimension: Dimension, space: Sequence[Dimension]) -> Conditions:
    """Return which values let a dimension exist, those that its parents need among them.

    Where no value is left for a setting, the dimension can never exist.
    """
    found = dict(dimension.when)
    for path in dimension.when:
        parent = next(other for other in space if other.path == path)
        found = _both(found, conditions(parent, space))
    return found


def _both(one: Conditions, other: Conditions) -> dict[str, tuple[Value, ...]]:
    """Return the conditions that are met where both are."""
    merged = {**one, **other}
    return {
        path: tuple(value for value in values if _allows(one, path, value))
        for path, values in merged.items()
    }


def _allows(given: Conditions, path: str, value: Value) -> bool:
    return path not in given or any(same(value, allowed) for allowed in given[path])


def extremes(space: Sequence[Dimension]) -> list[dict[str, Value]]:
    """Return a point for each end or choice of each dimension, where it exists."""
    firsts = {dimension.path: dimension.extremes()[0] for dimension in space}
    ends = ((d, value) for d in space for value in d.extremes())
    return [
        _completed(space, {**_first(conditions(d, space)), d.path: value}, firsts)
        for d, value in ends
    ]


def pairs(space: Sequence[Dimension], random_numbers: random.Random) -> Iterator[dict[str, Value]]:
    """Yield a point for each two ends of two dimensions that can meet; the rest is random."""
    for one, other in combinations(space, 2):
        together = _both(conditions(one, space), conditions(other, space))
        if not all(together.values()):
            continue
        for left in one.extremes():
            for right in other.extremes():
                wanted = {one.path: left, other.path: right}
                if all(_allows(together, path, value) for path, value in wanted.items()):
                    drawn = {d.path: d.draw(random_numbers) for d in space}
                    yield _completed(space, {**_first(together), **wanted}, drawn)


def _first(given: Conditions) -> dict[str, Value]:
    return {path: values[0] for path, values in given.items()}


def _completed(
    space: Sequence[Dimension], wanted: Mapping[str, Value], others: Mapping[str, Value]
) -> dict[str, Value]:
    """Return the point with the wanted values, and the others' where nothing is wanted."""
    chosen: dict[str, Value] = {}
    for dimension in space:
        if dimension.is_active(chosen):
            chosen[dimension.path] = wanted.get(dimension.path, others[dimension.path])
    return chosen
