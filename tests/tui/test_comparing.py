"""Runs side by side: figures, differing settings, and the paired test on the same pictures."""

from pathlib import Path

import pytest

from engine.config import RunConfig
from engine.history import History
from engine.overrides import configure
from engine.record import replay
from engine.runs import RunFolder
from tui import comparing

RECORDED = Path(__file__).parent / "recorded"
FIRST, SECOND, MLP = (
    RunFolder(RECORDED / name)
    for name in (
        "20260101-120000-digits-cnn",
        "20260101-130000-digits-cnn",
        "20260101-140000-digits-mlp",
    )
)


def _config(**settings: object) -> RunConfig:
    return configure({}, settings.items())[1]


def test_settings_that_differ_are_named_with_each_value() -> None:
    sgd = _config(**{"model.width": 12, "seed": 1})
    adam = _config(**{"optimizer.name": "adam"})

    found = dict(comparing.differing([sgd, adam]))

    assert found["seed"] == [1, 0]
    assert found["model.width"] == [12, None]
    assert found["optimizer.name"] == ["sgd", "adam"]
    assert found["optimizer.momentum"] == [0.9, None]
    assert "epochs" not in found


def test_figures_are_counted_pictures_with_wilsons_interval() -> None:
    history = History.of(replay(FIRST))

    best, test = comparing.best_val(history), comparing.test_figure(history)

    assert best is not None
    assert test is not None
    assert best.value == pytest.approx(history.epochs["val_accuracy"].max())
    assert best.pictures == 144
    assert best.low < best.value < best.high
    assert test.pictures == 360


def test_a_run_that_has_no_epoch_yet_has_no_figures() -> None:
    assert comparing.best_val(History()) is None
    assert comparing.test_figure(History()) is None
    assert comparing.judged(FIRST, History()) is None


def test_two_runs_on_the_same_split_are_compared_picture_by_picture() -> None:
    histories = [History.of(replay(folder)) for folder in (FIRST, SECOND)]
    sides = [comparing.judged(f, h) for f, h in zip((FIRST, SECOND), histories, strict=True)]

    found = comparing.against(*sides)

    assert found is not None
    accuracies = [comparing.best_val(history) for history in histories]
    assert found.difference == pytest.approx(accuracies[0].value - accuracies[1].value)  # type: ignore[union-attr]


def test_runs_on_other_pictures_are_not_compared() -> None:
    first = comparing.judged(FIRST, History.of(replay(FIRST)))
    assert first is not None
    other = comparing.Judged(first.digest, first.rows + 1, first.right)

    assert comparing.against(first, other) is None
    assert comparing.against(first, comparing.Judged("x", first.rows, first.right)) is None
    assert comparing.against(first, None) is None


def test_epochs_lie_on_the_axis_that_is_asked_for() -> None:
    history = History.of(replay(MLP))

    assert comparing.x_of_epochs(history, "epoch").tolist() == list(range(1, 10))
    assert comparing.x_of_epochs(history, "step")[-1] == history.epochs["step"][-1]
    assert comparing.x_of_epochs(history, "time")[-1] == pytest.approx(
        comparing.seconds_trained(history)
    )
