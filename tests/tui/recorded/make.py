"""Records the runs that the UI's tests draw: python tests/tui/recorded/make.py

Real trainings on digits. Run again, it replaces them, and the goldens have to be looked at again.
"""

import shutil
import sys
import time
from contextlib import closing
from pathlib import Path

from engine.config import RunConfig
from engine.control import Stop, make_command, send
from engine.errors import DivergedError
from engine.events import EpochCompleted
from engine.overrides import configure
from engine.runs import RunFolder
from engine.session import run

HERE = Path(__file__).parent
KEPT = (
    "config.json", "events.jsonl", "state.json", "predictions.bin", "test_predictions.bin",
    "split.npz", "environment.json", "control.jsonl",
)  # fmt: skip
SMALL = {"batch_size": 128, "threads": 1, "precision": "fp32"}


def _config(**settings: object) -> RunConfig:
    return configure({}, [*SMALL.items(), *settings.items()])[1]


def _folder(name: str, config: RunConfig) -> RunFolder:
    path = HERE / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    (path / "config.json").write_text(config.model_dump_json(indent=1))
    return RunFolder(path)


def _tidy(folder: RunFolder) -> None:
    for file in folder.path.iterdir():
        if file.name not in KEPT:
            file.unlink()


def _train(name: str, config: RunConfig, stop_after: int | None = None) -> None:
    folder = _folder(name, config)
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, EpochCompleted) and event.epoch == stop_after:
                events.throw(Stop("stopped by hand"))
                for _ in events:
                    pass
                break
    _tidy(folder)


def _steered() -> None:
    """Record a run whose learning rate is changed after epoch 4, paused, and killed in epoch 9."""
    folder = _folder("20260102-090000-digits-cnn", _config(epochs=12))
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, EpochCompleted) and event.epoch == 4:
                send(folder, make_command("set", ("optimizer.lr", 0.01)))
                send(folder, make_command("pause"))
                send(folder, make_command("continue"))
                time.sleep(0.1)
            if isinstance(event, EpochCompleted) and event.epoch == 8:
                break
    log = folder["events.jsonl"]
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line for line in lines if "RunFinished" not in line))
    state = folder.state()
    assert state is not None
    text = state.to_json().replace(b'"stopped"', b'""')
    folder["state.json"].write_bytes(text.replace(b"its reader went away", b""))
    _tidy(folder)


def main() -> None:
    """Record them all."""
    _train("20260101-120000-digits-cnn", _config(epochs=10))
    _train("20260101-130000-digits-cnn", _config(epochs=10, seed=1, **{"model.width": 12}))
    _train("20260101-140000-digits-mlp", _config(epochs=20, model="mlp"), stop_after=9)
    try:
        _train("20260101-150000-digits-cnn", _config(epochs=5, **{"optimizer.lr": 1e9}))
    except DivergedError:
        _tidy(RunFolder(HERE / "20260101-150000-digits-cnn"))
    _steered()


if __name__ == "__main__":
    sys.exit(main())
