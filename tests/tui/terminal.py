"""A pseudo terminal in the place of stdout, for tests of what is drawn on one."""

import os
import sys
import threading

import pytest

ENTER_SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


class Terminal:
    """A pseudo terminal; `text()` is all that was written to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.master, slave = os.openpty()
        self.stdout = open(slave, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        self._written = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def use(self) -> None:
        """Put it in the place of stdout, 80 by 24; pytest undoes that between fixture and test."""
        self._monkeypatch.setattr(sys, "stdout", self.stdout)
        for variable, value in (("TERM", "xterm-256color"), ("COLUMNS", "80"), ("LINES", "24")):
            self._monkeypatch.setenv(variable, value)

    def _read(self) -> None:
        try:
            while more := os.read(self.master, 65536):
                self._written += more
        except OSError:
            pass  # the other end was closed

    def text(self) -> str:
        self.stdout.close()
        self._reader.join(5)
        return self._written.decode()
