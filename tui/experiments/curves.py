"""The picture of a lesson: accuracy on val, after each epoch or against the time it took."""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from statistics import fmean

from bench.results.result import Result
from bench.results.standing import Standing
from tui import format as fmt
from tui.experiments.drawing import Chart, Line
from tui.experiments.lesson import Lesson
from tui.ticks import Axis, linear_axis, log_axis, percent_text, with_margin

_EARLY = 0.2  # part of each line that may lie below the axis
_X_TICKS, _Y_TICKS = 10, 6
Points = list[tuple[float, float]]


def chart_of(lesson: Lesson, data: str, shown: Mapping[int, Standing]) -> Chart | None:
    """Return the chart of those standings that have something to draw; None if none has.

    Args:
        lesson: what the chart belongs to.
        data: what all of them were trained on.
        shown: standings by their place in the lesson, which gives each its colour.
    """
    by_time = lesson.x == "seconds"
    lines = []
    for color, standing in shown.items():
        lines += _timed(standing, color) if by_time else _lines(standing, color, lesson.shows_train)
    if not lines:
        return None
    what = "val accuracy" + " (dashed: train)" * (lesson.shows_train and not by_time)
    return Chart(
        title=f"{lesson.title}, {data}",
        about=f"{what}; {', '.join(line.name for line in lines if line.name)}",
        x_label="training time (log scale)" if by_time else "epoch",
        y_label="accuracy on val or test" if by_time else what,
        x=_time_axis(lines) if by_time else _epoch_axis(lines),
        y=_accuracy_axis(lines),
        lines=lines,
    )


def name_of(standing: Standing) -> str:
    """Return how a standing is called in a picture: `mnist_rnn gru`."""
    values = [setting.partition("=")[2] for setting in standing.variant.split(", ")]
    return " ".join([standing.study.name, *values]).strip()


def _lines(standing: Standing, color: int, with_train: bool) -> list[Line]:
    """Return the mean over the seeds, shaded from the lowest to the highest."""
    val, train = (_values(standing.used, c) for c in ("val_accuracy", "train_accuracy"))
    if not val:
        return []
    means = [(epoch, fmean(values)) for epoch, values in val]
    last, planned = means[-1][0], standing.used[0].ending.planned
    part = "" if all(r.is_complete for r in standing.used) else f", {last} of {planned}"
    name = f"{name_of(standing)} {fmt.percent(means[-1][1], 1)}{part}"
    band = [(epoch, min(values), max(values)) for epoch, values in val]
    dashed = [Line(color, [(e, fmean(v)) for e, v in train], kind="dashed")] * with_train
    return [*dashed, Line(color, means, name, band=band if len(standing.used) > 1 else ())]


def _values(results: Sequence[Result], column: str) -> list[tuple[int, list[float]]]:
    """Return the values of all seeds after each epoch that all of them have."""
    known = [
        {e: v for e, v in zip(r.epoch, r.columns[column], strict=True) if v is not None}
        for r in results
    ]
    epochs = sorted(set.intersection(*map(set, known)))
    return [(epoch, [values[epoch] for values in known]) for epoch in epochs]


def _timed(standing: Standing, color: int) -> list[Line]:
    """Return the mean way over the seeds, or the end of it alone where there is no val."""
    way = _mean_way(standing.used)
    if way:
        name = f"{name_of(standing)} {fmt.percent(way[-1][1], 1)} val, {_after(way[-1][0])}"
        return [Line(color, way, name)]
    tested = [result.test.accuracy for result in standing.used if result.test]
    if not tested:
        return []
    seconds = fmean(result.seconds.training for result in standing.used)
    end = (math.log10(seconds), fmean(tested))
    name = f"{name_of(standing)} {fmt.percent(end[1], 1)} test, {_after(end[0])}"
    return [Line(color, [end], name)]


def _after(log_seconds: float) -> str:
    return fmt.duration(10**log_seconds)


def _mean_way(results: Sequence[Result]) -> Points:
    """Return the mean val accuracy at the mean time of each epoch that all seeds have."""
    ways = [_way(result) for result in results]
    return [
        (math.log10(fmean(10**x for x, _ in places)), fmean(y for _, y in places))
        for places in zip(*ways, strict=False)
    ]


def _way(result: Result) -> Points:
    """Return val accuracy at the decimal logarithm of the seconds so far.

    A long run keeps some epochs only; each then stands for those since the one before.
    """
    columns, epochs = result.columns, [0, *result.epoch]
    spent = [
        ((columns["seconds"][row] or 0.0) + (columns["val_seconds"][row] or 0.0))
        * (epochs[row + 1] - epochs[row])
        for row in range(len(result.epoch))
    ]
    return [
        (math.log10(seconds), value)
        for seconds, value in zip(accumulate(spent), columns["val_accuracy"], strict=True)
        if value is not None and seconds > 0
    ]


def _epoch_axis(lines: Sequence[Line]) -> Axis:
    last = max(line.points[-1][0] for line in lines)
    found = linear_axis(1, max(last, 2), _X_TICKS, _whole)
    kept = [n for n, tick in enumerate(found.ticks) if tick == round(tick)]
    ticks, texts = [found.ticks[n] for n in kept], [found.texts[n] for n in kept]
    return Axis(found.low, found.high, tuple(ticks), tuple(texts))


def _whole(value: float, _digits: int) -> str:
    return str(round(value))


def _time_axis(lines: Sequence[Line]) -> Axis:
    x = [point[0] for line in lines for point in line.points]
    low, high = with_margin(min(x), max(x)) if max(x) > min(x) else (x[0] - 0.5, x[0] + 0.5)
    return log_axis(low, high, _X_TICKS, lambda seconds, _: fmt.duration(seconds))


def _accuracy_axis(lines: Sequence[Line]) -> Axis:
    """Return an axis that leaves the early epochs out, where all the rest would be squeezed."""
    late = [y for line in lines for _, y in line.points[int(_EARLY * len(line.points)) :]]
    low, high = with_margin(min(late), max(late))
    return linear_axis(max(low, 0.0), min(high, 1.0), _Y_TICKS, percent_text)
