"""Signals as requests: the first ends a run after its step with a checkpoint, ^C twice at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from engine.control import Control

_REASONS = {
    signal.SIGINT: "interrupted by ^C",
    signal.SIGTERM: "terminated (SIGTERM)",
    signal.SIGHUP: "the terminal went away (SIGHUP)",
}


@contextmanager
def stop_on_signals(control: Control) -> Iterator[None]:
    """Within the block, ^C, SIGTERM or SIGHUP stop the run that `control` belongs to.

    A second ^C raises `KeyboardInterrupt` at once.
    """

    interrupts = 0

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        nonlocal interrupts
        interrupts += number == signal.SIGINT
        if interrupts > 1:
            raise KeyboardInterrupt
        control.request_stop(_REASONS[signal.Signals(number)])

    heard = [n for n in _REASONS if signal.getsignal(n) is not signal.SIG_IGN]  # nohup ignores some
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
