"""What the UI does to runs: on real folders, and once with a real training."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine import spawn
from engine.config import RunConfig, parse
from engine.errors import ConfigError, DataError, RunError, StorageError
from engine.runs import RunFolder, RunState, create_run, list_runs, runs_dir
from tui import actions
from tui.listing import row
from tui.settings import build_config

PATIENCE = 30.0
STATE = RunState(run="", dataset="digits", model="cnn", seed=0, epochs=5, updated=1.0)


def _run(root: Path, name: str, **facts: object) -> RunFolder:
    folder = create_run(root, RunConfig(), name)
    state = replace(STATE, run=folder.id, **facts)  # type: ignore[arg-type]
    folder["state.json"].write_bytes(state.to_json())
    return folder


def _wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_run_is_started_steered_killed_and_resumed_without_waiting(tmp_path: Path) -> None:
    config = parse({"epochs": 100_000, "model": {"name": "mlp"}, "data": {"subset": 100}})

    began = time.monotonic()
    folder = actions.start(config, tmp_path, "mine")
    took = time.monotonic() - began
    states = [row(folder).state]
    with pytest.raises(RunError, match="is starting, so it cannot be resumed"):
        actions.resume(folder)
    _wait(folder.is_alive)
    states.append(row(folder).state)
    actions.steer(folder, "pause")
    _wait(lambda: row(folder).state == "paused")
    pid = folder.trainer()
    with pytest.raises(RunError, match="is paused; stop it before you delete it"):
        actions.delete([folder])
    actions.kill(folder)
    _wait(lambda: not folder.is_alive())
    states.append(row(folder).state)
    _wait(lambda: not Path(f"/proc/{pid}").exists())  # no zombie is left
    actions.resume(folder)
    states.append(row(folder).state)
    with pytest.raises(RunError, match="is starting"):
        actions.delete([folder])
    child = spawn._children[folder.path.resolve()]
    child.kill()
    child.wait()

    assert took < 0.5, "it does not wait for the trainer"
    assert folder.id.endswith("mine")
    assert states == ["starting", "running", "interrupted", "starting"]
    assert row(folder).state == "interrupted", "a child that died is not waited for"


def test_a_run_without_its_pictures_is_refused_before_a_folder_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLI_DATA", str(tmp_path / "empty"))

    for dataset, kind, sentence in (
        ("cifar10", DataError, "is not in"),
        ("digit", ConfigError, "Did you mean 'digits'"),
        (f"folder:{tmp_path}/cats", DataError, "does not exist"),
    ):
        with pytest.raises(kind, match=sentence):
            actions.start(parse({"dataset": dataset}), tmp_path / "runs")

    assert list_runs(tmp_path / "runs") == []


def test_what_the_training_is_to_find_is_there_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    monkeypatch.setattr(actions, "launch", lambda run: found.extend(os.listdir(run.path)))  # noqa: PTH208

    actions.start(RunConfig(), tmp_path, prepare=lambda run: run["weights"].touch())

    assert sorted(found) == ["config.json", "weights"]


@pytest.mark.parametrize("status", ["completed", "pruned"])
def test_a_run_with_nothing_left_to_train_is_not_resumed(tmp_path: Path, status: str) -> None:
    with pytest.raises(RunError, match=f"is {status}, so it cannot be resumed"):
        actions.resume(_run(tmp_path, "over", status=status))


def test_only_a_live_trainer_of_ours_is_killed(tmp_path: Path) -> None:
    dead, foreign = _run(tmp_path, "dead"), _run(tmp_path, "foreign")
    dead["run.lock"].write_text(f"{os.getpid()}\n")

    with pytest.raises(RunError, match="not being trained"):
        actions.kill(dead)
    with foreign.lock(), pytest.raises(RunError, match="not trained by a dli process"):
        actions.kill(foreign)  # this process holds the lock, but is not dli

    with subprocess.Popen([sys.executable, "-c", "input()", "dli"], stdin=subprocess.PIPE) as other:
        with foreign.lock():
            foreign["run.lock"].write_text(f"{other.pid}\n")  # as written on another machine
            with pytest.raises(RunError, match="not trained by a dli process"):
                actions.kill(foreign)
        assert other.poll() is None
        other.kill()


def test_a_dead_run_cannot_be_steered_and_a_bad_setting_is_refused(tmp_path: Path) -> None:
    folder = _run(tmp_path, "dead")

    with pytest.raises(RunError, match="cannot be steered"):
        actions.steer(folder, "pause")
    with pytest.raises(ConfigError, match="finite number above 0"):
        actions.steer(folder, "set", ("optimizer.lr", -1.0))


def test_deleted_runs_lie_in_the_trash_and_come_back(tmp_path: Path) -> None:
    runs = [_run(tmp_path, name) for name in "abc"]

    deleted = actions.delete(runs[:2])
    left, thrown = list_runs(tmp_path), actions.trashed(tmp_path)
    back = actions.undo_delete(deleted)

    assert left == runs[2:]
    assert [run.id for run in thrown] == [run.id for run in runs[:2]]
    assert back == runs[:2]
    assert list_runs(tmp_path) == runs
    assert actions.trashed(tmp_path) == []


def test_a_name_can_be_in_the_trash_twice_but_not_come_back_over_another_run(
    tmp_path: Path,
) -> None:
    folder = _run(tmp_path, "a")
    first = actions.delete([folder])
    _run(tmp_path, "other").path.rename(folder.path)
    second = actions.delete([folder])

    assert first[0].now != second[0].now
    assert actions.undo_delete(second) == [folder]
    with pytest.raises(RunError, match="exists again"):
        actions.undo_delete(first)
    with pytest.raises(RunError, match="no longer in the trash"):
        actions.undo_delete([replace(second[0], before=tmp_path / "new")])


def test_all_runs_stay_where_one_cannot_be_deleted(tmp_path: Path) -> None:
    runs = [_run(tmp_path, name) for name in "ab"]

    with runs[1].lock(), pytest.raises(RunError, match="is running; stop it before"):
        actions.delete(runs)
    with pytest.raises(StorageError, match="the folder is gone"):
        actions.delete([runs[0], RunFolder(tmp_path / "gone")])

    assert list_runs(tmp_path) == runs


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"dataset": "mnist", "epochs": 3, "batch_size": 32, "seed": 7, "test": False,
         "data": {"subset": 500, "val_size": 50}, "threads": 2, "precision": "fp32"},
        {"model": {"name": "mlp", "hidden": [32, 16]}, "optimizer": {"name": "adamw", "lr": 1e-5}},
        {"optimizer": {"name": "sgd", "lr": 0.3, "momentum": 0.0},
         "schedule": {"name": "exponential", "gamma": 0.97}, "augment": {"rotate": 5.0}},
        {"dataset": "folder:my pictures/cats", "model": {"name": "torchvision:resnet18"},
         "clip": {"norm": 1.0}, "stop": {"patience": 3}},
    ],
)  # fmt: skip
def test_the_equivalent_command_gives_the_same_config(values: dict[str, object]) -> None:
    config = parse(values)

    words = shlex.split(actions.equivalent_command(config))

    named: dict[str, object] = {"test": False} if "--no-test" in words else {}
    options = [word for word in words[2:] if word != "--no-test"]
    settings = []
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option == "--set":
            settings.append(value)
        else:
            text = option.removeprefix("--").replace("-", "_")
            named[text] = value if text in ("dataset", "model", "precision") else float(value)
    assert words[:2] == ["dli", "train"]
    assert build_config({}, named, settings)[0] == config


def test_the_equivalent_command_names_the_folder_only_where_it_must(tmp_path: Path) -> None:
    assert actions.equivalent_command(RunConfig(), runs_dir()) == "dli train"
    assert (
        actions.equivalent_command(RunConfig(), tmp_path / "my runs", "first try")
        == f"dli train --name 'first try' --runs-dir '{tmp_path}/my runs'"
    )
