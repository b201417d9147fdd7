"""The runs of a folder as they come, change and go; read bit by bit, so that the UI never waits."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from engine.runs import RunFolder
from tui.listing import LIVE, RunRow, row

_PASS_SECONDS = 1.0  # from the beginning of one look at all runs to the next
_Stamp = tuple[int, int] | None


class RunsSource:
    """Every run of a folder, by its id.

    A live run is read at each `refresh`, another only when its `state.json` changed.

    Attributes:
        rows: what is known of each run.
        version: rises with each change.
        problem: why the folder cannot be read; empty if it can.
        is_whole: whether all runs have been read at least once.
        died: runs whose training process went away without a word, as they were noticed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.rows: dict[str, RunRow] = {}
        self.version = 0
        self.problem = ""
        self.is_whole = False
        self.died: list[RunRow] = []
        self._stamps: dict[str, _Stamp] = {}
        self._pass: Iterator[None] = iter(())
        self._next_pass = 0.0
        self._is_under_way = False

    @property
    def live(self) -> list[RunRow]:
        """The runs that are being trained."""
        return [shown for shown in self.rows.values() if shown.state in LIVE]

    def refresh(self, seconds: float = 0.03) -> bool:
        """Look at the live runs, and at the others for some time; tell whether more is to do."""
        for shown in self.live:
            self.reread(shown.run)
        now = time.monotonic()
        if now >= self._next_pass and not self._is_under_way:
            self._pass, self._next_pass = self._look_at_all(), now + _PASS_SECONDS
            self._is_under_way = True
        until = now + seconds
        for _ in self._pass:
            if time.monotonic() > until:
                return True
        self._is_under_way = False
        return False

    def forget(self) -> None:
        """Look at all runs at the next `refresh`, whenever the last look was."""
        self._next_pass, self._is_under_way = 0.0, False

    def _look_at_all(self) -> Iterator[None]:
        """Read what is new or changed, the newest first; stop after each run."""
        names = self._names()
        if names is None:
            return
        for gone in set(self.rows).difference(names):
            del self.rows[gone]
            self._stamps.pop(gone, None)
            self.version += 1
        for name in names:
            self._look_at(name)
            yield
        self.is_whole = True

    def _names(self) -> list[str] | None:
        """Return the names of the folders that may be runs, the latest dates first.

        None if the folder cannot be read: what was known of it stays.
        """
        try:
            with os.scandir(self.root) as entries:
                names = [entry.name for entry in entries if _may_be_run(entry)]
        except FileNotFoundError:
            names = []
        except OSError as error:
            self.problem = f"Cannot read the runs folder {self.root}: {error.strerror}."
            self.is_whole = True
            self.version += 1
            return None
        self.problem = ""
        return sorted(names, reverse=True)

    def _look_at(self, name: str) -> None:
        stamp = _stamp(f"{self.root}/{name}")
        if stamp is None and not self._is_run(name):
            if self.rows.pop(name, None):
                self.version += 1
            return
        if name not in self.rows or stamp != self._stamps.get(name):
            self._stamps[name] = stamp
            self.reread(name)

    def _is_run(self, name: str) -> bool:
        try:
            return os.stat(f"{self.root}/{name}/config.json") is not None  # noqa: PTH116  # quick
        except PermissionError:
            return True  # listed as unreadable
        except OSError:
            return False

    def reread(self, name: str) -> None:
        """Read a run now, whether or not it changed."""
        before, now = self.rows.get(name), row(RunFolder(self.root / name))
        if before == now:
            return
        if before and before.state in LIVE and now.state == "interrupted":
            self.died.append(now)
        self.rows[name] = now
        self.version += 1


def _may_be_run(entry: "os.DirEntry[str]") -> bool:
    try:
        return not entry.name.startswith(".") and entry.is_dir()
    except OSError:
        return False


def _stamp(path: str) -> _Stamp:
    """Return what changes with a run's state; None where there is no state to see."""
    try:
        found = os.stat(f"{path}/state.json")  # noqa: PTH116  # a thousand times a second
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
