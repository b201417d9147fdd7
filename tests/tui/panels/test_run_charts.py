import math
from collections.abc import Callable, Generator

import numpy as np

from engine.events import Event, Intervened
from engine.history import History
from tui.palette import DARK
from tui.panels.run_charts import Course, charts_of, held, marks_of

MakeEvents = Callable[..., Generator[Event, None, None]]


def test_all_charts_share_the_x_axis_and_its_marks(make_events: MakeEvents) -> None:
    history = History.of(make_events())

    for by, end in (("epoch", 15.0), ("step", 300.0), ("time", 17.95)):
        charts = charts_of(Course(history, None, by, DARK))  # type: ignore[arg-type]
        assert {chart.x_label for chart in charts.values()} == {by}
        for chart in charts.values():
            assert chart.x_bounds is not None
            assert chart.x_bounds[0] == 0
            assert math.isclose(chart.x_bounds[1], end, abs_tol=1e-6)
            assert [mark.text for mark in chart.marks] == ["best"]


def test_the_loss_of_steps_has_their_extremes_as_a_band(make_events: MakeEvents) -> None:
    history = History.of(make_events())

    train = charts_of(Course(history, None, "epoch", DARK))["loss"].curves[0]

    assert train.name == "train"
    np.testing.assert_array_equal(train.low, history.steps["loss_min"])
    np.testing.assert_array_equal(train.high, history.steps["loss_max"])


def test_the_x_axis_of_a_run_that_grows_stays_for_a_while_and_ends_where_it_is_planned() -> None:
    ends = [held(end, 100.0) for end in np.linspace(0.5, 100, 400)]

    assert all(
        end <= shown < 1.21 * end
        for end, shown in zip(np.linspace(0.5, 100, 400), ends, strict=True)
    )
    assert len(set(ends)) < 35
    assert ends[-1] == 100.0
    assert 50 <= held(50.0, 0.0) < 1.21 * 50
    assert held(120.0, 100.0) >= 120.0


def test_a_ghost_lies_between_train_and_val(make_events: MakeEvents) -> None:
    history, ghost = History.of(make_events(epochs=3)), History.of(make_events())

    charts = charts_of(Course(history, ghost, "epoch", DARK))

    for name in ("loss", "accuracy"):
        assert [curve.name for curve in charts[name].curves] == ["train", "ghost", "val"]
        assert charts[name].curves[1].style == "ghost"
        assert charts[name].x_bounds == (0.0, held(3.0, 15.0))
    assert [curve.name for curve in charts["rate"].curves] == ["lr"]


def test_what_was_done_to_the_run_is_marked_where_it_was(make_events: MakeEvents) -> None:
    history = History.of(make_events(epochs=3))
    time = history.steps["time"]
    for verb, step, value in (("set", 10, 0.05), ("pause", 30, None), ("continue", 30, None)):
        history.fold(
            Intervened(time[step - 1] + 0.01, verb, verb, step, "training", "optimizer.lr", value)
        )

    marks = marks_of(Course(history, None, "epoch", DARK))

    assert [(mark.x, mark.text) for mark in marks] == [
        (0.5, "lr 0.0500"), (1.5, "pause"), (3.0, "best"),
    ]  # fmt: skip


def test_a_run_that_did_nothing_yet_has_empty_charts() -> None:
    charts = charts_of(Course(History(), History(), "time", DARK))

    assert all(len(np.asarray(curve.x)) == 0 for each in charts.values() for curve in each.curves)
    assert {chart.x_bounds for chart in charts.values()} == {None}
