"""A run played again: a source like `RunSource`, but with a clock that can be set."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

import numpy as np

from engine.history import History
from engine.runs import RunFolder, RunState
from tui import clock
from tui.listing import LIVE, RowState, RunRow, row
from tui.progress import last_step
from tui.recording import Recording
from tui.sources import PASS_BYTES, RunView

SPEEDS = (1, 2, 5, 10, 20, 50, 100)
_ONE_SHOW = 45.0  # seconds that playing all of a run should take at first
_LONGEST_TICK = 2.0  # seconds; what is longer was no tick, but a closed lid
_FORWARD = 2000  # events that are folded on one by one before a checkpoint is quicker
_SPARKLINE_POINTS = 32


class ReplaySource:
    """A run as it was at `position`, in seconds of training; plays, seeks, and follows a live one.

    `history` is what the run had said by then.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.history = History()
        self.speed = _fitting_speed(folder)
        self.is_playing = True
        self.position = 0.0
        self._recording = Recording(folder)
        self._count = 0  # events folded into `history`
        self._before = clock.now()
        self._end_row = row(folder)
        self._wanted: float | None = None  # a place that the log does not reach so far

    @property
    def duration(self) -> float:
        """Seconds of training that were read so far."""
        return self._recording.duration

    @property
    def epoch_ends(self) -> list[float]:
        """Where epochs were completed, in seconds of training; rising."""
        return self._recording.epoch_ends

    @property
    def end_of_epoch(self) -> Mapping[int, float]:
        """Where each epoch was completed for good, in seconds of training."""
        return self._recording.end_of_epoch

    @property
    def whole(self) -> History:
        """The run as far as it was read, whatever the position; grows."""
        return self._recording.history

    @property
    def marks(self) -> list[float]:
        """Where somebody stepped in or the run was taken up again, in seconds of training."""
        return self._recording.marks

    @property
    def is_reading(self) -> bool:
        """Whether parts of the log are still to come."""
        return self._recording.is_reading

    @property
    def is_at_end(self) -> bool:
        """Whether there is nothing more to play now."""
        return not self.is_reading and self._count == len(self._recording.events)

    @property
    def is_live(self) -> bool:
        """Whether a process trains the run now, so that the end moves."""
        return self._end_row.state in LIVE

    def read(self, limit: int = PASS_BYTES) -> bool:
        """Take in the next part of the log, and let the clock go on; tell whether there was one.

        Playing stops at the end of a run that is over, and follows one that goes on.
        """
        loaded = self._recording.read(limit)
        if loaded or self.is_at_end:
            self._end_row = row(self.folder)
        elapsed = min(max(clock.now() - self._before, 0.0), _LONGEST_TICK)
        self._before = clock.now()
        if self._wanted is not None:
            self.seek(self._wanted)
        elif self.is_playing:
            self._show(self.position + elapsed * self.speed)
            self.is_playing = self.is_live or not self.is_at_end
        return loaded

    def play(self) -> None:
        """Let the clock run; from the end it begins again."""
        if self.is_at_end and not self.is_live:
            self.seek(0.0)
        self.is_playing = True
        self.restart_clock()

    def restart_clock(self) -> None:
        """Let the time since the last reading not count: nobody looked."""
        self._before = clock.now()

    def pause(self) -> None:
        """Stop the clock."""
        self.is_playing = False

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def change_speed(self, by: int) -> None:
        """Take a speed that is so many places up or down in `SPEEDS`."""
        place = SPEEDS.index(self.speed) + by
        self.speed = SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]

    def seek(self, seconds: float) -> None:
        """Go to a place; one past what was read so far is reached when the log was."""
        self._wanted = seconds if seconds > self.duration and self.is_reading else None
        self._show(seconds)

    def seek_epoch(self, epoch: int) -> None:
        """Go to the end of an epoch as it came to stay, 0 being the start of the run."""
        self.seek(self._recording.end_of_epoch.get(epoch, 0.0 if epoch < 1 else self.duration))

    def step_epoch(self, by: int) -> None:
        """Go to the next (1) or the last (-1) place where an epoch was completed."""
        ends = self.epoch_ends
        if by > 0:
            place = bisect_right(ends, self.position)
            self.seek(ends[place] if place < len(ends) else self.duration)
        else:
            place = bisect_left(ends, self.position) - 1
            self.seek(ends[place] if place >= 0 else 0.0)

    def step(self, by: int) -> None:
        """Pause, and go on (1) or back (-1) to the nearest place where something was said."""
        self.pause()
        places = self._recording.places
        if by > 0 and self._count < len(places):
            self.seek(places[self._count])
        elif by < 0 and self._count:
            before = bisect_left(places, places[self._count - 1]) - 1
            self.seek(places[max(before, 0)])

    def view(self, ghost: History | None = None) -> RunView:
        """Return the run as it was."""
        now = self._recording.time_at(self.position)
        return RunView(
            folder=self.folder,
            row=self._row(),
            history=self.history.snapshot(),
            now=clock.now() if now is None else now,
            reading=self.is_reading and not len(self.history.steps),
            problem=self._recording.problem,
            ghost=ghost,
        )

    def _show(self, position: float) -> None:
        """Bring position and history to a place within what was read."""
        self.position = min(max(position, 0.0), self.duration)
        count = self._recording.count_at(self.position)
        if not self._count <= count <= self._count + _FORWARD:
            self.history = self._recording.history_at(count)
        else:
            for event in self._recording.events[self._count : count]:
                self.history.fold(event)
        self._count = count

    def _row(self) -> RunRow:
        """Return what a listing would have shown."""
        facts = state_of(self.history, self.position)
        return RunRow(self.folder.id, str(self.folder.path), self._state(), False, facts)

    def _state(self) -> RowState:
        if self.history.finished is not None:
            return self.history.finished.status
        if self.is_at_end:
            return self._end_row.state  # a run that died cannot say so itself
        if self.history.phase is None:
            return "starting"
        return "paused" if self.history.phase.phase == "paused" else "running"


def _fitting_speed(folder: RunFolder) -> int:
    """Return the lowest speed at which all of the run is played in good time."""
    state = folder.state()
    seconds = state.seconds if state else 0.0
    return next((speed for speed in SPEEDS if seconds / speed <= _ONE_SHOW), SPEEDS[-1])


def state_of(history: History, seconds: float) -> RunState | None:
    """Return the state that belongs to a history, or None before the run started."""
    started, prepared, finished = history.started, history.prepared, history.finished
    if started is None:
        return None
    config, epochs = started.config, history.epochs
    judged = epochs["val_accuracy"][-_SPARKLINE_POINTS:] if history.has_val else ()
    sparkline = tuple(np.round(judged, 4).tolist())
    return RunState(
        run=started.run,
        dataset=config.dataset,
        model=config.model.name,
        seed=config.seed,
        epochs=config.epochs,
        phase=history.phase.phase if history.phase else "starting",
        status=finished.status if finished else "",
        reason=finished.reason if finished else "",
        epoch=len(epochs),
        step=last_step(history),
        total_steps=prepared.steps_per_epoch * config.epochs if prepared else 0,
        best_epoch=history.best_epoch,
        best_metric=config.best_metric,
        best_value=_best_value(history, config.best_metric),
        test_accuracy=finished.test.accuracy if finished and finished.test else None,
        sparkline=sparkline,
        num_parameters=prepared.num_parameters if prepared else 0,
        started=started.time,
        updated=started.time + seconds,
        seconds=seconds,
        study=started.study,
        trial=started.trial,
        parent=started.parent,
        parent_step=started.parent_step,
    )


def _best_value(history: History, metric: str) -> float | None:
    """Return what the best epoch reached on val, if there is one and it was judged."""
    if history.best_epoch is None or not history.has_val:
        return None
    return float(history.epochs[metric][history.epochs["epoch"] == history.best_epoch][-1])
