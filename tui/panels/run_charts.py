"""The charts of a run for the screen: loss, accuracy and learning rate, beside its ghost's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.history import History
from tui import format as fmt
from tui.charts import spans_decades
from tui.curves import lowest_worth_showing
from tui.palette import Palette
from tui.panels.course import By, epochs_along, pauses, place_of, steps_along
from tui.plot.curve import Chart, Curve, Mark
from tui.ticks import percent_text

_APART = 1.2  # an end of the x axis over the one before, while a run trains
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TIME_STEPS = (
    1, 2, 5, 10, 15, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE,
    30 * _MINUTE, _HOUR, 2 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY,
)  # fmt: skip


@dataclass(frozen=True)
class Course:
    """A run and the ghost it is raced against, on one x axis."""

    history: History
    ghost: History | None
    by: By
    palette: Palette

    def train(self, column: str, low: str | None = None, high: str | None = None) -> Curve:
        """Return a column of the steps, as a band if there are columns of extremes."""
        steps = self.history.steps
        return Curve(
            "train", steps_along(self.history, self.by), steps[column], self.palette.train,
            low=steps[low] if low else None, high=steps[high] if high else None,
        )  # fmt: skip

    def epochs(self, name: str, column: str, color: str) -> Curve:
        """Return a column of the epochs."""
        x = epochs_along(self.history, self.by)
        return Curve(name, x, self.history.epochs[column], color)

    def of_ghost(self, column: str) -> list[Curve]:
        """Return a column of the ghost's epochs, if there is a ghost."""
        if self.ghost is None or not self.ghost.has_val:
            return []
        x, y = epochs_along(self.ghost, self.by), self.ghost.epochs[column]
        return [Curve("ghost", x, y, self.palette.ghost, style="ghost")]

    def of_val(self, column: str) -> list[Curve]:
        """Return a column of val, beside the ghost's, if the run has val."""
        own = self.epochs("val", column, self.palette.val)
        return [*self.of_ghost(column), own] if self.history.has_val else []


def charts_of(course: Course) -> dict[str, Chart]:
    """Return the charts by their names; they share the whole of the x axis, and its marks."""
    charts = {
        "loss": _loss_chart(course),
        "accuracy": _accuracy_chart(course),
        "rate": _rate_chart(course),
    }
    x_bounds, marks = _x_bounds(course), marks_of(course)
    return {name: _along(chart, course.by, x_bounds, marks) for name, chart in charts.items()}


def _along(
    chart: Chart, by: By, x_bounds: tuple[float, float] | None, marks: Sequence[Mark]
) -> Chart:
    is_time = by == "time"
    return replace(
        chart, x_label=by, x_bounds=x_bounds, marks=marks,
        x_text=fmt.elapsed if is_time else None, x_steps=_TIME_STEPS if is_time else (),
    )  # fmt: skip


def _x_bounds(course: Course) -> tuple[float, float] | None:
    """Return the whole x axis: what the run has done; a ghost that did more is cut there.

    While it trains there is a little room ahead, so that the axis moves now and then only.
    """
    history = course.history
    along = [steps_along(history, course.by), epochs_along(history, course.by)]
    end = max([float(x[-1]) for x in along if len(x)], default=0.0)
    if end <= 0:
        return None
    return 0.0, end if history.finished else held(end, _planned(history, course.by))


def _planned(history: History, by: By) -> float:
    """Return where the x axis is to end, or 0 where nobody knows."""
    if history.config is None or history.prepared is None or by == "time":
        return 0.0
    per_epoch = history.prepared.steps_per_epoch if by == "step" else 1
    return float(history.config.epochs * per_epoch)


def held(end: float, planned: float) -> float:
    """Return the next place at which the axis of a curve that grows may end.

    The places are a fifth apart, counted from where it is planned to end if it is not past that.
    """
    if 0 < end <= planned:
        return planned / _APART ** math.floor(math.log(planned / end, _APART) + 1e-9)
    return float(_APART ** math.ceil(math.log(end, _APART) - 1e-9))


def _loss_chart(course: Course) -> Chart:
    history = course.history
    floor = lowest_worth_showing(history)
    train = course.train("loss", "loss_min", "loss_max")
    log_y = spans_decades(np.maximum(history.steps["loss"], floor), history.epochs["val_loss"])
    curves = [train, *course.of_val("val_loss")]
    return Chart("loss", curves, y_bounds=(floor, math.inf), log_y=log_y)


def _accuracy_chart(course: Course) -> Chart:
    palette = course.palette
    curves = [
        course.epochs("train", "train_accuracy", palette.train),
        *course.of_val("val_accuracy"),
    ]
    return Chart("accuracy", curves, y_text=percent_text, y_bounds=(0.0, 1.0))


def _rate_chart(course: Course) -> Chart:
    rates = replace(course.train("lr"), name="lr", color=course.palette.rate)
    config = course.history.config
    ends_in_zero = config is not None and config.schedule.name in ("one_cycle", "cosine")
    log_y = not ends_in_zero and spans_decades(course.history.steps["lr"], decades=2.5)
    return Chart("learning rate", [rates], y_bounds=(0.0, math.inf), log_y=log_y)


def marks_of(course: Course) -> list[Mark]:
    """Return what happened to a run from outside, and its best epoch."""
    history, palette = course.history, course.palette
    happened = [
        (done.step, done.time, f"lr {fmt.lr(done.value)}", palette.mark)
        for done in history.interventions
        if done.command == "set"
    ]
    happened += [(pause.step, pause.begin, "pause", palette.warn) for pause in pauses(history)]
    happened += [(again.step, again.time, "resumed", palette.warn) for again in history.resumes]
    marks = [
        Mark(place_of(history, course.by, step, time), text, color)
        for step, time, text, color in happened
    ]
    best = history.best_epoch
    if best is not None and history.has_val:
        x = float(epochs_along(history, course.by)[best - 1])
        marks.append(Mark(x, "best", palette.good))
    return marks
