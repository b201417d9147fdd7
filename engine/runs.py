"""Run folders: where a run's files lie, who is training it, and which runs there are.

Imports no torch. Listings read `state.json` and the lock of each run, never its log.
"""

import errno
import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import DliError, RunError, StorageError, nearest
from engine.files import storage_errors, write_atomically

if TYPE_CHECKING:
    from engine.config import RunConfig

_LOCK_PATIENCE = 1.0  # a listing may hold a shared lock for an instant


@dataclass(frozen=True)
class RunState:
    """What a listing shows of a run; `phase` is the last one seen and `status` empty until the end.

    `seconds` counts the time from start (or resume) to the last update, pauses included.
    """

    run: str
    dataset: str
    model: str
    seed: int
    epochs: int
    phase: str = "starting"
    status: str = ""
    reason: str = ""
    epoch: int = 0
    step: int = 0
    total_steps: int = 0
    best_epoch: int | None = None
    best_metric: str = "val_accuracy"
    best_value: float | None = None
    test_accuracy: float | None = None
    sparkline: tuple[float, ...] = ()
    num_parameters: int = 0
    started: float = 0.0
    updated: float = 0.0
    seconds: float = 0.0
    study: str | None = None
    trial: int | None = None
    parent: str | None = None
    parent_step: int | None = None

    def to_json(self) -> bytes:
        """Return the state as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "RunState":
        """Return the state that `to_json` wrote; fields of a newer version are ignored."""
        names = {field.name for field in fields(cls)}
        values: dict[str, Any] = {k: v for k, v in json.loads(text).items() if k in names}
        values["sparkline"] = tuple(values.get("sparkline", ()))
        return cls(**values)


@dataclass(frozen=True)
class RunFolder:
    """The files of one run; the folder's name is the run's id."""

    path: Path

    @property
    def id(self) -> str:
        """The run's id."""
        return self.path.name

    def __getitem__(self, name: str) -> Path:
        """Return the path of a file in the folder: `folder["events.jsonl"]`."""
        return self.path / name

    def config(self) -> "RunConfig":
        """Return the run's config.

        Raises:
            RunError: `config.json` is missing, unreadable or not a config.
        """
        try:
            values = json.loads(self["config.json"].read_bytes())
        except (OSError, ValueError) as error:
            raise RunError(
                f"run '{self.id}' has no readable config.json in {self.path}: {error}; "
                "it cannot be resumed or shown."
            ) from None
        from engine.config import parse  # a listing needs none of it, and is to be there at once

        return parse(values, str(self["config.json"]))

    def state(self) -> RunState | None:
        """Return the last state written, or None where none can be read."""
        try:
            return RunState.from_json(self["state.json"].read_bytes())
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def is_alive(self) -> bool:
        """Tell whether a process is training this run now: the kernel drops a dead one's lock."""
        try:
            handle = os.open(self["run.lock"], os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno in (errno.EWOULDBLOCK, errno.EACCES)
        else:
            return False
        finally:
            os.close(handle)

    def trainer(self) -> int | None:
        """Return the id of the process that trains the run or did so last, on its own machine."""
        try:
            return int(self["run.lock"].read_bytes())
        except (OSError, ValueError):
            return None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run as its only trainer.

        Raises:
            RunError: another process trains it.
            StorageError: the folder cannot be written to.
        """
        with storage_errors(self["run.lock"]):
            handle = os.open(self["run.lock"], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _take(handle, self)
            with storage_errors(self["run.lock"]):
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()}\n".encode())
            self._clear_temporary()
            yield
        finally:
            os.close(handle)

    def _clear_temporary(self) -> None:
        for leftover in self.path.glob(".*.tmp"):
            with suppress(OSError):
                leftover.unlink()


def _take(handle: int, folder: RunFolder) -> None:
    deadline = time.monotonic() + _LOCK_PATIENCE
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise RunError(
                    f"run '{folder.id}' is being trained by another process; "
                    f"watch it with `dli show {folder.id}` or steer it with `dli control`."
                ) from None
            time.sleep(0.05)


def runs_dir(given: Path | None = None) -> Path:
    """Return the folder that holds the runs: the one given, `DLI_RUNS`, or `./runs`."""
    return given or Path(os.environ.get("DLI_RUNS") or "runs")


def create_run(
    root: Path,
    config: "RunConfig",
    label: str = "",
    prepare: Callable[[RunFolder], None] | None = None,
) -> RunFolder:
    """Make a run folder with a fresh id and its `config.json`.

    Args:
        root: the runs folder; made if missing.
        config: what the run is to do.
        label: put into the id instead of data set and model, like a study's name.
        prepare: puts what else belongs to the run into its folder; nothing is left where it fails.

    Raises:
        StorageError: the folder cannot be made.
    """
    words = label or f"{config.dataset}-{config.model.name}"
    name = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[-40:].strip("-")
    stem = f"{datetime.now():%Y%m%d-%H%M%S}-{name}"  # local time is what people read
    with storage_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        folder = RunFolder(_make_unique(root, stem))
    try:
        if prepare is not None:
            prepare(folder)
        write_atomically(folder["config.json"], config.model_dump_json(indent=1).encode())
    except DliError:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return folder


def _make_unique(root: Path, stem: str) -> Path:
    for attempt in range(1, 10_000):
        path = root / (stem if attempt == 1 else f"{stem}-{attempt}")
        with suppress(FileExistsError):
            path.mkdir()
            return path
    raise StorageError(f"no free name for a run in {root}; clean it with `dli runs clean`.")


def list_runs(root: Path) -> list[RunFolder]:
    """Return the run folders, oldest first; other folders and files are passed over.

    A folder that one may not look into is taken for a run.
    """
    try:
        entries = [RunFolder(path) for path in root.iterdir() if _is_run(path)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise RunError(f"cannot read the runs folder {root}: {error.strerror}.") from None
    return sorted(entries, key=_age)


def _is_run(path: Path) -> bool:
    try:
        return (path / "config.json").is_file()
    except PermissionError:
        return True


def _age(folder: RunFolder) -> tuple[str, int]:
    match = re.match(r"\d{8}-\d{6}", folder.id)
    try:
        changed = folder["config.json"].stat().st_mtime_ns
    except OSError:  # no permission, or deleted just now
        changed = 0
    return (match[0] if match else "", changed)


def find_run(root: Path, name: str) -> RunFolder:
    """Return the run with this id, unique part of an id, or path; `last` is the newest.

    Raises:
        RunError: there is none, or more than one.
    """
    if (Path(name) / "config.json").is_file():
        return RunFolder(Path(name).resolve())
    runs = list_runs(root)
    if not runs:
        raise RunError(f"there are no runs in {root.resolve()}; start one with `dli train`.")
    if name == "last":
        return runs[-1]
    exact = [run for run in runs if run.id == name]
    matches = exact or [run for run in runs if name in run.id]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise RunError(
            f"'{name}' fits {len(matches)} runs: {', '.join(run.id for run in matches[-3:])}; "
            "write more of the id."
        )
    hint = nearest(name, [run.id for run in runs])
    raise RunError(f"unknown run '{name}' in {root.resolve()}.{hint} `dli runs` lists them.")


def delete_run(folder: RunFolder) -> None:
    """Delete a run that nobody trains.

    Raises:
        RunError: it is being trained.
        StorageError: it cannot be deleted.
    """
    if folder.is_alive():
        raise RunError(f"run '{folder.id}' is being trained; stop it with `dli control` first.")
    with storage_errors(folder.path):
        shutil.rmtree(folder.path)
