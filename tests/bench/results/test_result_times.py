"""What a run took, on logs whose times are known."""

from bench.results.timing import seconds_of
from engine.config import RunConfig
from engine.events import (
    ClassCounts,
    EpochCompleted,
    Event,
    Phase,
    PhaseChanged,
    RunResumed,
    RunStarted,
    StepCompleted,
)


def _started(time: float) -> list[Event]:
    return [RunStarted(time, "run", RunConfig()), _loading(time)]


def _loading(time: float) -> Event:
    return PhaseChanged(time, "loading data", what="digits")


def _phase(time: float, phase: Phase) -> Event:
    return PhaseChanged(time, phase)


def _step(time: float, step: int) -> Event:
    return StepCompleted(time, 1, step, 1, 1.0, 1.0, 1.0, 0.1, 0.9, 100.0)


def _epoch(time: float, epoch: int, is_best: bool) -> Event:
    counts = ClassCounts((), (), ())
    return EpochCompleted(
        time, epoch, epoch, 1.0, 0.5, 1.0, 0.5, 0.1, is_best, counts, 1.0, 0.1, 0.1, 100.0
    )


def test_the_first_step_parts_set_up_from_training_and_the_last_ends_it() -> None:
    log = [
        *_started(100), _phase(101, "building"), _phase(104, "training"), _step(106, 1),
        _phase(106, "validating"), _epoch(107, 1, True), _phase(107, "training"), _step(110, 2),
        _phase(110, "validating"), _epoch(111, 2, False), _phase(111, "testing"),
        _phase(115, "testing"),
    ]  # fmt: skip

    seconds = seconds_of(log)

    assert (seconds.set_up, seconds.training, seconds.until_best) == (4, 6, 3)
    assert seconds.all == 15


def test_pauses_do_not_count_wherever_they_fall() -> None:
    log = [
        *_started(0), _phase(1, "paused"), _phase(51, "loading data"), _phase(52, "training"),
        _step(54, 1), _phase(55, "paused"), _phase(155, "training"), _step(157, 2),
    ]  # fmt: skip

    seconds = seconds_of(log)

    assert (seconds.set_up, seconds.training, seconds.all) == (2, 5, 7)


def test_a_resumed_run_is_the_sum_of_its_parts() -> None:
    log = [
        *_started(0), _phase(2, "training"), _step(5, 1), _epoch(6, 1, True), _phase(6, "training"),
        _loading(1000), _phase(1001, "building"), RunResumed(1003, 1, 1), _phase(1003, "training"),
        _step(1010, 2), _epoch(1011, 2, True),
    ]  # fmt: skip

    seconds = seconds_of(log)

    assert (seconds.set_up, seconds.training, seconds.all) == (5, 10, 17)
    assert seconds.until_best == 11


def test_a_run_that_died_while_it_loaded_begins_anew() -> None:
    log = [*_started(0), _loading(500), _phase(503, "training"), _step(504, 1)]

    seconds = seconds_of(log)

    assert (seconds.set_up, seconds.training, seconds.all) == (3, 1, 4)
    assert seconds.until_best is None
