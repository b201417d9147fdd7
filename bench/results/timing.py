"""What a run took, by the times of its events. Imports no torch."""

from collections.abc import Iterable

from bench.results.result import Seconds
from engine.events import EpochCompleted, Event, PhaseChanged, RunStarted, StepCompleted


class Watch:
    """A clock that stands still in pauses and between a stop and the resume.

    `now` are the seconds that it showed at the last event. Steps that a kill took back, and that
    were made again, count twice: that is what the run took.
    """

    def __init__(self) -> None:
        self.now = self.set_up = 0.0
        self.until_best: float | None = None
        self._earlier = self._part = 0.0  # training of earlier parts, and of this one
        self._began, self._first_step = 0.0, -1.0
        self._last_event: Event | None = None
        self._is_paused = False
        self._dataset = ""

    def see(self, event: Event) -> None:
        """Take in the next event."""
        if self._begins_part(event):
            self._earlier, self._part = self.training, 0.0
            self._began, self._first_step = self.now, -1.0
            self._is_paused = False
        elif self._last_event is not None and not self._is_paused:
            self.now += max(event.time - self._last_event.time, 0.0)
        self._last_event = event
        if isinstance(event, RunStarted):
            self._dataset = event.config.dataset
        elif isinstance(event, PhaseChanged):
            self._enter(event)
        elif isinstance(event, StepCompleted):
            self._part = self.now - self._first_step
        elif isinstance(event, EpochCompleted) and event.is_best:
            self.until_best = self._earlier + self.now - self._first_step

    @property
    def training(self) -> float:
        """From the first step to the last, summed over the parts."""
        return self._earlier + self._part

    def _begins_part(self, event: Event) -> bool:
        """Tell whether another trainer takes the run up: it says first that it loads the data."""
        return (
            isinstance(event, PhaseChanged)
            and (event.phase, event.what, event.total) == ("loading data", self._dataset, 0)
            and not isinstance(self._last_event, RunStarted)
        )

    def _enter(self, event: PhaseChanged) -> None:
        self._is_paused = event.phase == "paused"
        if event.phase == "training" and self._first_step < 0:
            self._first_step = self.now
            self.set_up += self.now - self._began


def seconds_of(events: Iterable[Event]) -> Seconds:
    """Return what a run took, from its log."""
    watch = Watch()
    for event in events:
        watch.see(event)
    return Seconds(
        set_up=watch.set_up,
        training=watch.training,
        until_best=watch.until_best,
        all=watch.now,
    )
