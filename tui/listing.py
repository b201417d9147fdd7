"""What `dli runs` knows of each run; reads no logs, and survives any folder."""

import time
from dataclasses import asdict, dataclass
from functools import cache
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from engine.errors import DliError
from engine.runs import RunFolder, RunState

RowState = Literal[
    "starting", "running", "paused", "completed", "stopped", "pruned", "failed", "interrupted",
    "unreadable",
]  # fmt: skip
LIVE = ("starting", "running", "paused")
_START_PATIENCE = 30.0  # importing torch on a busy machine, before the lock is taken


@dataclass(frozen=True)
class RunRow:
    """A run in a listing; `state` also tells what a run that died cannot say of itself."""

    run: str
    path: str
    state: RowState
    can_resume: bool
    facts: RunState | None


def row(folder: RunFolder) -> RunRow:
    """Return what a listing shows of a run; a folder that cannot be read is `unreadable`."""
    facts = _facts(folder)
    state = _state(folder, facts) if facts else "unreadable"
    has_checkpoint = folder["checkpoint.pt"].is_file()
    return RunRow(
        run=folder.id,
        path=str(folder.path),
        state=state,
        can_resume=has_checkpoint and state in ("stopped", "failed", "interrupted"),
        facts=facts,
    )


def as_json(shown: RunRow) -> dict[str, object]:
    """Return the row as one flat object."""
    facts = asdict(shown.facts) if shown.facts else {}
    own = {key: getattr(shown, key) for key in ("run", "path", "state", "can_resume")}
    return own | {key: value for key, value in facts.items() if key not in own}


def _facts(folder: RunFolder) -> RunState | None:
    if not folder["state.json"].exists():
        return _first_facts(folder)
    try:
        return _adapter().validate_json(folder["state.json"].read_bytes())
    except (OSError, ValidationError):
        return None


@cache
def _adapter() -> TypeAdapter[RunState]:
    return TypeAdapter(RunState)


def _first_facts(folder: RunFolder) -> RunState | None:
    """Return what the config tells of a run that has not said anything yet."""
    try:
        config = folder.config()
        started = folder["config.json"].stat().st_mtime
    except (DliError, OSError):
        return None
    return RunState(
        run=folder.id,
        dataset=config.dataset,
        model=config.model.name,
        seed=config.seed,
        epochs=config.epochs,
        best_metric=config.best_metric,
        started=started,
    )


def _state(folder: RunFolder, facts: RunState) -> RowState:
    if folder.is_alive():
        return "paused" if facts.phase == "paused" else "running"
    if facts.status:
        return facts.status  # type: ignore[return-value]
    if not facts.updated and time.time() < facts.started + _START_PATIENCE:
        return "starting"
    return "interrupted"
