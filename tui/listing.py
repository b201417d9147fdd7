"""What `dli runs` knows of each run; reads no logs, and survives any folder."""

import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from engine.errors import DliError, RunError
from engine.runs import RunFolder, RunState
from engine.spawn import is_starting

RowState = Literal[
    "starting", "running", "paused", "completed", "stopped", "pruned", "failed", "interrupted",
    "unreadable",
]  # fmt: skip
LIVE = ("starting", "running", "paused")
ENDED = "ended"
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
    is_alive = folder.is_alive()  # before reading: what a dead one wrote last is read below
    facts = _facts(folder)
    state = _state(folder, facts, is_alive) if facts else "unreadable"
    has_checkpoint = os.path.isfile(folder["checkpoint.pt"])  # noqa: PTH113  # no error if locked
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
    try:
        state = RunState.from_json(folder["state.json"].read_bytes())
    except FileNotFoundError:
        return _first_facts(folder)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return state if _is_sound(state) else None


def _is_sound(state: RunState) -> bool:
    """Tell whether texts are texts and numbers numbers: a foreign file must not harm a listing.

    By hand, since loading pydantic for it would take longer than reading a thousand states.
    """
    texts = (state.run, state.dataset, state.model, state.phase, state.status, state.reason,
             state.best_metric)  # fmt: skip
    counts = (state.seed, state.epochs, state.epoch, state.step, state.total_steps,
              state.num_parameters)  # fmt: skip
    numbers = (state.started, state.updated, state.seconds, *state.sparkline)
    maybe = (state.best_value, state.test_accuracy, state.best_epoch, state.trial,
             state.parent_step)  # fmt: skip
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(count, int) for count in counts)
        and all(isinstance(number, int | float) for number in numbers)
        and all(number is None or isinstance(number, int | float) for number in maybe)
        and all(name is None or isinstance(name, str) for name in (state.study, state.parent))
    )


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


def _state(folder: RunFolder, facts: RunState, is_alive: bool) -> RowState:
    if is_alive:
        return "paused" if facts.phase == "paused" else "running"
    starting = is_starting(folder)
    if starting:
        return "starting"
    if facts.status:
        return facts.status  # type: ignore[return-value]
    is_new = not facts.updated and time.time() < facts.started + _START_PATIENCE
    if is_new and starting is None:
        return "starting"
    return "interrupted"


def folded(rows: Sequence[RunRow]) -> list[RunRow]:
    """Return the rows with all the runs of a study as one, where its last run stands."""
    last: dict[str, int] = {}
    for place, shown in enumerate(rows):
        if shown.facts and shown.facts.study:
            last[shown.facts.study] = place
    kept = []
    for place, shown in enumerate(rows):
        study = shown.facts.study if shown.facts else None
        if not study:
            kept.append(shown)
        elif last[study] == place:
            kept.append(_fold([r for r in rows if r.facts and r.facts.study == study], study))
    return kept


def is_study(shown: RunRow) -> bool:
    """Tell whether a row stands for all the runs of a study."""
    return shown.facts is not None and Path(shown.path).name != shown.run


def state_word(shown: RunRow) -> str:
    """Return a row's state; of a study whose runs are over that is all that they know of it."""
    is_over = is_study(shown) and shown.state not in (*LIVE, "interrupted")
    return ENDED if is_over else shown.state


def of_study(rows: Sequence[RunRow], name: str) -> list[RunRow]:
    """Return the runs of a study, by its name or its id; those of its confirm stage are among them.

    Raises:
        RunError: no run belongs to it.
    """
    found = [r for r in rows if r.facts and r.facts.study and _belongs(r.facts.study, name)]
    if not found:
        known = sorted({r.facts.study for r in rows if r.facts and r.facts.study})
        raise RunError(
            f"no run belongs to a study '{name}'. Studies here: {', '.join(known) or 'none'}."
        )
    return found


def _belongs(study: str, name: str) -> bool:
    return name in (study, study.partition("@")[0], study.partition("/")[0])


def _fold(rows: Sequence[RunRow], study: str) -> RunRow:
    facts = [shown.facts for shown in rows if shown.facts]
    values = [known.best_value for known in facts if known.best_value is not None]
    first = (*LIVE, "interrupted", "stopped")  # what tells most of a study; else it is over
    live: RowState = next((shown.state for shown in rows if shown.state in first), "completed")
    whole = replace(
        facts[-1],
        epoch=sum(known.epoch for known in facts),
        epochs=sum(known.epochs for known in facts),
        best_value=max(values, default=None),
        test_accuracy=None,
        sparkline=tuple(values),
        seconds=sum(known.seconds for known in facts),
        started=min(known.started for known in facts),
    )
    label = f"{study} ({len(rows)} run{'s' * (len(rows) != 1)})"
    return RunRow(label, str(Path(rows[-1].path).parent), live, False, whole)
