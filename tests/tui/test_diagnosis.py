"""What is found wrong with a run, and that nothing is found with a good one."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from engine.config import RunConfig
from engine.events import (
    ClassCounts,
    EpochCompleted,
    RunFinished,
    RunStarted,
    StepCompleted,
)
from engine.history import History
from engine.overrides import configure
from engine.record import replay
from engine.runs import RunFolder
from tui.diagnosis import findings, remedied

RECORDED = Path(__file__).parent / "recorded"
COUNTS = ClassCounts((1,), (1,), (1,))


def _epoch(
    number: int, train: float, val: float, accuracy: float, data: float = 0.1
) -> EpochCompleted:
    return EpochCompleted(
        time=float(number), epoch=number, step=10 * number, train_loss=train, train_accuracy=0.9,
        val_loss=val, val_accuracy=accuracy, lr=0.1, is_best=number == 1, counts=COUNTS,
        seconds=1.0, val_seconds=0.1, data_seconds=data, images_per_second=100.0,
    )  # fmt: skip


def _history(epochs: list[EpochCompleted], **settings: object) -> History:
    config = configure({}, settings.items())[1]
    return History.of([RunStarted(0.0, "x", config), *epochs])


def test_a_good_run_has_no_findings() -> None:
    for name in ("20260101-120000-digits-cnn", "20260101-140000-digits-mlp"):
        assert findings(History.of(replay(RunFolder(RECORDED / name)))) == []


def test_a_recorded_run_that_diverged_is_found_and_its_remedy_is_a_valid_config() -> None:
    history = History.of(replay(RunFolder(RECORDED / "20260101-150000-digits-cnn")))

    found = findings(history)[0]

    assert found.kind == "non-finite loss"
    assert "step 10" in found.evidence
    assert history.config is not None
    changed = remedied(history.config, found)
    assert changed.optimizer.lr == pytest.approx(0.3 * history.config.optimizer.lr)
    assert changed.clip.norm == 1.0


def test_a_loss_that_is_not_a_number_is_found_while_the_run_goes_on() -> None:
    history = _history([])
    history.fold(StepCompleted(1.0, 1, 7, 1, math.nan, math.nan, math.nan, 0.1, 0.9, 1.0))

    assert findings(history)[0].evidence.endswith("since step 7")


def _over_fitting() -> list[EpochCompleted]:
    losses = [0.5, 0.4, 0.3, 0.32, 0.36, 0.4, 0.45]
    return [_epoch(n, 1 / n, loss, 0.8 + n / 100) for n, loss in enumerate(losses, start=1)]


def test_over_fitting_is_found_and_regularisation_offered() -> None:
    history = _history(_over_fitting(), model="mlp")

    found = findings(history)[0]

    assert found.kind == "over-fitting"
    assert "0.3000 at epoch 3" in found.evidence
    assert history.config is not None
    remedied(history.config, found)


def test_a_rise_of_the_val_loss_beside_a_rising_train_loss_is_no_over_fitting() -> None:
    epochs = [replace(epoch, train_loss=1.0 + epoch.epoch) for epoch in _over_fitting()]

    assert "over-fitting" not in [found.kind for found in findings(_history(epochs))]


def test_a_plateau_is_found_while_it_trains_but_not_after() -> None:
    epochs = [_epoch(n, 0.5, 0.5, 0.9) for n in range(1, 10)]
    history = _history(epochs)

    found = findings(history)[0]

    assert found.kind == "plateau"
    assert found.at_once
    assert found.settings[0][0] == "optimizer.lr"
    history.fold(RunFinished(99.0, "completed", "", 9, 90))
    assert findings(history) == []


def test_one_epoch_that_waited_for_its_batches_among_others_is_no_finding() -> None:
    told = enumerate([0.1, 0.1, 0.1, 0.6], 1)
    history = _history([_epoch(n, 1.0 / n, 1.0 / n, n / 10, data=data) for n, data in told])

    assert findings(history) == []


@pytest.mark.parametrize(
    ("settings", "path"), [({"augment.rotate": 10}, "augment.rotate"), ({}, "batch_size")]
)
def test_a_run_that_waits_for_its_batches_is_found(settings: dict[str, object], path: str) -> None:
    history = _history([_epoch(1, 1.0, 1.0, 0.5, data=0.6)], **settings)

    found = findings(history)[0]

    assert found.kind == "data-bound"
    assert "60 %" in found.evidence
    assert found.settings[0][0] == path
    assert isinstance(history.config, RunConfig)
    remedied(history.config, found)
