"""Runs of a tiny recipe, trained for real, in a folder of their own with a study of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.config import RunConfig
from engine.control import Stop
from engine.events import EpochCompleted
from engine.overrides import configure
from engine.runs import RunFolder, create_run
from engine.session import run

TINY = """
name = "tiny"
about = "a recipe that takes no time"
[claim]
id = "R99"
accuracy = 0.5
kind = "course"
[base]
dataset = "digits"
epochs = 3
model = { name = "mlp", hidden = [16] }
optimizer = { name = "sgd", lr = 0.1, momentum = 0.9 }
schedule = { name = "constant" }
data = { subset = 300 }
"""
BASE: dict[str, Any] = {
    "dataset": "digits",
    "epochs": 3,
    "model": {"name": "mlp", "hidden": [16]},
    "optimizer": {"name": "sgd", "lr": 0.1, "momentum": 0.9},
    "schedule": {"name": "constant"},
    "data": {"subset": 300},
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with the study `tiny`."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "tiny.toml").write_text(TINY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config_of(**changes: object) -> RunConfig:
    """Return the recipe's config with settings changed: `optimizer__lr=0.2`."""
    paths = [(path.replace("__", "."), value) for path, value in changes.items()]
    return configure(BASE, paths)[1]


@pytest.fixture
def train_run(tmp_path: Path) -> Callable[..., RunFolder]:
    """Return a function that trains a run, and stops it after an epoch where that is asked."""

    def train(label: str = "tiny", stop_after: int = 0, **changes: object) -> RunFolder:
        folder = create_run(tmp_path / "runs", config_of(threads=1, **changes), label)
        go_on(folder, stop_after)
        return folder

    return train


def go_on(folder: RunFolder, stop_after: int = 0) -> None:
    """Train a run to its end, or until an epoch is done."""
    events = run(folder)
    for event in events:
        if isinstance(event, EpochCompleted) and event.epoch == stop_after:
            events.throw(Stop("stopped by hand"))
            for _ in events:
                pass
            return


@pytest.fixture(name="go_on")
def go_on_fixture() -> Callable[..., None]:
    """Return `go_on`."""
    return go_on
