"""A made-up run that looks like a real one: 15 epochs of 20 steps on ten classes, without torch."""

import math
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.config import RunConfig
from engine.events import (
    CheckpointSaved,
    ClassCounts,
    EpochCompleted,
    Event,
    PhaseChanged,
    RunFinished,
    RunPrepared,
    RunStarted,
    StepCompleted,
    TestResult,
)
from engine.predictions import pack, write_split, write_test
from engine.record import recorded
from engine.runs import RunFolder, create_run
from tests.tui.terminal import Terminal

START = 1_700_000_000.0
EPOCHS, STEPS = 15, 20
CLASSES = tuple(str(digit) for digit in range(10))
MakeEvents = Callable[..., Generator[Event, None, None]]
RecordRun = Callable[..., RunFolder]


def _loss(step: int) -> float:
    return 2.3 * math.exp(-step / 60) + 0.03 + 0.02 * math.sin(step * 1.7)


def _val_accuracy(epoch: int) -> float:
    return 0.985 - 0.6 * math.exp(-epoch / 2) + 0.004 * math.sin(3 * epoch)


def _counts(accuracy: float) -> ClassCounts:
    right = tuple(min(14, round(14 * accuracy + (digit % 3) - 1)) for digit in range(10))
    return ClassCounts(support=(14,) * 10, predicted=(14,) * 10, correct=right)


def _steps(epoch: int, time: float, nan_step: int | None) -> Iterator[StepCompleted]:
    for step in range((epoch - 1) * STEPS + 1, epoch * STEPS + 1):
        loss = math.nan if step == nan_step else _loss(step)
        time += 0.05
        yield StepCompleted(
            time, epoch, step, 1, loss, loss, loss, 0.1, 0.9, 5000 + 100 * math.sin(step)
        )


def _epoch(epoch: int, time: float) -> EpochCompleted:
    val = _val_accuracy(epoch)
    return EpochCompleted(
        time=time,
        epoch=epoch,
        step=epoch * STEPS,
        train_loss=_loss(epoch * STEPS - 10),
        train_accuracy=0.995 - 0.6 * math.exp(-epoch / 1.8),
        val_loss=_loss(epoch * STEPS) + 0.05,
        val_accuracy=val,
        lr=0.1,
        is_best=val == max(_val_accuracy(earlier) for earlier in range(1, epoch + 1)),
        counts=_counts(val),
        seconds=1.0,
        val_seconds=0.2,
        data_seconds=0.1,
        images_per_second=5120.0,
    )


def _finish() -> Iterator[Event]:
    counts = ClassCounts((36,) * 10, (36,) * 10, (36, 35, 36, 34, 36, 35, 36, 36, 33, 35))
    test = TestResult(0.09, 352 / 360, 352, 360, counts)
    best = max(range(1, EPOCHS + 1), key=_val_accuracy)
    yield PhaseChanged(START + 21, "testing", 0, 360)
    yield RunFinished(
        START + 22, "completed", "", EPOCHS, EPOCHS * STEPS, best, _val_accuracy(best), test
    )


def _events(
    run: str = "20260101-120000-digits-cnn",
    config: RunConfig | None = None,
    epochs: int = EPOCHS,
    nan_step: int | None = None,
    digest: str = "abc",
) -> Generator[Event, None, None]:
    yield RunStarted(START, run, config or RunConfig())
    yield PhaseChanged(START, "loading data", what="digits")
    yield PhaseChanged(START + 0.5, "loading data", 900, 1797, "preparing digits")
    yield PhaseChanged(START + 1, "building", what="cnn")
    yield RunPrepared(
        START + 2, CLASSES, (1, 28, 28), 1293, 144, 360, 93_322, STEPS, digest, "cpu", "fp32", 2
    )
    for epoch in range(1, epochs + 1):
        time = START + 2 + 1.2 * (epoch - 1)
        yield PhaseChanged(time, "training")
        yield from _steps(epoch, time, nan_step)
        yield PhaseChanged(time + 1, "validating", 0, 144)
        yield _epoch(epoch, time + 1.2)
        yield CheckpointSaved(time + 1.2, epoch * STEPS, epoch, "last")
    if epochs == EPOCHS:
        yield from _finish()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    terminal = Terminal(monkeypatch)
    yield terminal
    terminal.text()
    os.close(terminal.master)


@pytest.fixture
def make_events() -> MakeEvents:
    """Return a function that yields the events of a made-up run; fewer `epochs` do not end it."""
    return _events


@pytest.fixture
def record_run(tmp_path: Path) -> RecordRun:
    """Return a function that records a made-up run, with the predictions of a finished one."""

    def record(config: RunConfig | None = None, **options: object) -> RunFolder:
        config = config or RunConfig()
        folder = create_run(tmp_path / "runs", config)
        for _ in recorded(_events(folder.id, config, **options), folder):  # type: ignore[arg-type]
            pass
        _write_predictions(folder)
        return folder

    return record


def _write_predictions(folder: RunFolder) -> None:
    """Write 352 of 360 right: eights taken for threes, and others."""
    labels = np.repeat(np.arange(10), 36)
    predicted, confidence = labels.copy(), np.full(360, 0.95)
    wrong = {36: 7, 108: 5, 109: 9, 180: 3, 288: 3, 289: 3, 290: 1, 324: 4}
    for place, number in wrong.items():
        predicted[place], confidence[place] = number, 0.5 + place / 1000
    write_test(folder, pack(predicted, confidence))
    rows = np.arange(360)
    write_split(folder, val_index=rows, val_labels=labels, test_index=rows, test_labels=labels)
