"""The fold: cheap, exact, and unmoved in its snapshots."""

import math
import time

from engine.config import RunConfig
from engine.events import (
    ClassCounts,
    EpochCompleted,
    Intervened,
    RunFinished,
    RunResumed,
    RunStarted,
    StepCompleted,
)
from engine.history import History

COUNTS = ClassCounts((1,), (1,), (1,))


def step(number: int, loss: float = 0.5, at: float = 1.0) -> StepCompleted:
    return StepCompleted(at, (number - 1) // 2 + 1, number, 1, loss, loss, loss, 0.1, 0.9, at)


def epoch(number: int, value: float = 0.5, best: bool = False, at: float = 1.0) -> EpochCompleted:
    return EpochCompleted(
        at, number, 2 * number, 0.1, 0.9, 0.2, value, 0.1, best, COUNTS, at, at, at, at
    )


def test_a_hundred_thousand_steps_fold_in_under_a_second() -> None:
    events = [step(number) for number in range(1, 100_001)]
    before = time.process_time()
    history = History.of(events)
    assert time.process_time() - before < 1
    assert history.steps["step"][-1] == 100_000


def test_a_snapshot_stays_as_it_was_while_the_history_grows() -> None:
    history = History.of([RunStarted(1.0, "r", RunConfig()), step(1), epoch(1)])
    snapshot = history.snapshot()
    for number in range(2, 500):
        history.fold(step(number))
    history.fold(RunResumed(1.0, 1, 0))
    history.fold(step(2, loss=9.0))
    assert snapshot.steps["step"].tolist() == [1]
    assert snapshot.steps["loss"].tolist() == [0.5]
    assert len(snapshot.epochs) == len(snapshot.counts) == 1
    assert not snapshot.resumes


def test_a_resume_drops_what_lies_past_its_checkpoint() -> None:
    late = Intervened(1.0, "b", "set", 3, "training", "optimizer.lr", 0.1)
    first = [step(1), step(2), epoch(1), step(3), late, step(4), epoch(2, best=True)]
    stopped = RunFinished(1.0, "stopped", "x", 2, 4)
    history = History.of([*first, stopped, RunResumed(1.0, 2, 1)])
    assert history.steps["step"].tolist() == [1, 2]
    assert history.epochs["epoch"].tolist() == [1]
    assert len(history.counts) == 1
    assert history.finished is None
    assert history.best_epoch is None
    assert history.interventions == []


def test_an_epoch_that_the_checkpoint_does_not_have_is_dropped_though_its_step_is_kept() -> None:
    history = History.of([step(1), step(2), epoch(1), RunResumed(1.0, 2, 0)])
    assert history.steps["step"].tolist() == [1, 2]
    assert len(history.epochs) == 0


def test_a_command_done_again_after_a_resume_counts_once() -> None:
    done = Intervened(1.0, "a", "set", 2, "training", "optimizer.lr", 0.1)
    history = History.of([step(1), step(2), done, RunResumed(1.0, 2, 1), done])
    assert history.interventions == [done]


def test_nan_equals_nan_and_measured_fields_do_not_count_for_the_course() -> None:
    one = History.of([step(1, math.nan, at=1.0), epoch(1, at=1.0)])
    same = History.of([step(1, math.nan, at=1.0), epoch(1, at=1.0)])
    later = History.of([step(1, math.nan, at=2.0), epoch(1, at=2.0)])
    other = History.of([step(1, math.nan), epoch(1, value=0.6)])
    assert one == same
    assert one != later
    assert one.same_course(later)
    assert not one.same_course(other)


def test_views_cannot_be_written_to() -> None:
    history = History.of([step(1)])
    assert not history.steps["loss"].flags.writeable
