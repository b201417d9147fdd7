import time
from collections.abc import Callable, Iterator

import pytest

from engine.config import RunConfig
from engine.events import (
    ClassCounts,
    EpochCompleted,
    Event,
    Intervened,
    Notice,
    RunResumed,
    RunStarted,
)
from engine.history import History
from tui.event_log import EventLog, clock_format

MakeEvents = Callable[..., Iterator[Event]]


def told(history: History, needle: str = "") -> list[str]:
    log = EventLog()
    log.take(history)
    log.prepare()
    return [log.entry(place).text for place in log.places(needle)]


def test_all_that_happened_is_told_in_order(make_events: MakeEvents) -> None:
    history = History.of(make_events())

    lines = told(history)

    assert lines[0] == "run 20260101-120000-digits-cnn"
    assert lines[1].startswith("data: digits  1,293 train")
    assert sum(line.startswith("epoch ") for line in lines) == 15
    assert "checkpoint saved after epoch 15, step 300" in lines
    assert lines[-2] == "completed after epoch 15, step 300"
    assert lines[-1].startswith("test accuracy 97.78 % (95 %: ")


def test_commands_and_notices_stand_between_the_epochs_they_came_in(
    make_events: MakeEvents,
) -> None:
    events = list(make_events(epochs=3))
    at = next(place for place, event in enumerate(events) if isinstance(event, EpochCompleted))
    when = events[at].time
    events[at + 2 : at + 2] = [
        Intervened(when + 0.1, "a", "set", 20, "training", "optimizer.lr", 0.01),
        Notice(when + 0.2, 20, "warning", "Something."),
    ]

    lines = told(History.of(events))

    first = next(place for place, line in enumerate(lines) if line.startswith("epoch  1"))
    assert lines[first + 1 : first + 4] == [
        "set optimizer.lr 0.01 at step 20, by hand",
        "warning: Something.",
        lines[first + 3],
    ]
    assert lines[first + 3].startswith("epoch  2")


def test_after_a_resume_only_what_counts_is_told(make_events: MakeEvents) -> None:
    history, log = History.of(make_events(epochs=4)), EventLog()
    log.take(history)
    log.prepare()
    before = len(log)
    history.fold(RunResumed(1_700_000_100.0, 40, 2))

    log.take(history)

    texts = [log.entry(place).text for place in log.places()]
    assert len(log) == before - 1
    assert texts[-1] == "resumed after epoch 2, at step 40"
    assert sum(text.startswith("epoch ") for text in texts) == 2


def test_a_history_that_was_sought_back_is_told_as_far_as_it_goes(make_events: MakeEvents) -> None:
    log = EventLog()
    log.take(History.of(make_events()))
    log.take(History.of(make_events(epochs=2)))

    assert log.are_epochs(log.places()).sum() == 2
    assert log.entry(log.places()[-1])


def test_words_are_found_in_any_case(make_events: MakeEvents) -> None:
    history = History.of(make_events())

    assert told(history, "EPOCH  3") == [line for line in told(history) if "epoch  3/" in line]
    assert told(history, "nowhere") == []


def test_ten_thousand_epochs_cost_little_until_they_are_searched() -> None:
    history = History()
    history.fold(RunStarted(0.0, "x", RunConfig(epochs=10_000)))
    counts = ClassCounts((1,) * 10, (1,) * 10, (1,) * 10)
    for epoch in range(1, 10_001):
        history.fold(EpochCompleted(epoch, epoch, epoch, 1, 1, 1, 1, 1, False, counts, 1, 1, 1, 1))
    log = EventLog()

    began = time.process_time()
    log.take(history)
    shown = [log.entry(place).text for place in log.places()[-50:]]
    took = time.process_time() - began

    assert shown[-1].startswith("epoch 10000/10000")
    assert took < 0.1, "some 10 ms on a quiet machine"
    assert len(log.places("epoch 10000")) == 0, "nothing is in words yet"
    passes = 1
    while log.prepare():
        passes += 1
    assert passes == 5
    assert len(log.places("epoch 10000")) == 1


def test_times_tell_the_day_where_a_run_is_longer_than_one(make_events: MakeEvents) -> None:
    history = History.of(make_events(epochs=1))
    started = history.started
    assert started is not None

    assert clock_format(history, started.time + 3600) == "%H:%M:%S"
    assert clock_format(history, started.time + 90_000) == "%m-%d %H:%M:%S"


@pytest.mark.parametrize("kind", ["best", "epoch"])
def test_the_best_epochs_are_marked(make_events: MakeEvents, kind: str) -> None:
    log = EventLog()
    log.take(History.of(make_events()))

    entries = [log.entry(place) for place in log.places() if log.are_epochs(place)]

    assert [e.kind == kind for e in entries] == [
        (e.parts[-1] == "best") == (kind == "best") for e in entries
    ]
