"""A made-up search, event by event, that looks like a real one; no storage, no torch."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.records import ConfirmRecord, TrialRecord
from bench.resolve import resolve
from bench.spec import read
from bench.study import Study
from bench.tuning_events import (
    Believed,
    StageBegan,
    StudyEnded,
    StudyOpened,
    Ticked,
    TrialBegan,
    TrialEnded,
    TrialPutBack,
    TuningEvent,
    WorkerEnded,
)
from engine.runs import RunState

START = 1_700_000_000.0
_STUDY = """
name = "made_up"
about = "Twelve trials of a network that never was"
[base]
dataset = "digits"
epochs = 8
model = { name = "cnn", filters = [16, 32], batch_norm = false }
optimizer = { name = "sgd", lr = 0.05, momentum = 0.9 }
[space]
"optimizer.lr" = { float = [1e-3, 1.0], log = true }
"model.batch_norm" = { choice = [true, false] }
[[baseline]]
name = "as published"
set = { "optimizer.lr" = 0.05, "model.batch_norm" = false }
[confirm]
top = 2
seeds = 2
"""
_ODD = {5: "pruned", 6: "infeasible", 9: "failed"}  # numbers that do not end complete


def make_study() -> Study:
    """Return a study of two settings with one baseline."""
    return resolve(read(_STUDY, "made_up.toml"))


def opened(target: int = 12, workers: int = 2, finished: int = 0) -> StudyOpened:
    return StudyOpened(
        START, "made_up@0123abcd", "sqlite:///x.sqlite3", target, finished, workers, 1
    )


def params(number: int) -> dict[str, Any]:
    if number == 0:
        return {"optimizer.lr": 0.05, "model.batch_norm": False}
    lr = 10 ** (-2.5 + 2 * math.sin(number))
    return {"optimizer.lr": lr, "model.batch_norm": number % 2 == 1}


def record(number: int, started: float = START, **changes: Any) -> TrialRecord:
    """Return trial `number`, complete after 8 epochs in 12 seconds."""
    value = 0.85 + 0.08 * math.sin(number * 1.3)
    values = {
        "number": number,
        "state": "complete",
        "params": params(number),
        "value": value,
        "curve": tuple(value - 0.3 * math.exp(-epoch / 2) for epoch in range(1, 9)),
        "baseline": "as published" if number == 0 else "",
        "run": f"run-{number}",
        "seconds": 11.5,
        "worker": f"machine-a:{4711 + number % 2}",
        "started": started,
        "finished": started + 12,
    }
    return TrialRecord(**values | changes)


def odd(number: int, started: float = START) -> TrialRecord:
    """Return a trial that did not end as planned."""
    match _ODD[number % 12]:
        case "pruned":
            curve = record(number).curve[:3]
            return record(number, started, state="pruned", curve=curve, value=curve[-1])
        case "infeasible":
            return record(number, started, state="pruned", value=None, curve=(math.nan,),
                          feasible=False, cause="non-finite loss",
                          message="the loss was nan at step 14.")  # fmt: skip
    return record(number, started, state="failed", value=None, curve=(), cause="DataError",
                  message="cannot read picture 31\nof 360.")  # fmt: skip


def searched(total: int = 12, workers: int = 2) -> Iterator[TuningEvent]:
    """Yield a search to its end, `workers` trials at a time."""
    yield opened(total, workers)
    yield StageBegan(START, "search", total, 0)
    now, ended, best = START + 2, 0, -1.0
    for first in range(0, total, workers):
        numbers = range(first, min(first + workers, total))
        for number in numbers:
            yield began(number, now)
        left = total - numbers[-1] - 1
        yield Ticked(now + 6, "search", {number: f"run-{number}" for number in numbers}, left)
        for number in numbers:
            ended += 1
            done = odd(number, now) if number % 12 in _ODD else record(number, now)
            value = done.value or -1.0
            is_best = done.state == "complete" and value > best
            best = value if is_best else best
            yield TrialEnded(now + 12, "search", number, done, is_best, ended, total)
        now += 12.5
    yield Believed(now, {"optimizer.lr": 0.71, "model.batch_norm": 0.29})


def began(number: int, now: float, again: bool = False) -> TrialBegan:
    worker = f"machine-a:{4711 + number % 2}"
    return TrialBegan(now, "search", number, params(number), f"run-{number}", worker, again)


def confirmed() -> Iterator[TuningEvent]:
    """Yield a confirm stage of three trainings, the last of which fails."""
    now = START + 100
    yield StageBegan(now, "confirm", 4, 0)
    pairs = [(1, 1), (0, 1), (1, 2), (0, 2)]
    for number, (candidate, seed) in enumerate(pairs[:2]):
        yield confirm_began(number, candidate, seed, now)
    for number, (candidate, seed) in enumerate(pairs[:3]):
        state = "complete" if number < 2 else "failed"
        done = ConfirmRecord(
            candidate, seed, state, 0.92 - candidate / 100 if number < 2 else None, 8, 12.0,
            cause="" if number < 2 else "DataError",
            message="" if number < 2 else "cannot read picture 31.",
        )  # fmt: skip
        yield TrialEnded(now + 12 * (number + 1), "confirm", number, done, False, number + 1, 4)
    yield confirm_began(3, 0, 2, now + 36)
    yield Ticked(now + 40, "confirm", {3: "run-confirm-3"}, 0)


def confirm_began(number: int, candidate: int, seed: int, now: float) -> TrialBegan:
    params = {"candidate": candidate, "seed": seed}
    return TrialBegan(
        now, "confirm", number, params, f"run-confirm-{number}", "machine-a:4711", False
    )


def incidents() -> Iterator[TuningEvent]:
    """Yield a killed worker whose trial goes on, and a trial that is put back."""
    yield began(12, START + 90)
    yield WorkerEnded(START + 91, 2, -9, "runs/.tune/worker-2.log")
    yield TrialPutBack(START + 91, "search", 12, "its worker was killed")
    yield began(13, START + 92, again=True)


def ended(**changes: Any) -> StudyEnded:
    values: dict[str, Any] = {
        "time": START + 150,
        "status": "complete",
        "reason": "",
        "finished": 12,
        "target": 12,
        "to_confirm": 0,
        "causes": {"non-finite loss": 1, "DataError": 1},
    }
    return StudyEnded(**values | changes)


def write_state(root: Path, run: str, epochs: int = 3, **changes: Any) -> None:
    """Write a run folder's state after so many of 8 epochs."""
    curve = tuple(0.9 - 0.5 * math.exp(-epoch / 2) for epoch in range(1, epochs + 1))
    state = RunState(run, "digits", "cnn", 0, 8, "training", epoch=epochs, sparkline=curve)
    (root / run).mkdir(parents=True, exist_ok=True)
    (root / run / "state.json").write_text(json.dumps(asdict(state) | changes))
