"""Where steps and epochs lie, for a run of 3 epochs of 10 steps, a second each."""

import numpy as np

from engine.config import RunConfig
from engine.events import (
    ClassCounts,
    EpochCompleted,
    Event,
    Intervened,
    RunPrepared,
    RunResumed,
    RunStarted,
    StepCompleted,
)
from engine.history import History
from tui.panels.course import (
    epochs_along,
    outages,
    pauses,
    place_of,
    steps_along,
    trained_seconds,
)

COUNTS = ClassCounts((1,), (1,), (1,))


def begun() -> list[Event]:
    return [
        RunStarted(0.0, "run", RunConfig()),
        RunPrepared(5.0, ("a",), (1, 8, 8), 10, 1, 1, 1, 10, "abc", "cpu", "fp32", 2),
    ]


def trained(first: int, last: int, time: float) -> list[Event]:
    """Return steps, one a second, with an epoch's end half a second after each tenth."""
    events: list[Event] = []
    for step in range(first, last + 1):
        epoch, now = (step - 1) // 10 + 1, time + step - first
        events.append(StepCompleted(now, epoch, step, 1, 1.0, 1.0, 1.0, 0.1, 0.9, 10.0))
        if step % 10 == 0:
            events.append(EpochCompleted(
                now + 0.5, epoch, step, 1.0, 0.5, 1.0, 0.5, 0.1, False, COUNTS, 1.0, 0.1, 0.1, 9.0
            ))  # fmt: skip
    return events


def command(verb: str, time: float, step: int) -> Intervened:
    return Intervened(time, f"{verb}{time}", verb, step, "training")


def test_by_epoch_a_step_lies_within_its_epoch_and_an_epoch_at_its_end() -> None:
    history = History.of([*begun(), *trained(1, 20, 10.0)])

    assert steps_along(history, "epoch")[[0, 9, 19]].tolist() == [0.1, 1.0, 2.0]
    assert epochs_along(history, "epoch").tolist() == [1.0, 2.0]
    assert steps_along(history, "step")[-1] == epochs_along(history, "step")[-1] == 20


def test_time_counts_from_the_first_step() -> None:
    history = History.of([*begun(), *trained(1, 20, 10.0)])

    assert steps_along(history, "time").tolist() == list(range(20))
    assert epochs_along(history, "time").tolist() == [9.5, 19.5]


def test_a_pause_takes_no_time() -> None:
    events = [*begun(), *trained(1, 5, 10.0), command("pause", 14.5, 5),
              command("continue", 100.0, 5), *trained(6, 20, 100.5)]  # fmt: skip
    history = History.of(events)

    assert [tuple(pause) for pause in pauses(history)] == [(5, 14.5, 100.0)]
    assert steps_along(history, "time").tolist() == list(range(20))
    assert place_of(history, "time", 5, 60.0) == place_of(history, "time", 5, 14.5) == 4.5


def test_a_pause_that_lasts_has_no_end() -> None:
    history = History.of([*begun(), *trained(1, 5, 10.0), command("pause", 14.5, 5)])

    assert [tuple(pause) for pause in pauses(history)] == [(5, 14.5, None)]
    assert outages(history) == []


def test_a_pause_after_an_epoch_begins_with_its_end() -> None:
    events = [*begun(), *trained(1, 3, 10.0), command("pause_after_epoch", 12.5, 3),
              *trained(4, 10, 13.0), command("continue", 80.0, 10),
              *trained(11, 20, 80.5)]  # fmt: skip
    history = History.of(events)

    assert [tuple(pause) for pause in pauses(history)] == [(10, 19.5, 80.0)]
    assert epochs_along(history, "time").tolist() == [9.5, 19.5]


def test_to_continue_what_was_not_paused_is_no_pause() -> None:
    events = [*begun(), *trained(1, 3, 10.0), command("pause_after_epoch", 12.5, 3),
              command("continue", 12.7, 3), *trained(4, 20, 13.0)]  # fmt: skip

    assert list(pauses(History.of(events))) == []


def test_an_interruption_and_what_was_lost_in_it_take_no_time() -> None:
    events = [*begun(), *trained(1, 15, 10.0), RunResumed(500.0, 10, 1), *trained(11, 20, 505.0)]
    history = History.of(events)

    assert history.steps["step"].tolist() == list(range(1, 21))
    assert steps_along(history, "time")[9:12].tolist() == [9.0, 9.5, 10.5]
    assert (np.diff(steps_along(history, "time")) >= 0).all()


def test_a_pause_within_an_interruption_is_left_out_once() -> None:
    events = [*begun(), *trained(1, 10, 10.0), command("pause", 19.7, 10),
              command("continue", 300.0, 10), RunResumed(500.0, 10, 1),
              *trained(11, 20, 505.0)]  # fmt: skip

    assert steps_along(History.of(events), "time")[-1] == 18.5


def test_a_clock_that_was_set_back_does_not_turn_the_curve_round() -> None:
    history = History.of([*begun(), *trained(1, 5, 100.0), *trained(6, 10, 50.0)])

    assert (np.diff(steps_along(history, "time")) >= 0).all()


def test_nothing_yet_is_fine() -> None:
    history = History()

    assert len(steps_along(history, "time")) == len(epochs_along(history, "epoch")) == 0
    assert trained_seconds(history, [3.0]).tolist() == [3.0]
