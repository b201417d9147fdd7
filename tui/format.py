"""How numbers look: every percent, duration, count and rate on any screen comes from here."""

import math
from collections.abc import Sequence

MISSING = "–"
_BLOCKS = "▁▂▃▄▅▆▇█"
_SECOND, _MINUTE, _HOUR, _DAY = 1, 60, 3600, 86400


def percent(fraction: float | None, digits: int = 2) -> str:
    """Return a fraction in [0, 1] as a percent: `97.42 %`."""
    if fraction is None or not math.isfinite(fraction):
        return MISSING
    return f"{100 * fraction:.{digits}f} %"


def points(number: float) -> str:
    """Return a difference of two percents: `0.42 points`."""
    return f"{number:.2f} points"


def interval(accuracy: float, low: float, high: float) -> str:
    """Return an accuracy with its 95 % interval: `97.42 % (95 %: 96.91 to 97.84)`."""
    return f"{percent(accuracy)} (95 %: {100 * low:.2f} to {100 * high:.2f})"


def short_interval(accuracy: float, low: float, high: float) -> str:
    """Return an accuracy with its interval for a table: `97.42 % (96.91 to 97.84)`."""
    return f"{percent(accuracy)} ({100 * low:.2f} to {100 * high:.2f})"


def setting(value: bool | int | float | str | None) -> str:
    """Return the value of a setting: `true`, `48`, `0.0312`, `cosine`."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def duration(seconds: float | None) -> str:
    """Return a time span in its two largest units: `1.2 s`, `1 m 23 s`, `2 h 04 m`."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    seconds = max(seconds, 0.0)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} m {whole % _MINUTE:02} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} m"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR:02} h"


def elapsed(seconds: float) -> str:
    """Return a time as a clock that began at 0: `0:05`, `12:30`, `2:05:00`."""
    minutes, seconds = divmod(round(max(seconds, 0.0)), _MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def age(seconds: float) -> str:
    """Return how long ago something was, in its largest unit: `3 min ago`."""
    if seconds < 10:
        return "just now"
    units = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (_SECOND, "s"))
    size, unit = next((size, unit) for size, unit in units if seconds >= size)
    return f"{int(seconds // size)} {unit} ago"


def short_age(seconds: float) -> str:
    """Return how long ago something was for a narrow column: `now`, `3 min`, `2 h`."""
    return "now" if seconds < 10 else age(seconds).removesuffix(" ago")


def count(number: int) -> str:
    """Return a whole number with its thousands parted: `6,575,370`."""
    return f"{number:,}"


def short_count(number: int) -> str:
    """Return a number to two digits or more, with a letter for its size: `6.6 M`."""
    return _scaled(number, 1000, ("", "k", "M", "G", "T"))


def size(num_bytes: int) -> str:
    """Return a number of bytes in decimal units: `1.2 GB`."""
    return _scaled(num_bytes, 1000, ("B", "kB", "MB", "GB", "TB", "PB"))


def _scaled(number: float, step: int, units: Sequence[str]) -> str:
    level = 0
    while round(abs(number)) >= step and level < len(units) - 1:
        number /= step
        level += 1
    digits = 1 if level and round(abs(number), 1) < 10 else 0
    return f"{number:.{digits}f} {units[level]}".strip()


def rate(images_per_second: float | None) -> str:
    """Return a training speed: `1,234 images/s`."""
    if images_per_second is None or not math.isfinite(images_per_second):
        return f"{MISSING} images/s"
    digits = 1 if images_per_second < 10 else 0
    return f"{images_per_second:,.{digits}f} images/s"


def lr(value: float | None) -> str:
    """Return a learning rate: `0.0500`, or `1.2e-05` where it is very small or large."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    return f"{value:#.3g}" if 1e-3 <= value < 1000 else f"{value:.1e}"


def loss(value: float | None) -> str:
    """Return a loss: `0.1234`, `12.34`, `1.2e+09`, `nan`."""
    if value is None:
        return MISSING
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 1000 or 0 < abs(value) < 1e-4:
        return f"{value:.1e}"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"


def metric(name: str, value: float | None) -> str:
    """Return the value of `val_accuracy` as a percent and of any other metric as a loss."""
    return percent(value) if name.endswith("accuracy") else loss(value)


def sparkline(values: Sequence[float], width: int = 32) -> str:
    """Return the last `width` values as blocks between their lowest and highest; gaps for NaN."""
    shown = values[-width:]
    finite = [value for value in shown if math.isfinite(value)]
    if not finite:
        return " " * len(shown)
    low, span = min(finite), max(finite) - min(finite)
    return "".join(_block(value, low, span) for value in shown)


def _block(value: float, low: float, span: float) -> str:
    if not math.isfinite(value):
        return " "
    if span == 0:
        return _BLOCKS[len(_BLOCKS) // 2]
    return _BLOCKS[min(int((value - low) / span * len(_BLOCKS)), len(_BLOCKS) - 1)]


def per_hour(number: float | None, noun: str) -> str:
    """Return how many of something there are in an hour: `240 trials/hour`, `1.4 trials/hour`."""
    if number is None or not math.isfinite(number):
        return f"{MISSING} {noun}s/hour"
    return f"{number:,.{1 if number < 10 else 0}f} {noun}s/hour"
