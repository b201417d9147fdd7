"""How a report's sentences name settings and write figures."""

from collections.abc import Mapping, Sequence

from bench.report.types import Interval
from bench.space import Dimension, Value


def accuracy(value: float) -> str:
    """Return an accuracy: `94.63 %`."""
    return f"{100 * value:.2f} %"


def points(difference: float, signed: bool = True) -> str:
    """Return a difference of accuracies in percentage points: `+2.9 points`."""
    digits = 1 if abs(difference) >= 0.01 else 2
    number = round(100 * difference, digits) + 0.0  # -0.0 becomes 0.0
    return f"{number:{'+' if signed else ''}.{digits}f} points"


def span(interval: Interval) -> str:
    """Return the ends in percent or points: `95 %: 1.8 to 4.1`."""
    if interval.low is None or interval.high is None:
        return "no interval"
    digits = 1 if interval.high - interval.low >= 0.01 else 2
    return f"95 %: {100 * interval.low:.{digits}f} to {100 * interval.high:.{digits}f}"


def text(value: Value) -> str:
    """Return a setting's value: `true`, `0.0445`, `sgd`."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def settings(params: Mapping[str, Value], space: Sequence[Dimension]) -> str:
    """Return settings in one line: `batch_norm = true, lr = 0.0445`."""
    return ", ".join(f"{short(path, space)} = {text(value)}" for path, value in params.items())


def short(path: str, space: Sequence[Dimension]) -> str:
    """Return a setting's name without its section, where that still says what it is."""
    last = path.rsplit(".", 1)[-1]
    if last == "name":
        return path
    alike = [d for d in space if d.path.rsplit(".", 1)[-1] == last]
    return last if len(alike) == 1 else path


def counted(number: int, noun: str) -> str:
    """Return `1 trial`, `3 trials`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(items: Sequence[str], most: int = 6) -> str:
    """Return `a, b and c`; of very many, the first and how many more."""
    if len(items) > most:
        return f"{', '.join(items[:most])} and {len(items) - most} more"
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
