"""Events survive their JSON lines, and foreign lines are passed over."""

import math

import pytest

from engine.config import RunConfig
from engine.events import (
    CheckpointSaved,
    ClassCounts,
    EpochCompleted,
    Event,
    Intervened,
    Notice,
    PhaseChanged,
    RunFinished,
    RunPrepared,
    RunResumed,
    RunStarted,
    StepCompleted,
    TestResult,
    from_json,
    to_json,
)

COUNTS = ClassCounts((3, 2), (4, 1), (3, 1))
EVENTS: list[Event] = [
    RunStarted(1.5, "r", RunConfig(seed=3), study="s", trial=4),
    RunResumed(1.0, 7, 1),
    RunPrepared(1.0, ("a", "b"), (1, 28, 28), 8, 1, 1, 99, 4, "d", "cpu", "fp32", 2),
    PhaseChanged(1.0, "loading data", 3, 9, "x"),
    StepCompleted(1.0, 1, 2, 2, 0.1 + 0.2, 0.25, math.inf, 0.1, 0.9, 1234.5),
    EpochCompleted(1.0, 1, 4, 0.5, 0.9, 0.6, 0.8, 0.1, True, COUNTS, 1.0, 0.2, 0.1, 99.0),
    CheckpointSaved(1.0, 4, 1, "best"),
    Intervened(1.0, "id", "set", 3, "training", "optimizer.lr", 0.05),
    Notice(1.0, 3, "warning", "a – b"),
    RunFinished(1.0, "completed", "done", 1, 4, 1, 0.8, TestResult(0.5, 0.75, 3, 4, COUNTS)),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_equal_from_its_line(event: Event) -> None:
    line = to_json(event)
    assert "\n" not in line
    assert from_json(line) == event


def test_not_a_number_survives() -> None:
    event = from_json(to_json(StepCompleted(1, 1, 1, 1, math.nan, 0, 0, 0, 0, 0)))
    assert isinstance(event, StepCompleted)
    assert math.isnan(event.loss)


@pytest.mark.parametrize(
    "line", ["", "{", '{"event":"Sneezed"}', '{"event":"Notice"}', "[]", "3", '"x"', b"\xff\x00"]
)
def test_a_cut_or_foreign_line_is_no_event(line: str | bytes) -> None:
    assert from_json(line) is None


def test_an_unknown_field_of_a_newer_version_is_ignored() -> None:
    line = to_json(RunResumed(1.0, 7, 1)).replace("{", '{"mood":"good",', 1)
    assert from_json(line) == RunResumed(1.0, 7, 1)
