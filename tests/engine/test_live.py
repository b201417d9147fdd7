"""A run in another process: steered in every phase, followed, and dead when it is killed."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config import RunConfig, parse
from engine.control import make_command, send
from engine.events import Event, Intervened, RunFinished, StepCompleted
from engine.history import History
from engine.record import Tail, replay
from engine.runs import RunFolder, create_run
from engine.spawn import follow, spawn, start

PATIENCE = 30.0


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hundred PNG files in two classes, for a loading phase that lasts."""
    root = tmp_path_factory.mktemp("pictures")
    draw = np.random.default_rng(0)
    for number in range(400):
        folder = root / ("cat" if number % 2 else "dog")
        folder.mkdir(exist_ok=True)
        noise = draw.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{number}.png")
    return root


def long_run(**changes: object) -> RunConfig:
    values = {
        "model": {"name": "mlp", "hidden": [8]},
        "epochs": 100_000,
        "batch_size": 32,
        "data": {"subset": 100},
        "threads": 1,
    }
    return parse(values | changes)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[RunFolder]:
    folder = spawn(long_run(), tmp_path)
    wait_for(folder, lambda event: isinstance(event, StepCompleted))
    yield folder
    kill(folder)


def kill(folder: RunFolder) -> None:
    pid = folder["run.lock"].read_text().strip()
    if folder.is_alive():
        os.kill(int(pid), signal.SIGKILL)
    while folder.is_alive():
        time.sleep(0.01)


def wait_for(folder: RunFolder, wanted: object) -> Event:
    tail, deadline = Tail(folder), time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for event in tail.read():
            if wanted(event):  # type: ignore[operator]
                return event
        time.sleep(0.01)
    raise AssertionError(f"never came; console: {folder['console.log'].read_text()}")


def steer(folder: RunFolder, verb: str, setting: tuple[str, object] | None = None) -> Intervened:
    """Send a command and return its acknowledgement, which must come within a second."""
    command = make_command(verb, setting)
    sent = time.time()
    send(folder, command)
    seen = wait_for(folder, lambda event: getattr(event, "command_id", "") == command.id)
    assert isinstance(seen, Intervened)
    assert seen.time - sent < 1
    return seen


def test_a_live_run_is_paused_changed_continued_and_stopped_within_a_second(
    live: RunFolder,
) -> None:
    paused = steer(live, "pause")
    changed = steer(live, "set", ("optimizer.lr", 0.25))
    assert changed.step == paused.step
    assert live.state().phase == "paused"  # type: ignore[union-attr]
    steer(live, "continue")
    steer(live, "stop")
    finished = list(follow(live))[-1]
    assert isinstance(finished, RunFinished)
    assert finished.status == "stopped"
    assert finished.step > paused.step
    assert not live.is_alive()
    history = History.of(replay(live))
    assert [done.command for done in history.interventions] == ["pause", "set", "continue", "stop"]


def test_a_killed_trainer_reads_as_dead_within_two_seconds_and_follow_ends(
    live: RunFolder,
) -> None:
    os.kill(int(live["run.lock"].read_text()), signal.SIGKILL)
    before = time.monotonic()
    while live.is_alive():
        time.sleep(0.01)
    assert time.monotonic() - before < 2
    assert not isinstance(list(follow(live))[-1], RunFinished)


def test_a_terminated_trainer_leaves_a_checkpoint_and_its_reason(live: RunFolder) -> None:
    os.kill(int(live["run.lock"].read_text()), signal.SIGTERM)
    finished = list(follow(live))[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason) == ("stopped", "terminated (SIGTERM)")
    assert live["checkpoint.pt"].exists()


@pytest.mark.parametrize("phase", ["loading data", "validating", "testing"])
def test_commands_are_obeyed_in_the_other_phases_too(
    tmp_path: Path, pictures: Path, phase: str
) -> None:
    slow: dict[str, object] = {"dataset": f"folder:{pictures}", "data": {"image_size": 16}}
    if phase != "loading data":  # pictures one at a time, through a net that is slow enough
        slow = {"data": {"val_fraction": 0.9}, "model": {"name": "cnn", "filters": [96, 96]}}
    folder = create_run(tmp_path, long_run(epochs=1, eval_batch_size=1, **slow))
    trainer = start(folder)
    try:
        wait_for(folder, lambda event: getattr(event, "phase", "") == phase)
        seen = steer(folder, "pause")
        assert seen.phase == phase
        steer(folder, "continue")
        steer(folder, "stop")
    finally:
        trainer.wait(PATIENCE)
    finished = list(replay(folder))[-1]
    assert isinstance(finished, RunFinished)
    assert finished.status == "stopped"
