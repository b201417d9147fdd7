"""How a configuration's accuracy is shown wherever it stands: in figures and on a shared axis."""

import math
from collections.abc import Iterable

from bench.report.types import Candidate
from tui import format as fmt
from tui.report.page import Cell, Strip, Tone, Words
from tui.report.words import Axis


def accuracy_axis(candidates: Iterable[Candidate | None], with_search: bool = False) -> Axis:
    """Return an axis on which all confirmed means and their intervals have room."""
    values: list[float | None] = []
    for candidate in candidates:
        if candidate is not None and candidate.confirm is not None:
            confirm = candidate.confirm
            values += [confirm.value, confirm.low, confirm.high]
        if candidate is not None and with_search:
            values.append(candidate.search_value)
    return Axis(values)


def accuracy_cells(
    candidate: Candidate | None, axis: Axis, with_search: bool = False
) -> list[Cell]:
    """Return the confirmed accuracy, its place on the axis, and the test accuracy.

    What the search saw stands in for it where there is none, unless it is shown beside it.
    """
    confirm = candidate.confirm if candidate else None
    test = candidate.test if candidate else None
    text = "not confirmed" if with_search and confirm is None else _validation(candidate)
    strip = Strip(
        span=axis.span(confirm.low, confirm.high) if confirm else None,
        dot=axis(confirm.value) if confirm else None,
        ring=axis(candidate.search_value) if candidate and with_search else None,
        least=16,
        most=28,
        about=text,
    )
    tone: Tone = "strong" if confirm else "dim"
    return [Words(text, tone), strip, Words(fmt.percent(test.value if test else None))]


def _validation(candidate: Candidate | None) -> str:
    """Return the mean of the fresh seeds with its interval: `97.42 % (96.91 to 97.84)`."""
    if candidate is None:
        return fmt.MISSING
    confirm = candidate.confirm
    if confirm is None:
        return f"{fmt.percent(candidate.search_value)}, seen once"
    text = fmt.percent(confirm.value)
    if confirm.low is None or confirm.high is None or not math.isfinite(confirm.value):
        return text
    return f"{text} ({100 * confirm.low:.2f} to {100 * confirm.high:.2f})"


def parameters(candidate: Candidate) -> str:
    """Return the number of parameters in short; that of a trial that built nothing is unknown."""
    return fmt.short_count(candidate.num_parameters) if candidate.num_parameters else fmt.MISSING
