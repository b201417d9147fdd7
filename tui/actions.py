"""What a person does to runs: start, resume, steer, kill and delete. Quick, and never waits.

A run goes into the folder `.trash` beside it when it is deleted, and can be taken back.
"""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.control import make_command, send
from engine.errors import DataError, RunError
from engine.files import storage_errors
from engine.runs import RunFolder, create_run, runs_dir
from engine.spawn import launch
from tui.listing import LIVE, row

if TYPE_CHECKING:
    from engine.config import RunConfig

TRASH = ".trash"
_OVER = ("stopped", "failed", "interrupted")
_OURS = ("dli", "engine", "bench.worker", "bench.lane_process", "tui")
_FIRST_WORDS = 6  # of a command line: the interpreter, its options, the module


def start(
    config: "RunConfig",
    root: Path,
    label: str = "",
    prepare: Callable[[RunFolder], None] | None = None,
) -> RunFolder:
    """Make a run folder and start its training in a process of its own; return at once.

    Args:
        config: what the run is to do.
        root: the runs folder; made if missing.
        label: put into the run's id instead of data set and model.
        prepare: puts into the folder what the training is to find there.

    Raises:
        ConfigError: the data set is unknown.
        DataError: the data set is not on this machine.
        StorageError: the folder cannot be made.
    """
    check_dataset(config.dataset)
    folder = create_run(root, config, label, prepare)
    launch(folder)
    return folder


def check_dataset(name: str) -> None:
    """Refuse a data set that is unknown or not here before anything is made for it.

    Raises:
        ConfigError: there is no set of this name.
        DataError: it is not on this machine.
    """
    from engine.data.locations import data_folder
    from engine.data.prepare import missing
    from engine.data.registry import FOLDER, find
    from engine.data.spec import present

    if name.startswith(FOLDER):
        return _check_folder(Path(name.removeprefix(FOLDER)).expanduser())
    spec = find(name)
    if not present(spec, data_folder()):
        raise missing(spec)
    return None


def _check_folder(path: Path) -> None:
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        raise DataError(
            f"folder {str(path)!r} {what}; folder:PATH needs a folder with one folder of pictures "
            "for each class."
        )


def resume(folder: RunFolder) -> None:
    """Go on with a run that stopped, failed or died, in a process of its own; return at once.

    Raises:
        RunError: it is being trained, or there is nothing left to train.
        DataError: its data set is not on this machine.
        StorageError: the folder cannot be written to.
    """
    refuse_unless_over(folder)
    check_dataset(folder.config().dataset)
    launch(folder)


def refuse_unless_over(folder: RunFolder) -> None:
    """Refuse here what a trainer in the background could only tell to nobody.

    Raises:
        RunError: the run is live, finished or unreadable.
    """
    state = row(folder).state
    if state not in _OVER:
        raise RunError(f"run '{folder.id}' is {state}, so it cannot be resumed; see `dli runs`.")


def steer(folder: RunFolder, verb: str, setting: tuple[str, object] | None = None) -> None:
    """Send a command to a live run: pause, continue, stop, set, pause_after_epoch.

    Raises:
        ConfigError: an unknown command, or a setting that cannot change or be so.
        RunError: nobody trains the run.
        StorageError: the command cannot be written.
    """
    send(folder, make_command(verb, setting))


def kill(folder: RunFolder) -> None:
    """Kill the process that trains a run; what came after its last checkpoint is lost.

    Raises:
        RunError: nobody trains it, or not a process of ours on this machine.
    """
    pid = folder.trainer()
    if pid is None or not folder.is_alive():
        raise RunError(f"run '{folder.id}' is not being trained, so there is nothing to kill.")
    if not _is_trainer(pid, folder):
        raise RunError(
            f"run '{folder.id}' is not trained by a dli process of this machine, so it cannot be "
            f"killed from here; stop it instead (`dli control {folder.id} stop`)."
        )
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it ended by itself meanwhile
    except PermissionError:
        raise RunError(
            f"run '{folder.id}' is trained by another user's process {pid}, which you may not kill."
        ) from None


def _is_trainer(pid: int, folder: RunFolder) -> bool:
    """Tell whether a process of this machine is one of ours, and holds the run's lock open."""
    if sys.platform == "linux" and str(folder["run.lock"].resolve()) not in _open_files(pid):
        return False
    words = _command_line(pid)[:_FIRST_WORDS]
    return any(Path(word).name in _OURS for word in words)


def _open_files(pid: int) -> set[str]:
    """Return what a process has open; nothing where that cannot be seen."""
    found = set()
    with suppress(OSError):
        for handle in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208  # names alone
            with suppress(OSError):  # closed meanwhile
                found.add(os.readlink(f"/proc/{pid}/fd/{handle}"))  # noqa: PTH115  # as text
    return found


def _command_line(pid: int) -> list[str]:
    """Return the words of a process's command line; none where it cannot be seen."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        command = ["ps", "-o", "command=", "-p", str(pid)]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        return shown.stdout.split()


@dataclass(frozen=True)
class Deleted:
    """A run in the trash: where it lay, and where it lies."""

    before: Path
    now: Path


def delete(folders: Sequence[RunFolder]) -> list[Deleted]:
    """Move runs into the trash beside them; none is moved if one of them is live.

    Raises:
        RunError: one is being trained.
        StorageError: the trash cannot be written.
    """
    for folder in folders:
        state = row(folder).state
        if state in LIVE:
            raise RunError(f"run '{folder.id}' is {state}; stop it before you delete it.")
    moved: list[Deleted] = []
    try:
        moved.extend(map(_moved, folders))  # keeps those that were moved before one fails
    except BaseException:
        undo_delete(moved)
        raise
    return moved


def _moved(folder: RunFolder) -> Deleted:
    trash = folder.path.parent / TRASH
    with storage_errors(trash):
        trash.mkdir(exist_ok=True)
        place = _free(trash, folder.id)
        folder.path.rename(place)
    return Deleted(folder.path, place)


def _free(trash: Path, name: str) -> Path:
    place, number = trash / name, 2
    while place.exists():
        place, number = trash / f"{name}~{number}", number + 1
    return place


def undo_delete(deleted: Iterable[Deleted]) -> list[RunFolder]:
    """Take runs back out of the trash, and return them.

    Raises:
        RunError: one is gone from the trash, or another run lies in its place.
        StorageError: the runs folder cannot be written.
    """
    back = []
    for run in deleted:
        if run.before.exists():
            raise RunError(f"{run.before} exists again, so the run stays in {run.now}.")
        if not run.now.exists():
            raise RunError(f"run '{run.before.name}' is no longer in the trash.")
        with storage_errors(run.before):
            run.now.rename(run.before)
        back.append(RunFolder(run.before))
    return back


def trashed(root: Path) -> list[RunFolder]:
    """Return the runs in the trash of a runs folder, by name.

    Raises:
        StorageError: the trash cannot be read.
    """
    trash = root / TRASH
    if not trash.is_dir():
        return []
    with storage_errors(trash):
        return sorted((RunFolder(path) for path in trash.iterdir()), key=lambda run: run.id)


_OPTIONS = {
    "dataset": "--dataset", "model.name": "--model", "epochs": "--epochs", "seed": "--seed",
    "batch_size": "--batch-size", "optimizer.lr": "--lr", "data.subset": "--subset",
    "device": "--device", "precision": "--precision", "threads": "--threads",
}  # fmt: skip


def equivalent_command(config: "RunConfig", root: Path | None = None, label: str = "") -> str:
    """Return the `dli train` command that starts the same run, quoted for a shell.

    Args:
        config: what the run is to do; only what differs from the defaults is written.
        root: the runs folder, written if it is not the one that is taken by itself.
        label: the run's own name, if it has one.
    """
    from tui.show import differences

    changed = dict(text.split("=", 1) for text in differences(config))
    words = ["dli", "train"]
    for path, option in _OPTIONS.items():
        if path in changed:
            words += [option, changed.pop(path)]
    if changed.get("test") == "false":
        del changed["test"]
        words.append("--no-test")
    for path, value in changed.items():
        words += ["--set", f"{path}={value}"]
    words += ["--name", label] if label else []
    if root is not None and root.resolve() != runs_dir().resolve():
        words += ["--runs-dir", str(root)]
    return shlex.join(words)
