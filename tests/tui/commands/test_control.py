"""`dli control` on a trainer that is alive in this process, and on those that are not."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.config import parse
from engine.control import Control, Stop
from engine.events import RunFinished, RunStarted
from engine.record import Events, recorded
from engine.runs import RunFolder, create_run, runs_dir
from engine.steering import Steering

Dli = Callable[..., Any]


def _stands_at_step_312(folder: RunFolder) -> Events:
    """Do nothing but take commands, as a trainer does between two steps."""
    steering = Steering(Control(folder))
    steering.step = 312
    yield RunStarted(time.time(), folder.id, folder.config())
    try:
        while True:
            yield from steering.check()
            time.sleep(0.005)
    except Stop as stop:
        yield RunFinished(time.time(), "stopped", stop.reason, epoch=0, step=312)


@pytest.fixture
def live() -> Iterator[RunFolder]:
    folder = create_run(runs_dir(), parse({}))

    def train() -> None:
        with folder.lock():
            for _ in recorded(_stands_at_step_312(folder), folder):
                pass

    thread = threading.Thread(target=train)
    thread.start()
    while not folder["state.json"].exists():
        time.sleep(0.001)
    yield folder
    with folder["control.jsonl"].open("a") as commands:
        commands.write('{"id": "end", "verb": "stop"}\n')
    thread.join(5)
    assert not thread.is_alive()


def test_each_command_is_told_with_the_step_where_it_took_effect(dli: Dli, live: RunFolder) -> None:
    told = [
        dli("control", "last", "set", "optimizer.lr=0.005").out,
        dli("control", live.id[:15], "pause").out,
        dli("control", live.id, "continue").out,
        dli("control", str(live.path), "pause_after_epoch").out,
        dli("control", "last", "stop").out,
    ]

    assert told == [
        f"{live.id} has optimizer.lr = 0.005 after step 312.\n",
        f"{live.id} paused after step 312.\n",
        f"{live.id} goes on after step 312.\n",
        f"{live.id} will pause at the end of its epoch; heard after step 312.\n",
        f"{live.id} stops, with a checkpoint, after step 312.\n",
    ]


def test_a_run_can_be_pruned_by_hand(dli: Dli, live: RunFolder) -> None:
    told = dli("control", "last", "prune").out

    assert told == f"{live.id} ends as pruned after step 312.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("puase",), "unknown command 'puase'. Did you mean 'pause'?"),
        (("set", "epochs=3"), "'epochs' cannot change while a run trains; only optimizer.lr can"),
        (("set", "optimizer.lr=-1"), "optimizer.lr cannot be -1"),
        (("set", "optimizer.lr=fast"), "optimizer.lr cannot be 'fast'"),
        (("set",), "'set' needs a setting"),
        (("pause", "optimizer.lr=1"), "no other command takes one"),
    ],
)
def test_a_command_that_makes_no_sense_is_not_sent(
    dli: Dli, live: RunFolder, words: tuple[str, ...], sentence: str
) -> None:
    shown = dli("control", "last", *words)

    assert shown.code == 2
    assert sentence in shown.err
    assert not live["control.jsonl"].exists()


def test_a_trainer_that_is_busy_is_not_claimed_to_have_obeyed(
    dli: Dli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.commands.control._PATIENCE", 0.1)
    folder = create_run(runs_dir(), parse({}))
    with folder.lock():
        shown = dli("control", "last", "pause")

    assert shown.code == 0
    assert "has not taken it up yet" in shown.out
    assert '"verb": "pause"' in folder["control.jsonl"].read_text()


def test_a_run_that_nobody_trains_cannot_be_steered(dli: Dli) -> None:
    folder = create_run(runs_dir(), parse({}))

    shown = dli("control", "last", "pause")

    assert shown.code == 5
    assert f"run '{folder.id}' is not being trained" in shown.err
