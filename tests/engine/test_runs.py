"""Run folders: found by name, locked by one trainer, dead when their process is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.config import RunConfig
from engine.control import Control, make_command, send
from engine.errors import ConfigError, RunError, StorageError
from engine.files import write_atomically
from engine.runs import create_run, delete_run, find_run, list_runs

HOLD = """
import sys, time
from pathlib import Path
from engine.runs import RunFolder
with RunFolder(Path(sys.argv[1])).lock():
    print("held", flush=True)
    time.sleep(60)
"""


def test_runs_made_in_the_same_second_get_names_of_their_own(tmp_path: Path) -> None:
    made = [create_run(tmp_path, RunConfig()) for _ in range(12)]
    assert len({run.id for run in made}) == 12
    assert [run.id for run in list_runs(tmp_path)] == [run.id for run in made]
    assert find_run(tmp_path, "last").id == made[-1].id
    assert find_run(tmp_path, made[0].id).id == made[0].id


def test_a_folder_of_pictures_makes_a_name_that_a_shell_likes(tmp_path: Path) -> None:
    run = create_run(tmp_path, RunConfig(dataset="folder:/My Pictures/cats & dogs"))
    assert "/" not in run.id
    assert " " not in run.id


@pytest.mark.parametrize(("name", "text"), [("digts", "Did you mean"), ("2", "fits 2 runs")])
def test_an_unknown_or_ambiguous_name_is_explained(tmp_path: Path, name: str, text: str) -> None:
    create_run(tmp_path, RunConfig(), "digits")
    create_run(tmp_path, RunConfig(), "other")
    with pytest.raises(RunError, match=text):
        find_run(tmp_path, name if name == "2" else f"{list_runs(tmp_path)[0].id[:-2]}x")


def test_no_runs_at_all_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="dli train"):
        find_run(tmp_path, "last")


def test_a_second_trainer_is_refused_and_a_killed_one_is_dead_at_once(tmp_path: Path) -> None:
    run = create_run(tmp_path, RunConfig())
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run.path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    assert run.is_alive()
    with pytest.raises(RunError, match="trained by another process"), run.lock():
        pass
    with pytest.raises(RunError, match="stop it"):
        delete_run(run)
    os.kill(child.pid, signal.SIGKILL)
    before = time.monotonic()
    while run.is_alive():
        time.sleep(0.01)
    assert time.monotonic() - before < 2
    child.wait()
    child.stdout.close()
    with run.lock():
        assert run.is_alive()
    delete_run(run)
    assert list_runs(tmp_path) == []


def test_commands_reach_the_trainer_once_and_nonsense_never(tmp_path: Path) -> None:
    run = create_run(tmp_path, RunConfig())
    control = Control(run)
    with run.lock():
        send(run, make_command("pause"))
        send(run, make_command("set", ("optimizer.lr", 0.5)))
        with run["control.jsonl"].open("a") as file:
            file.write('{"verb":"explode","id":"x"}\nnot json\n{"verb":"set","id":"y","key":"se')
        commands = control.poll()
        assert [(c.verb, c.key, c.value) for c in commands] == [
            ("pause", "", None),
            ("set", "optimizer.lr", 0.5),
        ]
        time.sleep(0.06)
        assert control.poll() == []


def test_a_dead_run_cannot_be_steered(tmp_path: Path) -> None:
    run = create_run(tmp_path, RunConfig())
    with pytest.raises(RunError, match="not being trained"):
        send(run, make_command("pause"))


@pytest.mark.parametrize(
    ("verb", "setting", "text"),
    [
        ("paws", None, "Did you mean 'pause'"),
        ("set", ("model.width", 3), "only optimizer.lr"),
        ("set", ("optimizer.lr", "fast"), "finite number above 0"),
        ("set", ("optimizer.lr", -1), "finite number above 0"),
        ("set", ("optimizer.lr", True), "finite number above 0"),
    ],
)
def test_a_bad_command_gets_one_sentence(
    verb: str, setting: tuple[str, object] | None, text: str
) -> None:
    with pytest.raises(ConfigError, match=text):
        make_command(verb, setting)


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the folder is gone"):
        write_atomically(tmp_path / "gone" / "file", b"x")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"old")
    target = tmp_path / "folder"
    target.mkdir()
    (target / "x").touch()
    with pytest.raises(StorageError):
        write_atomically(target, b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
