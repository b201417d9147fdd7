"""Steering a live run through its `control.jsonl`, from another process or another machine.

Commands are appended with ids; the trainer polls the file in every phase and acknowledges each
with an `Intervened` event. Imports no torch.
"""

import json
import os
import time
import uuid
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from engine.errors import ConfigError, RunError, unknown
from engine.files import storage_errors
from engine.runs import RunFolder

Verb = Literal["pause", "continue", "stop", "prune", "set", "pause_after_epoch"]
StopStatus = Literal["stopped", "pruned"]
PRUNED_BY_HAND = "pruned by hand"
_POLL_SECONDS = 0.05


class Stop(Exception):  # noqa: N818  # a request, thrown into the event stream; not an error
    """Ends a run after the current step, with its checkpoint and this reason."""

    def __init__(self, reason: str, status: StopStatus = "stopped") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True)
class Command:
    """One line of `control.jsonl`; `key` and `value` belong to `set`."""

    id: str
    verb: Verb
    key: str = ""
    value: float | None = None


def make_command(verb: str, setting: tuple[str, object] | None = None) -> Command:
    """Return a checked command.

    Raises:
        ConfigError: an unknown verb, a setting that cannot change while training, or a bad value.
    """
    if verb not in get_args(Verb):
        raise ConfigError(unknown("command", verb, get_args(Verb), f"Allowed: {_verbs()}."))
    key, value = setting or ("", None)
    if verb == "set":
        _check_setting(key, value)
    checked = float(value) if isinstance(value, int | float) else None
    return Command(uuid.uuid4().hex[:12], verb, key, checked)  # type: ignore[arg-type]


def _verbs() -> str:
    return ", ".join(get_args(Verb))


def _check_setting(key: str, value: object) -> None:
    if key != "optimizer.lr":
        raise ConfigError(
            f"'{key}' cannot change while a run trains; only optimizer.lr can. "
            "For anything else start a new run."
        )
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 < float(value) < 1e12:  # type: ignore[arg-type]
        raise ConfigError(f"optimizer.lr cannot be {value!r}: it must be a finite number above 0.")


def send(folder: RunFolder, command: Command) -> None:
    """Append the command to the run's control file.

    Raises:
        RunError: nobody trains this run.
        StorageError: the file cannot be written.
    """
    if not folder.is_alive():
        raise RunError(
            f"run '{folder.id}' is not being trained, so it cannot be steered; "
            f"`dli train --resume {folder.id}` continues it if it was interrupted."
        )
    line = json.dumps(asdict(command)) + "\n"
    with storage_errors(folder["control.jsonl"]), folder["control.jsonl"].open("a") as file:
        file.write(line)


class Control:
    """The trainer's end: new commands from the file, and a stop asked for in this process.

    Args:
        folder: the run whose file is polled; None for a run that leaves nothing behind.
        above: what stops this run together with others, like the control of a worker.
    """

    def __init__(self, folder: RunFolder | None = None, above: "Control | None" = None) -> None:
        self.done: set[str] = set()
        self._asked: tuple[str, StopStatus] | None = None
        self._above = above
        self._path = folder["control.jsonl"] if folder else None
        self._offset = 0
        self._next_poll = 0.0

    def request_stop(self, reason: str, status: StopStatus = "stopped") -> None:
        """Ask for a stop after the current step; safe to call from a signal handler."""
        self._asked = (reason, status)

    @property
    def asked(self) -> tuple[str, StopStatus] | None:
        """Why the run is to stop, and as what; None where nobody asked."""
        return self._asked or (self._above.asked if self._above else None)

    @property
    def stop_reason(self) -> str:
        """Why the run is to stop, or an empty text."""
        asked = self.asked
        return asked[0] if asked else ""

    def forget_earlier(self) -> None:
        """Count the pauses and stops in the file as done: they were meant for a trainer now gone.

        A changed setting still takes effect.
        """
        if self._path is not None:
            self.done |= {command.id for command in self._read() if command.verb != "set"}
            self._offset = 0

    def poll(self) -> list[Command]:
        """Return the commands that came since the last call, each once; looks every 50 ms."""
        now = time.monotonic()
        if self._path is None or now < self._next_poll:
            return []
        self._next_poll = now + _POLL_SECONDS
        return [command for command in self._read() if command.id not in self.done]

    def _read(self) -> list[Command]:
        assert self._path is not None
        try:
            if os.stat(self._path).st_size <= self._offset:  # noqa: PTH116  # on the hot path
                return []
            with self._path.open("rb") as file:
                file.seek(self._offset)
                text = file.read()
        except OSError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        commands = [_parsed(line) for line in whole.splitlines()]
        return [command for command in commands if command is not None]


def _parsed(line: bytes) -> Command | None:
    try:
        command = Command(**json.loads(line))
        if command.verb == "set":
            _check_setting(command.key, command.value)
    except (ValueError, TypeError, ConfigError):
        return None
    return command if command.verb in get_args(Verb) else None
