"""A search space: which settings vary, over what, and when. Imports neither torch nor Optuna."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Literal

Value = bool | int | float | str
Kind = Literal["choice", "int", "float"]
_MOST_LISTED = 100_000  # points of a space that are enumerated


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
        """Tell whether a value can be drawn; a step's grid counts, and so do types."""
        if self.kind == "choice":
            return any(value == c and type(value) is type(c) for c in self.choices)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if self.kind == "int" and value != int(value):
            return False
        if not self.low <= value <= self.high:
            return False
        steps = (value - self.low) / (self.step or 1)
        on_grid = abs(steps - round(steps)) < 1e-6
        return on_grid if self.step or self.kind == "int" else True

    def is_active(self, chosen: Mapping[str, Value]) -> bool:
        """Tell whether the settings chosen so far make this one exist."""
        return all(chosen.get(path) in values for path, values in self.when.items())

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
            place = [type(value) is type(c) and value == c for c in self.choices]
            return place.index(True) / (len(place) - 1) if len(place) > 1 else 0.5
        low, high, here = self.low, self.high, float(value)
        if self.log:
            low, high, here = math.log(low), math.log(high), math.log(here)
        return (here - low) / (high - low) if high > low else 0.5

    def _number(self, value: float) -> Value:
        if self.kind == "int":
            return round(value)
        return round(value, 12) if self.step else float(value)

    def describe(self) -> str:
        """Return the range or the choices in words: `0.001 to 0.3, log`."""
        if self.kind == "choice":
            return ", ".join(str(choice).lower() if isinstance(choice, bool) else str(choice)
                             for choice in self.choices)  # fmt: skip
        text = f"{self.low:g} to {self.high:g}"
        text += f", step {self.step:g}" if self.step and not (
            self.kind == "int" and self.step == 1) else ""  # fmt: skip
        return text + ", log" * self.log


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
    """Return the number of points; None is a continuum. A space of very many is a continuum too."""
    counts = [dimension.num_values() for dimension in space]
    if any(count is None for count in counts):
        return None
    most = math.prod(count or 1 for count in counts)
    if most > _MOST_LISTED:
        return most if not any(dimension.when for dimension in space) else None
    return sum(1 for _ in points(space))


def points(space: Sequence[Dimension]) -> Iterator[dict[str, Value]]:
    """Yield each point of a finite space once."""
    seen: set[tuple[tuple[str, Value], ...]] = set()
    grids = [dimension.values() for dimension in space]
    names = [dimension.path for dimension in space]
    for values in islice(product(*grids), _MOST_LISTED):
        chosen: dict[str, Value] = {}
        for name, dimension, value in zip(names, space, values, strict=True):
            if dimension.is_active(chosen):
                chosen[name] = value
        key = tuple(chosen.items())
        if key not in seen:
            seen.add(key)
            yield chosen
