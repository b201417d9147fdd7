"""`dli tui` in a real pseudo-terminal, in a process of its own."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

_CODES = re.compile(rb"\x1b\[[0-9;?<=>]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]")


class RealTerminal:
    """A process with a terminal of its own; what it writes is read as it comes."""

    def __init__(self, words: Sequence[str], cwd: Path, size: tuple[int, int] = (100, 30)) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-P", *words], stdin=slave, stdout=slave, stderr=slave, cwd=cwd,
            env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.written = b""

    def wait_for(self, text: str, seconds: float = 15.0) -> float:
        """Read until a text was written; return after how many seconds since the start."""
        deadline = time.monotonic() + seconds
        while text not in self.text():
            if time.monotonic() > deadline or not self._read(0.1):
                raise AssertionError(f"{text!r} did not come; the end was: {self.text()[-800:]}")
        return time.perf_counter() - self.began

    def _read(self, seconds: float) -> bool:
        """Take in what there is; tell whether the other end is still there."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if ready:
            try:
                self.written += os.read(self._master, 1 << 16)
            except OSError:
                return False
        return True

    def text(self) -> str:
        """Return what was written so far, without control codes."""
        return _CODES.sub(b"", self.written).decode(errors="replace")

    def forget(self) -> None:
        """Begin anew with what is written from here on."""
        self.written = b""

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def kill(self) -> None:
        """Kill the process; the terminal stays as it is."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def hang_up(self) -> None:
        """Take the terminal away, as a connection that breaks does; no signal tells of it."""
        os.close(self._master)

    def end(self, seconds: float = 10.0) -> int:
        """Wait until the process ended, reading on; return its exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            self._read(0.05)
        while self._read(0.05) and select.select([self._master], [], [], 0)[0]:
            pass
        os.close(self._master)
        return self.process.wait(1)
