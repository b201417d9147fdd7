"""Trains one small run in children that die by SIGKILL, resumes each, and tells what came of it.

A program of its own, since it forks: torch is imported once, and each child begins from there
with its own threads. Prints one JSON object: scenario → null, or what differs from the run that
nobody disturbed.

    python kill_driver.py ROOT SEED RANDOM_KILLS
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import torch

import engine.files
import engine.record
import engine.trainer
from engine.checkpoint import load_checkpoint, load_weights
from engine.config import parse
from engine.events import RunFinished
from engine.fork import fork_run
from engine.history import History
from engine.predictions import read_predictions, read_test_predictions
from engine.record import replay
from engine.runs import RunFolder, create_run
from engine.session import run

CONFIG = parse(
    {
        "model": {"name": "cnn", "filters": [4, 6], "convs_per_block": 1, "conv_dropout": 0.1},
        "data": {"subset": 160},
        "epochs": 4,
        "batch_size": 24,
        "optimizer": {"name": "adam", "lr": 0.01},
        "schedule": {"name": "plateau", "patience": 0, "factor": 0.5},
        "augment": {"crop_padding": 2, "flip": "alternating", "mixup": 0.2},
        "ema": 0.9,
        "threads": 1,
    }
)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def half_a_log_line(number: int) -> None:
    """Die in the middle of writing line `number` of the log."""
    original, count = engine.record.to_json, 0

    def cut(event: object) -> str:
        nonlocal count
        count += 1
        line = original(event)
        if count == number:
            with Path(os.environ["KILL_RUN"], "events.jsonl").open("ab") as log:
                log.write(line[: len(line) // 2].encode())
            die()
        return line

    engine.record.to_json = cut


def half_a_temporary_file(number: int) -> None:
    """Die when half of durable file `number` is written, before it is renamed."""
    original, count = os.fsync, 0

    def cut(handle: int) -> None:
        nonlocal count
        leftovers = Path(os.environ["KILL_RUN"]).glob(".*.tmp")
        mine = os.fstat(handle)
        temporary = any(os.path.samestat(mine, path.stat()) for path in leftovers)
        count += temporary
        if count == number and temporary:
            os.ftruncate(handle, os.fstat(handle).st_size // 2)
            die()
        original(handle)

    engine.files.os.fsync = cut  # type: ignore[assignment]


def around_rename(number: int, after: bool) -> None:
    """Die just before, or just after, rename `number`."""
    original, count = Path.replace, 0

    def cut(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == number and not after:
            die()
        result = original(self, target)
        if count == number:
            die()
        return result

    Path.replace = cut  # type: ignore[method-assign,assignment]


def in_child(folder: RunFolder, prepare: Callable[[], None], kill_after: float | None) -> None:
    """Train the run in a forked child until it ends, dies, or is killed."""
    pid = os.fork()
    if pid == 0:
        os.environ["KILL_RUN"] = str(folder.path)
        engine.trainer.CHECKPOINT_SECONDS = 0.02
        prepare()
        with closing(run(folder)) as events:
            for _ in events:
                pass
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def same_weights(folder: RunFolder, whole: RunFolder) -> bool:
    """Compare last, averaged and best weights, bit for bit."""
    last = [load_checkpoint(each["checkpoint.pt"], CONFIG.digest()) for each in (folder, whole)]
    best = [load_weights(each["best.safetensors"])[0] for each in (folder, whole)]
    pairs = [(last[0].model, last[1].model), (last[0].ema, last[1].ema), tuple(best)]
    return all(torch.equal(mine[key], theirs[key]) for mine, theirs in pairs for key in theirs)


def difference(folder: RunFolder, whole: RunFolder) -> str | None:
    """Return what differs between a resumed run and the undisturbed one, or None."""
    history, expected = History.of(replay(folder)), History.of(replay(whole))
    if not isinstance(history.finished, RunFinished) or history.finished.status != "completed":
        return f"not completed: {history.finished}"
    if not history.same_course(expected):
        return "the histories differ"
    if not same_weights(folder, whole):
        return "the final or best weights differ"
    for epoch in range(1, CONFIG.epochs + 1):
        if (read_predictions(folder, epoch)[0] != read_predictions(whole, epoch)[0]).any():
            return f"the predictions of epoch {epoch} differ"
    if (read_test_predictions(folder)[0] != read_test_predictions(whole)[0]).any():
        return "the test predictions differ"
    return None if not list(folder.path.glob(".*.tmp")) else "temporary files are left"


def main(root: Path, seed: int, random_kills: int) -> dict[str, str | None]:
    whole = create_run(root, CONFIG, "whole")
    for _ in run(whole):  # here, so that the children inherit what torch imports on first use
        pass
    before = time.monotonic()
    in_child(create_run(root, CONFIG, "again"), lambda: None, None)
    duration = time.monotonic() - before
    draw = random.Random(seed)
    scenarios: dict[str, tuple[Callable[[], None], float | None]] = {
        f"random kill {n}": (lambda: None, draw.uniform(0, duration)) for n in range(random_kills)
    }
    for number in (1, 9, 33):
        scenarios[f"half of log line {number}"] = (lambda n=number: half_a_log_line(n), None)
    for number in (3, 5, 8):
        scenarios[f"half of file {number}"] = (lambda n=number: half_a_temporary_file(n), None)
        scenarios[f"before rename {number * 3}"] = (
            lambda n=number: around_rename(n * 3, False), None)  # fmt: skip
        scenarios[f"after rename {number * 3}"] = (
            lambda n=number: around_rename(n * 3, True), None)  # fmt: skip
    outcomes = {
        name: outcome(create_run(root, CONFIG, "killed"), whole, *scenario)
        for name, scenario in scenarios.items()
    }
    fork = fork_run(root, CONFIG, whole, "fork")
    for _ in run(fork):
        pass
    for name in ("half of log line 1", "half of log line 9", "half of file 3", "before rename 9",
                 "random kill 0", "random kill 1"):  # fmt: skip
        again = fork_run(root, CONFIG, whole, "killed-fork")
        outcomes[f"fork: {name}"] = outcome(again, fork, *scenarios[name])
    return outcomes


def outcome(
    folder: RunFolder, whole: RunFolder, prepare: Callable[[], None], kill_after: float | None
) -> str | None:
    """Kill the run as told, resume it, and return what differs from the undisturbed one."""
    in_child(folder, prepare, kill_after)
    last = list(replay(folder))[-1:]
    if kill_after is None and isinstance((last or [None])[0], RunFinished):
        return "the kill came too late to test anything"
    if not (last and isinstance(last[0], RunFinished)):
        in_child(folder, lambda: None, None)
    return difference(folder, whole)


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
