"""Three sources of one stream: `train(config)` here, `spawn(config)` in a child process, and
`follow(folder)` for a run that someone else started. Imports no torch.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.files import storage_errors
from engine.runs import RunFolder, create_run

if TYPE_CHECKING:
    from engine.config import RunConfig
    from engine.events import Event

_children: dict[Path, "subprocess.Popen[bytes]"] = {}  # the last one of each run folder
_START_PATIENCE = 30.0  # importing torch on a busy machine, before the lock is taken


def spawn(config: "RunConfig", root: Path) -> RunFolder:
    """Start a run in a child process of its own session, and return its folder.

    The child outlives this process; both its outputs go to `console.log`. Watch it with `follow`.
    """
    folder = create_run(root, config)
    start(folder)
    return folder


def start(folder: RunFolder) -> "subprocess.Popen[bytes]":
    """Start, or resume, the run of a folder in a child process of its own session.

    Returns once it holds the run's lock, so that `follow` sees it alive, or has ended. The process
    may be waited for; whoever does not care leaves it alone.
    """
    child = launch(folder)
    deadline = time.monotonic() + _START_PATIENCE
    while child.poll() is None and not folder.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    return child


def launch(folder: RunFolder) -> "subprocess.Popen[bytes]":
    """Start, or resume, the run of a folder as `start` does, but return at once.

    The process is reaped when it ends, whether or not anybody waits for it.

    Raises:
        StorageError: the folder cannot be written to.
    """
    command = [sys.executable, "-P", "-m", "engine", str(folder.path.resolve())]
    with storage_errors(folder["console.log"]), folder["console.log"].open("ab") as log:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _children[folder.path.resolve()] = child
    threading.Thread(target=child.wait, name=f"reap {folder.id}", daemon=True).start()
    return child


def is_starting(folder: RunFolder) -> bool | None:
    """Tell whether a child of this process is on its way to the run's lock.

    False if it had the lock or ended; None if this process started none for the folder.
    """
    child = _children.get(folder.path.resolve()) if _children else None
    if child is None:
        return None
    return child.poll() is None and folder.trainer() != child.pid


def follow(folder: RunFolder, interval: float = 0.1) -> "Iterator[Event]":
    """Yield the events of a run so far, then the others as they come, until it ends or dies.

    Closing this only detaches. A run that died without `RunFinished` just ends the stream:
    `folder.is_alive()` tells.
    """
    from engine.events import RunFinished
    from engine.record import Tail

    tail = Tail(folder)
    deadline = time.monotonic() + _START_PATIENCE
    last: Event | None = None
    while True:
        alive = folder.is_alive()  # before reading: what a dead one wrote is read below
        events = tail.read()
        yield from events
        last = events[-1] if events else last
        waiting = last is None and time.monotonic() < deadline
        if not events and not alive and not waiting:
            return
        if isinstance(last, RunFinished) and not alive:
            return
        time.sleep(0.0 if events else interval)
