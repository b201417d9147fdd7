"""The worker processes of one machine: started, watched, and ended with their trials kept."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.worker_order import Order
from engine.files import storage_errors

_END_PATIENCE = 30.0  # to finish a step and write a checkpoint
_QUICK = 10.0  # seconds; a worker that ends sooner did nothing
_MOST_QUICK_ENDS = 3


@dataclass
class WorkerProcess:
    """One worker: its process, and where it writes what it has to say."""

    number: int
    process: "subprocess.Popen[bytes]"
    log: Path
    started: float = field(default_factory=time.monotonic)

    @property
    def pid(self) -> int:
        """The process."""
        return self.process.pid


class Crew:
    """The workers of one stage. `start` as many as wanted; `reap` returns those that ended.

    Args:
        order: what each is to do.
        folder: for their logs.
        gpus: the devices that they are pinned to in turn; none on a machine without.
    """

    def __init__(self, order: Order, folder: Path, gpus: Sequence[str] = ()) -> None:
        self._order, self._folder, self._gpus = order, folder, gpus
        self._workers: list[WorkerProcess] = []
        self._quick_ends = 0
        self._asked: float | None = None

    def __len__(self) -> int:
        return len(self._workers)

    @property
    def pids(self) -> set[int]:
        """The processes that work."""
        return {worker.pid for worker in self._workers}

    def start(self, number: int) -> WorkerProcess:
        """Start a worker in a session of its own, so that ^C reaches only the parent."""
        with storage_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        log = self._folder / f"worker-{number}.log"
        command = [sys.executable, "-P", "-m", "bench.worker", self._order.to_json(), str(number)]
        with storage_errors(log), log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment(number),
                start_new_session=True,
            )
        worker = WorkerProcess(number, process, log)
        self._workers.append(worker)
        return worker

    def free_numbers(self, wanted: int) -> list[int]:
        """Return the numbers of the workers that are missing."""
        taken = {worker.number for worker in self._workers}
        return [number for number in range(1, wanted + 1) if number not in taken]

    def reap(self) -> list[WorkerProcess]:
        """Return the workers that ended since the last call."""
        ended = [worker for worker in self._workers if worker.process.poll() is not None]
        self._workers = [worker for worker in self._workers if worker not in ended]
        for worker in ended:
            quick = worker.process.returncode and time.monotonic() - worker.started < _QUICK
            self._quick_ends = self._quick_ends + 1 if quick else 0
        return ended

    @property
    def cannot_start(self) -> bool:
        """Whether worker after worker ended at once, so that starting more is in vain."""
        return self._quick_ends >= _MOST_QUICK_ENDS

    def ask_to_end(self) -> None:
        """Ask all to put their trials back and end."""
        self._asked = self._asked or time.monotonic()
        for worker in self._workers:
            worker.process.terminate()

    @property
    def took_too_long(self) -> bool:
        """Whether some have not ended half a minute after they were asked to."""
        return self._asked is not None and time.monotonic() > self._asked + _END_PATIENCE

    def end(self) -> None:
        """Ask all to end, and kill those that take too long, or all on ^C."""
        self.ask_to_end()
        try:
            while self._workers and not self.took_too_long:
                self.reap()
                time.sleep(0.05)
        finally:
            self.kill()

    def kill(self) -> None:
        """End all at once; their trials go on from the last checkpoint when the study does."""
        for worker in self._workers:
            worker.process.send_signal(signal.SIGKILL)
        for worker in self._workers:
            worker.process.wait()
        self._workers = []

    def _environment(self, number: int) -> dict[str, str]:
        environment = os.environ | {"OMP_NUM_THREADS": str(self._order.threads)}
        if self._gpus:
            environment["CUDA_VISIBLE_DEVICES"] = self._gpus[(number - 1) % len(self._gpus)]
        return environment


def last_words(log: Path, most: int = 400) -> str:
    """Return the last lines of a worker's log."""
    try:
        return log.read_text(errors="replace").strip()[-most:]
    except OSError:
        return ""
