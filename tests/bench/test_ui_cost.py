"""The figures of `dli bench --ui`, from logs and notes whose answers are known."""

from pathlib import Path

import pytest

from bench.ui_cost import Notes, Pair, UiCost, Window, images_per_second, latencies, quantile
from bench.ui_cost import read_notes as read
from engine.events import StepCompleted


def step(number: int, time: float, epoch: int = 1) -> StepCompleted:
    return StepCompleted(time, epoch, number, 2, 1.0, 1.0, 1.0, 0.1, 0.9, 100.0)


STEPS = [step(2, 10.0), step(4, 11.0), step(6, 12.0), step(8, 20.0, 2), step(10, 20.5, 2)]


def test_the_rate_counts_only_what_lies_within_epochs_and_the_window() -> None:
    assert images_per_second(STEPS, 32, Window(10, 21)) == pytest.approx(6 * 32 / 2.5)
    assert images_per_second(STEPS, 32, Window(11, 20.2)) == pytest.approx(2 * 32 / 1.0)
    with pytest.raises(ValueError, match="no two groups"):
        images_per_second(STEPS, 32, Window(12, 20))


def test_an_event_waits_for_the_first_drawing_that_holds_it() -> None:
    notes = Notes(drawn=((10.1, 2), (12.3, 6), (20.4, 8), (30.0, 10)), lags=())

    assert latencies(STEPS, notes, Window(10, 21)) == pytest.approx([0.1, 1.3, 0.3, 0.4])
    assert latencies(STEPS, notes, Window(11.5, 15)) == pytest.approx([0.3])
    assert latencies(STEPS, Notes((), ()), Window(10, 21)) == []


def test_notes_are_read_but_for_a_line_that_is_being_written(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    assert read(file) == Notes((), ())
    file.write_text('{"time": 1.0, "step": 4}\n{"time": 1.5, "lag": 0.02}\n{"time": 2.0, "st')

    assert read(file) == Notes(drawn=((1.0, 4),), lags=((1.5, 0.02),))


def test_pairs_are_summed_up_beside_their_bars() -> None:
    pairs = [
        Pair(1000.0, 990.0, 0.05, (0.1, 0.2, 0.3), (0.0,) * 98 + (0.03, 0.04)),
        Pair(1000.0, 940.0, 0.07, (0.4, 0.5), (0.0,) * 100),
        Pair(1000.0, 960.0, 0.08, (0.2,), (0.0,) * 100),
    ]

    found = UiCost.of(("digits", "cnn", 20.0, 2), pairs)

    assert (found.ratio.median, found.ratio.least, found.ratio.most) == (0.96, 0.94, 0.99)
    assert found.latency.median == pytest.approx(0.25)
    assert (found.latency.least, found.latency.most) == (0.2, 0.45)
    assert (found.lag.median, found.lag.most, found.lag_median) == (0.0, 0.04, 0.0)
    holds = {"ratio": True, "cpu_share": False, "latency": True, "lag": True}
    assert found.to_dict()["holds"] == holds


def test_a_quantile_is_a_value_that_is_there() -> None:
    values = [float(number) for number in range(100, 0, -1)]

    assert quantile(values, 0.99) == 100.0
    assert quantile(values, 0.5) == 51.0
    assert quantile([3.0], 0.99) == 3.0
