"""`dli runs` and `dli runs clean`, on folders in every state that a disk can hold."""

import io
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from engine.config import parse
from engine.runs import RunFolder, RunState, create_run, list_runs, runs_dir
from tui.actions import delete, trashed

Dli = Callable[..., Any]
STATE = RunState(
    run="?", dataset="mnist", model="resnet9", seed=0, epochs=12, epoch=7, step=700,
    best_epoch=6, best_value=0.9871, started=time.time() - 7200, updated=time.time(),
    seconds=83.0, sparkline=(0.5, 0.9, 0.8, 0.98),
)  # fmt: skip


def _run(name: str, checkpoint: bool = False, **facts: Any) -> RunFolder:
    folder = create_run(runs_dir(), parse({"dataset": "mnist", "model": {"name": "resnet9"}}), name)
    state = replace(STATE, run=folder.id, **facts)
    folder["state.json"].write_bytes(state.to_json())
    if checkpoint:
        folder["checkpoint.pt"].touch()
    return folder


@pytest.fixture
def zoo() -> Iterator[dict[str, RunFolder]]:
    """Return a run in each state, under that state's name."""
    folders = {
        "completed": _run("completed", status="completed", test_accuracy=0.9912, epoch=12),
        "stopped": _run("stopped", checkpoint=True, status="stopped"),
        "failed": _run("failed", status="failed", best_value=None),
        "interrupted": _run("interrupted", checkpoint=True, phase="training"),
        "lost": _run("lost", phase="training"),
        "paused": _run("paused", phase="paused"),
        "running": _run("running", phase="validating"),
        "unreadable": _run("unreadable"),
        "future": _run("future"),
        "starting": create_run(runs_dir(), parse({}), "starting"),
    }
    folders["unreadable"]["state.json"].write_bytes(b'{"run": "cut')
    folders["future"]["state.json"].write_text('{"schema": 9, "run": "future", "epochs": [1]}')
    with ExitStack() as locks:
        for name in ("paused", "running"):
            locks.enter_context(folders[name].lock())
        yield folders


class _Person(io.StringIO):
    """Somebody at the keyboard, who types this."""

    def isatty(self) -> bool:
        return True


def _names() -> set[str]:
    return {folder.id.split("-", 2)[2] for folder in list_runs(runs_dir())}


def test_the_listing_tells_the_state_of_every_run(dli: Dli, zoo: dict[str, RunFolder]) -> None:
    shown = dli("runs")

    states = {
        line.split()[1].split("-", 2)[2]: line.split()[0] for line in shown.out.splitlines()[1:]
    }
    expected = {name: name for name in zoo} | {"lost": "interrupted", "future": "unreadable"}
    assert shown.code == 0
    assert states == expected


def test_a_line_of_the_listing_holds_what_matters(dli: Dli) -> None:
    folder = _run("mine", status="completed", test_accuracy=0.9912, epoch=12)

    (line,) = dli("runs").out.splitlines()[1:]

    assert line.split() == [
        "completed", folder.id, "mnist", "resnet9", "98.71", "%", "99.12", "%", "12/12",
        "1", "m", "23", "s", "2", "h", "ago", "▁▇▆█",
    ]  # fmt: skip


def test_a_piped_listing_has_no_control_codes_and_no_cut_ids(dli: Dli) -> None:
    folder = _run("a-name-as-long-as-names-may-become-1234", status="failed")

    out = dli("runs").out

    assert folder.id in out
    assert "\x1b" not in out
    assert all(line == line.rstrip() for line in out.splitlines())


def test_a_narrow_terminal_gets_the_first_columns_whole(
    dli: Dli, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _run("mine", status="failed")
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    heading, line = dli("runs").out.splitlines()

    assert folder.id in line
    assert "best val" not in heading


def test_the_newest_run_is_last(dli: Dli) -> None:
    folder = _run("mine", status="completed")
    for day in ("20260102", "20251231", "20260101"):
        shutil.copytree(folder.path, runs_dir() / f"{day}-120000-mine")
    shutil.rmtree(folder.path)

    lines = dli("runs").out.splitlines()

    assert [line.split()[1][:8] for line in lines[1:]] == ["20251231", "20260101", "20260102"]


def test_json_has_every_run_and_fact(dli: Dli, zoo: dict[str, RunFolder]) -> None:
    found = {facts["run"]: facts for facts in json.loads(dli("runs", "--json").out)}

    mine = found[zoo["stopped"].id]
    assert len(found) == len(zoo)
    assert (mine["state"], mine["can_resume"], mine["best_value"]) == ("stopped", True, 0.9871)
    assert found[zoo["unreadable"].id]["state"] == "unreadable"


def test_no_runs_are_told_on_stderr_and_as_an_empty_list(dli: Dli) -> None:
    assert "There are no runs" in dli("runs").err
    assert dli("runs").out == ""
    assert json.loads(dli("runs", "--json").out) == []


def test_clean_deletes_what_failed_and_what_cannot_go_on(
    dli: Dli, zoo: dict[str, RunFolder]
) -> None:
    shown = dli("runs", "clean", "--yes")

    assert shown.code == 0
    assert shown.err == "Deleted 2 runs.\n"
    assert _names() == set(zoo) - {"failed", "lost"}


def test_clean_failed_deletes_only_those(dli: Dli, zoo: dict[str, RunFolder]) -> None:
    dli("runs", "clean", "--failed", "--yes")

    assert _names() == set(zoo) - {"failed"}


def test_clean_all_spares_what_is_being_trained(dli: Dli, zoo: dict[str, RunFolder]) -> None:
    dli("runs", "clean", "--all", "--yes")

    assert _names() == {"paused", "running", "starting"}


def test_clean_deletes_named_runs_wherever_they_lie(dli: Dli, zoo: dict[str, RunFolder]) -> None:
    completed, stopped = zoo["completed"], zoo["stopped"]

    dli("runs", "--runs-dir", str(runs_dir()), "clean", completed.id, str(stopped.path), "-y")

    assert _names() == set(zoo) - {"completed", "stopped"}


def test_clean_refuses_a_live_run_and_deletes_nothing(dli: Dli, zoo: dict[str, RunFolder]) -> None:
    shown = dli("runs", "clean", zoo["completed"].id, zoo["running"].id, "--yes")

    assert shown.code == 5
    assert f"run '{zoo['running'].id}' is running; stop it first" in shown.err
    assert _names() == set(zoo)


@pytest.mark.parametrize(("answer", "left"), [("y\n", set()), ("n\n", {"bad"}), ("", {"bad"})])
def test_clean_lists_what_would_go_and_asks(
    dli: Dli, monkeypatch: pytest.MonkeyPatch, answer: str, left: set[str]
) -> None:
    folder = _run("bad", checkpoint=True, status="failed")
    monkeypatch.setattr(sys, "stdin", _Person(answer))

    shown = dli("runs", "clean")

    assert f"{folder.id} (failed, can be resumed)" in shown.err
    assert _names() == left


def test_clean_does_not_delete_unasked(dli: Dli) -> None:
    _run("bad", status="failed")

    shown = dli("runs", "clean")

    assert shown.code == 2
    assert "add --yes" in shown.err
    assert _names() == {"bad"}


def test_clean_takes_one_choice(dli: Dli) -> None:
    assert "choose one of" in dli("runs", "clean", "--all", "--failed").err


def test_clean_empties_the_trash_and_nothing_else_when_asked(
    dli: Dli, zoo: dict[str, RunFolder]
) -> None:
    delete([zoo["completed"], zoo["unreadable"]])

    refused = dli("runs", "clean", "--trash")
    shown = dli("runs", "clean", "--trash", "--yes")

    assert f"  {zoo['completed'].id} (completed)" in refused.err
    assert shown.err == "Deleted 2 runs.\n"
    assert trashed(runs_dir()) == []
    assert _names() == set(zoo) - {"completed", "unreadable"}
    assert dli("runs", "clean", "--trash").err == "There is nothing to delete.\n"


def test_nothing_to_clean_is_told(dli: Dli) -> None:
    assert dli("runs", "clean").err == "There is nothing to delete.\n"


def test_the_runs_of_a_study_are_one_line(dli: Dli) -> None:
    _run("alone", status="completed")
    for trial, value in enumerate((0.5, 0.9, 0.7)):
        _run(f"s-t{trial}", status="completed", study="s@1", trial=trial, best_value=value,
             epoch=2, epochs=4, seconds=10.0)  # fmt: skip
    _run("s-t3", status="pruned", study="s@1", trial=3, best_value=None, epoch=1, epochs=4)

    lines = dli("runs").out.splitlines()

    assert len(lines) == 3
    assert "alone" in lines[1]
    for part in ("ended", "s@1 (4 runs)", "90.00 %", "7/16", "1 m 53 s"):
        assert part in lines[2]


def test_a_study_can_be_unfolded_by_its_name(dli: Dli) -> None:
    _run("alone", status="completed")
    for study in ("s@1", "s@1/confirm", "other@2"):
        _run("trial", status="completed", study=study, trial=0)

    assert len(dli("runs", "--study", "s").out.splitlines()) == 3
    assert len(dli("runs", "--study", "s@1").out.splitlines()) == 3
    assert len(json.loads(dli("runs", "--json").out)) == 4


def test_a_study_without_runs_is_refused_with_those_that_have_some(dli: Dli) -> None:
    _run("trial", study="s@1", trial=0)

    result = dli("runs", "--study", "t")

    assert result.code == 5
    assert "no run belongs to a study 't'. Studies here: s@1." in result.err
