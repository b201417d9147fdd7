"""A `dli tune` in a process of its own: started, found again, and what its log says."""

import fcntl
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.files import storage_errors
from tui.report.page import printable
from tui.study_panels.orders import TuneOrder

FOLDER = ".tune"
_ID = re.compile(r"^(\S+@[0-9a-f]{8}): ", re.MULTILINE)
_ERROR = re.compile(r"^(?:dli: error: |Error: |dli: (?=this is a bug))(.*)", re.MULTILINE)
_STAMP, _NEVER = "%Y%m%d-%H%M%S-%f", "19700101-000000-000000"  # logs begin with the local time
_MOST_READ = 16 << 10  # bytes at either end of a log
_children: list["subprocess.Popen[bytes]"] = []  # held, so that the dead ones can be reaped


@dataclass(frozen=True)
class TunerStatus:
    """What is known of a search's process."""

    log: Path
    command: str
    started: float  # in seconds since 1970
    is_alive: bool
    study_id: str  # empty until it is known
    phase: str  # what it said last
    problem: str  # why it ended, if that was an error


@dataclass(frozen=True)
class Tuner:
    """A search's process, by its log; the process holds the log's lock while it lives."""

    log: Path

    def status(self) -> TunerStatus:
        """Return what its log says now; one that is gone says nothing."""
        alive = self._is_locked()  # before reading: what a dead one wrote is read below
        head, tail = self._ends()
        first, _, rest = head.partition("\n")
        named = _ID.search(rest)
        said = [printable(line).strip() for line in tail.splitlines()]
        phase = next((line for line in reversed(said) if line and not _is_aside(line)), "")
        problem = "" if alive else self._problem(tail, phase, bool(named))
        return TunerStatus(
            log=self.log,
            command=first.removeprefix("$ "),
            started=_started(self.log),
            is_alive=alive,
            study_id=named[1] if named else "",
            phase=phase,
            problem=problem,
        )

    def _is_locked(self) -> bool:
        _children[:] = [child for child in _children if child.poll() is None]
        try:
            with self.log.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _ends(self) -> tuple[str, str]:
        try:
            with self.log.open("rb") as file:
                head = file.read(_MOST_READ)
                file.seek(max(0, file.seek(0, 2) - _MOST_READ))
                return head.decode(errors="replace"), file.read().decode(errors="replace")
        except OSError:
            return "", ""

    def _problem(self, tail: str, phase: str, began: bool) -> str:
        """Return why it ended; what ended before it began without an error said so otherwise."""
        errors = _ERROR.findall(tail)
        if errors:
            return printable(errors[-1]).strip()
        return "" if began else f"The search ended before it began. {phase}".strip()


def _started(log: Path) -> float:
    """Return when a search was started, which the name of its log tells."""
    try:
        return datetime.strptime(log.name[: len(_NEVER)], _STAMP).timestamp()
    except ValueError:
        return 0.0


def _is_aside(line: str) -> bool:
    return line.startswith(("note:", "$ ", "Storage:"))


def start(order: TuneOrder, root: Path, storage: str | None) -> Tuner:
    """Start a search in a process of its own session, which outlives this one; return at once.

    Raises:
        StorageError: its log cannot be written.
    """
    stamp = datetime.now().strftime(_STAMP)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(order.study).stem)
    log = root / FOLDER / f"{stamp}-{name}.log"
    words = [sys.executable, "-P", "-m", "tui", *order.words(), "--runs-dir", str(root.resolve())]
    words += ["--storage", storage] if storage else []
    with storage_errors(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # the child has it with its stdout
            file.write(f"$ {order.command(root, storage)}\n".encode())
            child = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
    _children.append(child)
    return Tuner(log)


def living(root: Path) -> Iterator[TunerStatus]:
    """Yield the searches that processes of this machine carry out in a runs folder, newest first.

    Only those that were started from a screen are known.
    """
    with suppress(OSError):
        for log in sorted((root / FOLDER).glob("*.log"), reverse=True)[:20]:
            status = Tuner(log).status()
            if status.is_alive:
                yield status
