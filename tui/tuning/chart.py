"""The values of a search over its trials: each that finished, the best so far, the baselines."""

import math
from collections.abc import Sequence
from itertools import accumulate
from statistics import median

from rich.text import Text

from bench.records import TrialRecord
from tui.report.page import Curve, Plot, printable
from tui.report.plots import plot_lines
from tui.tuning.session import Session, outcome

_LEAST_SPAN = 0.02  # of the y axis, in accuracy
_LONGEST_NAME = 24


class ValueChart:
    """Draws the chart, and keeps it until there is more to draw.

    Args:
        color: whether the terminal shows colours.
    """

    def __init__(self, color: bool) -> None:
        self._color = color
        self._lines: list[Text] = []
        self._drawn: object = None

    def __call__(self, session: Session, width: int, height: int) -> list[Text]:
        """Return `height` lines of at most `width` columns."""
        seen = (width, height, len(session.trials))
        if seen != self._drawn:
            self._lines = plot_lines([value_plot(session)], width, height, self._color)
            self._drawn = seen
        return [line.copy() for line in self._lines]


def value_plot(session: Session) -> Plot:
    """Return the finished values in the order they came, the best so far, and the baselines."""
    before = session.num_unknown()
    ended = [
        (place, trial.value, trial)
        for place, trial in enumerate(session.trials, before + 1)
        if outcome(trial) == "complete" and trial.value is not None and math.isfinite(trial.value)
    ]
    x, y = [float(place) for place, _, _ in ended], [value for _, value, _ in ended]
    last = float(before + len(session.trials))
    best = list(accumulate(y, max))
    curves = [Curve("best so far", [*x, last], [*best, *best[-1:]], "steps")] if y else []
    curves += [Curve("finished", x, y, "dots")] if y else []
    curves += [_level(trial, x[0], last) for _, _, trial in ended if trial.baseline]
    return Plot("", "trials", curves, floor=_floor(y))


def _level(trial: TrialRecord, first: float, last: float) -> Curve:
    value = trial.value or 0.0
    name = printable(trial.baseline)[:_LONGEST_NAME]
    return Curve(name, [first, last], [value, value], "level")


def _floor(values: Sequence[float]) -> float:
    """Return the lowest value worth a place: a single bad trial must not flatten the others."""
    if not values:
        return 0.0
    best = max(values)
    return max(0.0, best - max(4 * (best - median(values)), _LEAST_SPAN))
