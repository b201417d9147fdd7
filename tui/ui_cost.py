"""`dli bench --ui`: trains a real run and attaches the real UI to it, in a pseudo terminal.

One training goes on through all rounds, on two cores; each round has a window with the UI and one
without, in turns first and second, and the next UI starts anew.
"""

import fcntl
import os
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.ui_cost import Notes, Pair, UiCost, Window, images_per_second, latencies, read_notes
from engine.config import RunConfig, parse
from engine.errors import DliError
from engine.events import EpochCompleted, StepCompleted
from engine.record import Tail
from engine.runs import RunFolder, create_run
from engine.spawn import start
from tui.trace import VARIABLE

COLUMNS, ROWS = 160, 50
_CORES = 2
_SETTLE_SECONDS = 2.0
_START_SECONDS = 120.0  # for the first epoch, and for the UI's first drawing
_KEPT = 4000  # bytes of what the UI wrote last


def measure(rounds: int, seconds: float) -> Iterator[Pair | UiCost]:
    """Yield each round's pair, and last what they come to.

    Args:
        rounds: pairs of windows.
        seconds: each window's.

    Raises:
        DliError: the training or the UI ended, or showed nothing.
    """
    config = _config()
    with tempfile.TemporaryDirectory(prefix="dli-ui-") as root, _on_few_cores() as cores:
        config = config.model_copy(update={"threads": cores})
        with _training(Path(root), config) as training:
            pairs = []
            for number in range(rounds):
                pairs.append(_pair(training, seconds, ui_first=number % 2 == 1))
                yield pairs[-1]
        yield UiCost.of((config.dataset, config.model.name, seconds, cores), pairs)


def _config() -> RunConfig:
    """Return a usual training on the largest set that is here, without an end."""
    from engine.data.locations import data_folder
    from engine.data.registry import find
    from engine.data.spec import present

    return parse(
        {
            "dataset": "mnist" if present(find("mnist"), data_folder()) else "digits",
            "model": {"name": "cnn"},
            "epochs": 100_000,
            "batch_size": 128,
            "schedule": {"name": "constant"},
            "test": False,
        }
    )


@contextmanager
def _on_few_cores() -> Iterator[int]:
    """Keep this process and those that it starts on two cores, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield min(_CORES, os.cpu_count() or 1)
        return
    before = os.sched_getaffinity(0)
    chosen = sorted(before)[:_CORES]
    os.sched_setaffinity(0, chosen)
    try:
        yield len(chosen)
    finally:
        os.sched_setaffinity(0, before)


class _Training:
    """A live run, and the groups of steps that it has told so far."""

    def __init__(self, folder: RunFolder, batch_size: int) -> None:
        self.folder, self.batch_size = folder, batch_size
        self.steps: list[StepCompleted] = []
        self._tail = Tail(folder)
        self._epochs = 0

    def look(self) -> None:
        """Read on.

        Raises:
            DliError: nobody trains the run any more.
        """
        alive = self.folder.is_alive()
        for event in self._tail.read():
            self._epochs += isinstance(event, EpochCompleted)
            if isinstance(event, StepCompleted):
                self.steps.append(event)
        if not alive:
            log = self.folder["console.log"].read_text(errors="replace")[-_KEPT:].strip()
            raise DliError(f"the training of the measurement ended: {log or 'without a word'}")

    def wait_for_an_epoch(self) -> None:
        """Return once memory and caches are warm."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._epochs and time.monotonic() < deadline:
            self.look()
            time.sleep(0.1)

    def rate(self, window: Window) -> float:
        """Return its images/s within a window."""
        self.look()
        try:
            return images_per_second(self.steps, self.batch_size, window)
        except ValueError:
            raise DliError(
                "the training made no two steps within a window; take longer --seconds."
            ) from None


@contextmanager
def _training(root: Path, config: RunConfig) -> Iterator[_Training]:
    folder = create_run(root, config, "ui-cost")
    process = start(folder)
    try:
        training = _Training(folder, config.batch_size)
        training.wait_for_an_epoch()
        yield training
    finally:
        _end(process)


class _Ui:
    """The UI with its Run screen, in a pseudo terminal whose output is read and dropped."""

    def __init__(self, folder: RunFolder, notes: Path) -> None:
        self._notes = notes
        self._master, slave = os.openpty()
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        others = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
        words = ["tui", str(folder.path), "--runs-dir", str(folder.path.parent)]
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", *words],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env=others | {"TERM": "xterm-256color", VARIABLE: str(notes)},
        )  # fmt: skip
        os.close(slave)
        self._last = b""
        threading.Thread(target=self._drain, daemon=True).start()

    def notes(self) -> Notes:
        """Return what it wrote down so far.

        Raises:
            DliError: it ended.
        """
        if self.process.poll() is not None:
            said = self._last.decode(errors="replace")
            raise DliError(f"the UI ended (exit {self.process.returncode}); it wrote: {said!r}")
        return read_notes(self._notes)

    def wait_until_drawn(self) -> None:
        """Return once it shows the run.

        Raises:
            DliError: it ended, or drew no step.
        """
        deadline = time.monotonic() + _START_SECONDS
        while not self.notes().drawn:
            if time.monotonic() > deadline:
                raise DliError(f"the UI drew no step of the run in {_START_SECONDS:.0f} s.")
            time.sleep(0.1)

    def close(self) -> None:
        """End it; the training goes on."""
        _end(self.process)
        os.close(self._master)

    def _drain(self) -> None:
        with suppress(OSError):
            while more := os.read(self._master, 1 << 16):
                self._last = (self._last + more)[-_KEPT:]


def _pair(training: _Training, seconds: float, ui_first: bool) -> Pair:
    without = 0.0 if ui_first else training.rate(_wait(seconds))
    notes = training.folder.path.parent / f"notes-{time.monotonic_ns()}.jsonl"
    ui = _Ui(training.folder, notes)
    try:
        ui.wait_until_drawn()
        time.sleep(_SETTLE_SECONDS)
        before = cpu_seconds(ui.process.pid)
        window = _wait(seconds)
        share = (cpu_seconds(ui.process.pid) - before) / (window.end - window.begin)
        told = ui.notes()
    finally:
        ui.close()
    with_ui = training.rate(window)
    waits = latencies(training.steps, told, window)
    if not waits:
        raise DliError("the UI drew nothing new within a window; take longer --seconds.")
    without = without or training.rate(_wait(seconds))
    lags = tuple(lag for moment, lag in told.lags if window.holds(moment))
    return Pair(without, with_ui, share, tuple(waits), lags)


def _wait(seconds: float) -> Window:
    begin = time.time()
    time.sleep(seconds)
    return Window(begin, time.time())


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a live process used so far."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    told = subprocess.run(
        ["/bin/ps", "-o", "cputime=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()  # macOS: [hours:]minutes:seconds.hundredths
    return sum(float(part) * 60.0**place for place, part in enumerate(reversed(told.split(":"))))


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
