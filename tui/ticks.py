"""Axes with round numbers, for every chart."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui import format as fmt

NumberText = Callable[[float, int], str]
_MOST_DIGITS = 6  # after the point; smaller steps are written with a power of ten


@dataclass(frozen=True)
class Axis:
    """From low to high, with ticks and what stands beside them; log axes count in powers of 10."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]


def percent_text(value: float, digits: int) -> str:
    """Return a fraction at a y axis as a percent."""
    return fmt.percent(value, max(digits - 2, 0))


def number_text(value: float, digits: int) -> str:
    """Return a number with some digits after the point; very large and small ones with a power."""
    if digits > _MOST_DIGITS or abs(value) >= 1e7:
        return f"{value:.3g}"
    return f"{value:.{digits}f}"


def linear_axis(low: float, high: float, most_ticks: int, text: NumberText) -> Axis:
    """Return an axis with at most about `most_ticks` ticks at 1, 2 or 5 times a power of ten."""
    return stepped_axis(low, high, nice_step(high - low, max(most_ticks, 2)), text)


def stepped_axis(low: float, high: float, step: float, text: NumberText) -> Axis:
    """Return an axis with a tick at each multiple of the step."""
    ticks, digits = multiples(low, high, step), digits_of(step)
    return Axis(low, high, ticks, tuple(text(tick, digits) for tick in ticks))


def digits_of(step: float) -> int:
    """Return how many digits after the point tell multiples of the step apart."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


def log_axis(low: float, high: float, most_ticks: int, text: NumberText | None = None) -> Axis:
    """Return an axis from 10**low to 10**high, with powers of ten, and 2 and 5 if there is room.

    Over many powers there are ticks at some of them; over less than one at even numbers.
    """
    powers = range(math.floor(low), math.ceil(high) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        numbers = [factor * 10.0**power for power in powers for factor in factors]
        shown = [number for number in numbers if number and low <= math.log10(number) <= high]
        if len(shown) <= most_ticks:
            break
    shown = shown[:: max(1, -(-len(shown) // max(most_ticks, 2)))]
    if len(shown) < 2:
        shown = _even(10.0**low, 10.0**high, most_ticks)
    texts = tuple(text(number, digits_of(number)) if text else f"{number:g}" for number in shown)
    return Axis(low, high, tuple(math.log10(number) for number in shown), texts)


def _even(low: float, high: float, most_ticks: int) -> list[float]:
    step = nice_step(high - low, max(most_ticks, 2))
    return [float(f"{tick:.12g}") for tick in multiples(low, high, step) if tick > 0]


def with_margin(low: float, high: float) -> tuple[float, float]:
    """Return the range with a little room; around a single value there is as much as it is."""
    margin = 0.03 * (high - low) or abs(high) or 1.0
    return low - margin, high + margin


def nice_step(span: float, most: int) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten of which `most` steps cover the span."""
    raw = span / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))


def step_of(steps: Sequence[float], span: float, most: int) -> float:
    """Return the first of the steps of which `most` cover the span; a nice one if none is."""
    fits = (step for step in steps if step * most >= span)
    return next(fits, 0.0) or nice_step(span, most)


def multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    """Return the multiples of the step from low to high, both included."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(index * step for index in range(first, last + 1))
