"""Carries out the commands that reach a live run, between two batches of whatever it does."""

import importlib
import threading
import time
from collections.abc import Callable, Generator, Iterable

from engine.control import PRUNED_BY_HAND, Command, Control, Stop
from engine.events import Event, Intervened, Phase, PhaseChanged

Events = Generator[Event, None, None]


class Steering:
    """Turns commands into effects and `Intervened` events, in every phase.

    `phase` and `step` tell where the run is. `new_lr` waits for the trainer to take it up. `redo`
    holds the `set` commands of a resumed run that came after its checkpoint: they are done again
    at the step where they were done before. `on_pause` makes the run safe before it waits.
    """

    def __init__(self, control: Control) -> None:
        self.control = control
        self.phase: Phase = "loading data"
        self.step = 0
        self.new_lr: float | None = None
        self.redo: list[Intervened] = []
        self.on_pause: Callable[[], Iterable[Event]] = list
        self.on_continue: Callable[[], None] = lambda: None
        self._paused = False
        self._pause_after_epoch = False
        self._last_told = 0.0

    def enter(self, phase: Phase, total: int = 0, what: str = "") -> PhaseChanged:
        """Begin a phase; return the event that says so."""
        self.phase = phase
        self._last_told = time.monotonic()
        return PhaseChanged(time.time(), phase, 0, total, what)

    def advance(self, done: int, total: int, what: str = "") -> Events:
        """Tell how far the phase is, at most five times a second, and take commands."""
        now = time.monotonic()
        if now - self._last_told >= 0.2:
            self._last_told = now
            yield PhaseChanged(time.time(), self.phase, done, total, what)
        yield from self.check()

    def check(self) -> Events:
        """Carry out the commands that came; while paused, wait here.

        Raises:
            Stop: somebody asked the run to stop.
        """
        self._stop_if_asked()
        while self.redo and self.redo[0].step <= self.step:
            again = self.redo.pop(0)
            yield self._done(Command(again.command_id, "set", again.key, again.value))
        for command in self.control.poll():
            yield self._done(command)
        self._stop_if_asked()
        if self._paused:
            yield from self._wait()

    def epoch_ended(self) -> None:
        """Pause now if that was asked for after the epoch."""
        self._paused = self._paused or self._pause_after_epoch
        self._pause_after_epoch = False

    def obeyed(self) -> list[str]:
        """Return the ids of the commands that took effect up to this step, for a checkpoint."""
        return sorted(self.control.done - {again.command_id for again in self.redo})

    def _done(self, command: Command) -> Intervened:
        match command.verb:
            case "pause":
                self._paused = True
            case "continue":
                self._paused = self._pause_after_epoch = False
            case "pause_after_epoch":
                self._pause_after_epoch = True
            case "stop":
                self.control.request_stop("stopped by hand")
            case "prune":
                self.control.request_stop(PRUNED_BY_HAND, "pruned")
            case "set":
                self.new_lr = command.value
        self.control.done.add(command.id)
        return Intervened(
            time=time.time(),
            command_id=command.id,
            command=command.verb,
            step=self.step,
            phase=self.phase,
            key=command.key,
            value=command.value,
        )

    def _wait(self) -> Events:
        yield from self.on_pause()
        yield PhaseChanged(time.time(), "paused")
        while self._paused:
            time.sleep(0.02)
            for command in self.control.poll():
                yield self._done(command)
            self._stop_if_asked()
        self.on_continue()
        yield PhaseChanged(time.time(), self.phase)

    def _stop_if_asked(self) -> None:
        asked = self.control.asked
        if asked is not None:
            raise Stop(*asked)


def while_importing(module: str, steering: Steering) -> Events:
    """Import a slow module in a thread, taking commands meanwhile."""
    thread = threading.Thread(target=importlib.import_module, args=(module,), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.02)
        yield from steering.check()
