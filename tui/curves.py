"""The charts of a run: loss, accuracy and learning rate over its epochs."""

import math

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from engine.history import History
from tui import format as fmt
from tui.charts import GREEN, ORANGE, Array, Chart, Series, line_chart, spans_decades
from tui.ticks import percent_text

_GAP = 2


def loss_chart(history: History) -> Chart:
    """Return the loss of train, step by step, and of val, epoch by epoch."""
    train, val = history.steps["loss"], history.epochs["val_loss"]
    series = (Series("train", _epochs_of_steps(history), train), *_of_val(history, "val_loss"))
    floor = lowest_worth_showing(history)
    log_y = spans_decades(np.maximum(train, floor), val)
    return Chart("loss", series, y_bounds=(floor, math.inf), log_y=log_y, marks=_marks(history))


def lowest_worth_showing(history: History) -> float:
    """Return a tenth of the lowest loss of an epoch: single batches come close to 0 by chance."""
    losses = np.concatenate([history.epochs["train_loss"], history.epochs["val_loss"]])
    losses = losses[np.isfinite(losses)]
    return float(losses.min()) / 10 if len(losses) else 0.0


def accuracy_chart(history: History) -> Chart:
    """Return the accuracy on train and val, epoch by epoch."""
    epochs = history.epochs
    train = Series("train", epochs["epoch"], epochs["train_accuracy"])
    series = (train, *_of_val(history, "val_accuracy"))
    marks = _marks(history)
    return Chart("accuracy", series, y_text=percent_text, y_bounds=(0.0, 1.0), marks=marks)


def _of_val(history: History, column: str) -> tuple[Series, ...]:
    """Return a column of val, epoch by epoch, or nothing in a run without val."""
    epochs = history.epochs
    return (Series("val", epochs["epoch"], epochs[column], ORANGE),) if history.has_val else ()


def lr_chart(history: History) -> Chart:
    """Return the learning rate, step by step."""
    rates = history.steps["lr"]
    series = (Series("per step", _epochs_of_steps(history), rates, GREEN),)
    return Chart(
        "learning rate",
        series,
        y_text=lambda value, _: fmt.lr(value),
        y_bounds=(0.0, math.inf),
        log_y=spans_decades(rates, decades=2.5),
        marks=_marks(history),
    )


def side_by_side(charts: list[Chart], shape: tuple[int, int], color: bool) -> RenderableType:
    """Return the charts in one row.

    Args:
        charts: from left to right.
        shape: columns and lines of the whole row.
        color: colour the curves; otherwise they differ by their dots.
    """
    width = (shape[0] + _GAP) // len(charts) - _GAP
    table = Table.grid(padding=(0, _GAP), pad_edge=False)
    for _ in charts:
        table.add_column(width=width, no_wrap=True)
    drawn = [line_chart(chart, width, shape[1], color) for chart in charts]
    table.add_row(*[Text.from_ansi(text, no_wrap=True, overflow="crop") for text in drawn])
    return table


def _epochs_of_steps(history: History) -> Array:
    per_epoch = history.prepared.steps_per_epoch if history.prepared else 1
    return history.steps["step"] / per_epoch


def _marks(history: History) -> tuple[float, ...]:
    """Return where the learning rate was changed from outside, in epochs."""
    per_epoch = history.prepared.steps_per_epoch if history.prepared else 1
    changes = [done for done in history.interventions if done.command == "set"]
    return tuple(done.step / per_epoch for done in changes)
