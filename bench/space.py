"""A search space: which settings vary, over what, and when. Imports neither torch nor Optuna."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

Value = bool | int | float | str
Kind = Literal["choice", "int", "float"]
_MOST_LISTED = 100_000  # points of a space that are enumerated


def same(one: object, other: object) -> bool:
    """Tell whether two values of a setting are one: 1 is 1.0, but not true."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        if isinstance(one, bool) or isinstance(other, bool):
            return one is other
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-15)
    return type(one) is type(other) and one == other


def written(value: object) -> str:
    """Return a value as a study file writes it, for a sentence; a long one is cut."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True)
class Dimension:
    """One searched setting: a choice, or a range of whole numbers or of numbers, ends included.

    `when` names other settings with the values for which this one exists.
    """

    path: str
    kind: Kind
    choices: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float | None = None
    log: bool = False
    when: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def num_values(self) -> int | None:
        """Return how many values there are; None is a continuum."""
        if self.kind == "choice":
            return len(self.choices)
        if self.step is None and self.kind == "float":
            return None
        return math.floor((self.high - self.low) / (self.step or 1) + 1e-9) + 1

    def values(self) -> tuple[Value, ...]:
        """Return all the values of a dimension that is no continuum, in order."""
        if self.kind == "choice":
            return self.choices
        count = self.num_values()
        assert count is not None
        return tuple(self._number(self.low + index * (self.step or 1)) for index in range(count))

    def extremes(self) -> tuple[Value, ...]:
        """Return the ends of a range, or all choices."""
        if self.kind == "choice":
            return self.choices
        return (self._number(self.low), self._number(self.high))

    def contains(self, value: object) -> bool:
        """Tell whether a value can be drawn; a step's grid counts, and true is not 1."""
        if self.kind == "choice":
            return any(same(value, choice) for choice in self.choices)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not self.low <= value <= self.high:
            return False
        if self.step is None and self.kind == "float":
            return True
        steps = (value - self.low) / (self.step or 1)
        return abs(steps - round(steps)) < 1e-6

    def canonical(self, value: Value) -> Value:
        """Return a value of this dimension as the dimension itself writes it.

        Samplers give 0.15000000000000002 where the steps say 0.15, and people 0 where a number
        is 0.0.
        """
        if self.kind == "choice":
            return next(choice for choice in self.choices if same(choice, value))
        number = float(value)
        if self.step:
            number = self.low + round((number - self.low) / self.step) * self.step
        return self._number(min(max(number, self.low), self.high))

    def is_active(self, chosen: Mapping[str, Value]) -> bool:
        """Tell whether the settings chosen so far make this one exist."""
        return all(
            path in chosen and any(same(chosen[path], value) for value in values)
            for path, values in self.when.items()
        )

    def draw(self, random_numbers: random.Random) -> Value:
        """Return a value at random, even over the range (over its logarithm with `log`)."""
        count = self.num_values()
        if self.kind == "choice" or (count is not None and not self.log):
            index = random_numbers.randrange(count or 1)
            return (
                self.choices[index]
                if self.choices
                else self._number(self.low + index * (self.step or 1))
            )
        if self.log:
            drawn = math.exp(random_numbers.uniform(math.log(self.low), math.log(self.high)))
        else:
            drawn = random_numbers.uniform(self.low, self.high)
        return self._number(min(max(drawn, self.low), self.high))

    def position(self, value: Value) -> float:
        """Return where a value lies from the first (0) to the last (1); a lone value is at 0.5."""
        if self.kind == "choice":
            place = [same(value, choice) for choice in self.choices]
            return place.index(True) / (len(place) - 1) if len(place) > 1 else 0.5
        low, high, here = self.low, self.high, float(value)
        if self.log:
            low, high, here = math.log(low), math.log(high), math.log(here)
        return (here - low) / (high - low) if high > low else 0.5

    def at(self, position: float) -> Value:
        """Return the value of a range that lies at a `position`; beyond its ends, the end."""
        share = min(max(position, 0.0), 1.0)
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            return self.canonical(math.exp(low + share * (high - low)))
        return self.canonical(self.low + share * (self.high - self.low))

    def _number(self, value: float) -> Value:
        if self.kind == "int":
            return round(value)
        return float(f"{value:.12g}") if self.step else float(value)

    def describe(self) -> str:
        """Return the range or the choices in words: `0.001 to 0.3, log`."""
        if self.kind == "choice":
            return ", ".join(map(_plain, self.choices))
        text = f"{_plain(self.low)} to {_plain(self.high)}"
        if self.step and not (self.kind == "int" and self.step == 1):
            text += f", step {_plain(self.step)}"
        return text + ", log" * self.log


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    whole = value == int(value) and abs(value) < 1e9
    return str(int(value)) if whole else f"{value:g}"


def active_values(space: Sequence[Dimension], chosen: Mapping[str, Value]) -> dict[str, Value]:
    """Return the chosen values of the dimensions that exist under them."""
    return {d.path: chosen[d.path] for d in space if d.path in chosen and d.is_active(chosen)}


def draw(space: Sequence[Dimension], random_numbers: random.Random) -> dict[str, Value]:
    """Return a point of the space at random; parents stand before what depends on them."""
    chosen: dict[str, Value] = {}
    for dimension in space:
        if dimension.is_active(chosen):
            chosen[dimension.path] = dimension.draw(random_numbers)
    return chosen


def size(space: Sequence[Dimension]) -> int | None:
    """Return the exact number of points, conditions counted; None is a continuum."""
    return _count(space, {})


def _count(space: Sequence[Dimension], chosen: Mapping[str, Value]) -> int | None:
    if not space:
        return 1
    first, rest = space[0], space[1:]
    if not first.is_active(chosen):
        return _count(rest, chosen)
    number = first.num_values()
    if number is None:
        return None
    if not any(first.path in dimension.when for dimension in rest):
        others = _count(rest, chosen)
        return None if others is None else number * others
    total = 0
    for value in first.values():
        count = _count(rest, {**chosen, first.path: value})
        if count is None:
            return None
        total += count
    return total


def points(space: Sequence[Dimension]) -> Iterator[dict[str, Value]]:
    """Yield each point of a finite space once; of a very large one, the first 100,000."""
    return islice(_points(space, {}), _MOST_LISTED)


def _points(space: Sequence[Dimension], chosen: dict[str, Value]) -> Iterator[dict[str, Value]]:
    if not space:
        yield chosen
        return
    first, rest = space[0], space[1:]
    if not first.is_active(chosen):
        yield from _points(rest, chosen)
        return
    for value in first.values():
        yield from _points(rest, {**chosen, first.path: value})
