import dataclasses
from collections.abc import Callable, Generator, Iterator

import numpy as np
import pytest

from engine.events import Event, Intervened, StepCompleted
from engine.history import History
from tui.charts import line_chart
from tui.curves import accuracy_chart, loss_chart, lr_chart

MakeEvents = Callable[..., Generator[Event, None, None]]


def test_steps_and_epochs_share_one_axis_of_epochs(make_events: MakeEvents) -> None:
    train, val = loss_chart(History.of(make_events())).series

    assert np.asarray(train.x)[[0, -1]].tolist() == [1 / 20, 15]
    assert np.asarray(val.x).tolist() == list(range(1, 16))


def test_a_single_batch_near_zero_does_not_flatten_the_loss(make_events: MakeEvents) -> None:
    def lucky() -> Iterator[Event]:
        for event in make_events():
            zero = isinstance(event, StepCompleted) and event.step == 200
            yield dataclasses.replace(event, loss=1e-9) if zero else event  # type: ignore[call-arg]

    chart = loss_chart(History.of(lucky()))

    text = line_chart(chart, 60, 16, color=False)
    assert chart.log_y
    assert "0.1┤" in text
    assert "1e-" not in text


@pytest.mark.parametrize("chart", [loss_chart, accuracy_chart, lr_chart])
def test_the_charts_of_a_run_that_just_began_are_empty(chart: Callable[[History], object]) -> None:
    assert "nothing yet" in line_chart(chart(History()), 60, 16, color=False)  # type: ignore[arg-type]


def test_a_changed_learning_rate_is_marked_in_every_chart(make_events: MakeEvents) -> None:
    history = History.of(make_events())
    history.fold(Intervened(1.0, "a", "pause", 20, "training"))
    history.fold(Intervened(1.0, "b", "set", 30, "training", "optimizer.lr", 0.05))

    assert [c(history).marks for c in (loss_chart, accuracy_chart, lr_chart)] == [(1.5,)] * 3
