"""Runs without val pictures: all of train is trained on, and the last weights count."""

import math
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.checkpoint import load_checkpoint, load_weights
from engine.config import RunConfig, parse, problems
from engine.control import Stop
from engine.data.load import load
from engine.errors import ConfigError, DivergedError, RunError
from engine.events import (
    CheckpointSaved,
    ClassCounts,
    EpochCompleted,
    Event,
    PhaseChanged,
    RunFinished,
    RunPrepared,
    StepCompleted,
)
from engine.fork import fork_run
from engine.history import History
from engine.pace import measure
from engine.predictions import read_predictions, read_split, read_test_predictions
from engine.record import replay
from engine.runs import create_run
from engine.session import run
from engine.train import train
from engine.work import finish

_NONE = ClassCounts((0,) * 10, (0,) * 10, (0,) * 10)


def values(**changes: Any) -> dict[str, Any]:
    base = {
        "model": {"name": "mlp", "hidden": [16]},
        "data": {"subset": 200, "val_size": 0},
        "epochs": 2,
        "batch_size": 50,
        "threads": 1,
    }
    return base | changes


def tiny(**changes: Any) -> RunConfig:
    return parse(values(**changes))


def of_type(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_all_of_train_is_trained_on_and_no_epoch_is_judged() -> None:
    events = list(train(tiny()))
    (prepared,) = of_type(events, RunPrepared)
    assert (prepared.num_train, prepared.num_val, prepared.steps_per_epoch) == (200, 0, 4)
    epochs = of_type(events, EpochCompleted)
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    for epoch in epochs:
        assert math.isnan(epoch.val_loss)
        assert math.isnan(epoch.val_accuracy)
        assert epoch.val_seconds == 0
        assert epoch.counts == _NONE
        assert epoch.is_best
    assert "validating" not in {event.phase for event in of_type(events, PhaseChanged)}


def test_the_last_weights_are_kept_and_tested_once(tmp_path: Path) -> None:
    config = tiny()
    folder = create_run(tmp_path, config)
    finished = list(run(folder))[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.best_epoch, finished.best_value) == (2, None)
    assert finished.test is not None
    predicted, _ = read_test_predictions(folder)
    assert (predicted == read_split(folder)["test_labels"]).mean() == finished.test.accuracy
    kept, about = load_weights(folder["best.safetensors"])
    last = load_checkpoint(folder["checkpoint.pt"], config.digest()).model
    assert about["epoch"] == 2
    assert all(torch.equal(kept[name], last[name]) for name in last)
    in_memory = list(train(config))[-1]
    assert isinstance(in_memory, RunFinished)
    assert in_memory.test == finished.test


def test_the_folder_tells_of_no_val(tmp_path: Path) -> None:
    folder = create_run(tmp_path, tiny())
    list(run(folder))
    state = folder.state()
    assert state is not None
    assert (state.best_epoch, state.best_value, state.sparkline) == (2, None, ())
    assert b"NaN" not in folder["state.json"].read_bytes()
    assert len(read_split(folder)["val_labels"]) == 0
    assert not folder["predictions.bin"].exists()
    with pytest.raises(RunError, match=r"has no val pictures, and so no predictions of them\.$"):
        read_predictions(folder, 1)


@pytest.mark.parametrize("where", [RunPrepared, StepCompleted, EpochCompleted, CheckpointSaved])
def test_a_stream_closed_anywhere_resumes_to_the_same_run(tmp_path: Path, where: type) -> None:
    folder = create_run(tmp_path, tiny())
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, where):
                break
    list(run(folder))
    history = History.of(replay(folder))
    assert history.same_course(History.of(train(tiny())))
    assert np.isnan(history.epochs["val_loss"]).all()
    assert history.best_epoch == 2


def test_a_stopped_run_names_the_last_epoch_and_is_forked_from_it(tmp_path: Path) -> None:
    folder = create_run(tmp_path, tiny())
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, StepCompleted) and event.step == 6:
                events.throw(Stop("enough"))
                break
    state = folder.state()
    assert state is not None
    assert (state.step, state.best_epoch, state.best_value) == (6, 1, None)
    fork = fork_run(tmp_path, tiny(), folder, which="best")
    finished = list(run(fork))[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.best_epoch) == ("completed", 2)


def test_a_training_loss_that_diverges_still_ends_the_run(tmp_path: Path) -> None:
    config = tiny(
        model={"name": "cnn", "filters": [4, 4]},
        optimizer={"name": "sgd", "lr": 1e9},
        schedule={"name": "constant"},
    )
    folder = create_run(tmp_path, config)
    with pytest.raises(DivergedError, match=r"^the loss became .* training diverged"):
        list(run(folder))


def test_the_mean_of_the_weights_is_what_is_kept(tmp_path: Path) -> None:
    folder = create_run(tmp_path, tiny(ema=0.9))
    list(run(folder))
    kept, _ = load_weights(folder["best.safetensors"])
    state = load_checkpoint(folder["checkpoint.pt"], folder.config().digest())
    assert state.ema is not None
    assert all(torch.equal(kept[name], state.ema[f"module.{name}"]) for name in kept)
    assert not all(torch.equal(kept[name], state.model[name]) for name in kept)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"schedule": {"name": "plateau"}}, "schedule.name 'plateau' watches val, and"),
        ({"stop": {"patience": 5}}, "stop.patience 5 watches val, and data.val_size 0 leaves none"),
        ({"best_metric": "val_loss"}, "best_metric has no effect with data.val_size 0;"),
        (
            {"data": {"val_size": 0, "val_fraction": 0.2}},
            "data.val_fraction has no effect with data.val_size set;",
        ),
    ],
)
def test_what_decides_by_val_is_refused(changes: dict[str, Any], sentence: str) -> None:
    path = sentence.split(maxsplit=1)[0]
    (problem,) = problems(values(**changes)).items()
    assert problem[0] == path
    assert problem[1].startswith(sentence)
    with pytest.raises(ConfigError) as refused:
        tiny(**changes)
    assert str(refused.value) == problem[1]


def test_a_negative_number_of_val_pictures_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"data\.val_size"):
        tiny(data={"val_size": -1})


def test_the_pace_of_a_config_has_no_time_for_val() -> None:
    pace = finish(measure(tiny(), finish(load("digits", tiny().data))))
    assert pace.val_seconds == 0
    assert pace.epoch_seconds == pytest.approx(4 * pace.step_seconds)
