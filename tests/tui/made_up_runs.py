"""Run folders with a made-up state, for lists of them."""

from dataclasses import replace
from pathlib import Path

from engine.config import RunConfig
from engine.runs import RunFolder, RunState
from tui.listing import RunRow

STATE = RunState(
    run="", dataset="digits", model="cnn", seed=0, epochs=12, epoch=7, step=700, best_epoch=6,
    best_value=0.9871, started=1_795_270_000.0, updated=1_795_270_100.0, seconds=83.0,
    sparkline=(0.5, 0.9, 0.8, 0.98), status="completed",
)  # fmt: skip
CONFIG = RunConfig().model_dump_json()


def make_run(root: Path, name: str, **facts: object) -> RunFolder:
    """Make a run folder of this name."""
    folder = RunFolder(root / name)
    folder.path.mkdir(parents=True)
    folder["config.json"].write_text(CONFIG)
    write_state(folder, **facts)
    return folder


def write_state(folder: RunFolder, **facts: object) -> None:
    """Write the run's state, as its trainer would."""
    state = replace(STATE, **{"run": folder.id} | facts)  # type: ignore[arg-type]
    folder["state.json"].write_bytes(state.to_json())


def make_row(name: str, **facts: object) -> RunRow:
    """Return a row of a list, without a folder."""
    state = replace(STATE, **{"run": name} | facts)  # type: ignore[arg-type]
    return RunRow(name, f"/runs/{name}", state.status or "interrupted", False, state)  # type: ignore[arg-type]
