"""The log of a run on a time line of training, and the history at any place of it."""

from bisect import bisect_right

from engine.errors import DliError
from engine.events import EpochCompleted, Event, Intervened, PhaseChanged, RunFinished, RunResumed
from engine.history import History
from engine.record import Tail
from engine.runs import RunFolder

_EVERY = 1000  # events from one checkpoint of the history to the next: some 2 ms of folding
_MOST = 128  # checkpoints; beyond that every other one goes
_STANDSTILL = 1.0  # seconds that are left of a pause or an interruption
_LONG = 60.0  # seconds without an event that may be a machine that slept


class Recording:
    """Every event of a log, read bit by bit, each at its place on the time line.

    Places are seconds since the first event, in which a pause, the time between an interruption
    and its resume, and a sleep of the machine count one second.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.events: list[Event] = []
        self.places: list[float] = []  # rising, one for each event
        self.epoch_ends: list[float] = []  # rising; an epoch done again after a resume is in twice
        self.end_of_epoch: dict[int, float] = {}  # where each came to stay
        self.marks: list[float] = []  # where somebody stepped in, or the run was taken up again
        self.is_reading = True  # whether older parts of the log are still to come
        self.problem = ""
        self._tail = Tail(folder)
        self._whole = History()
        self._every = _EVERY
        self._checkpoints = [History().snapshot()]  # after 0, _every, 2 * _every ... events
        self._is_paused = False
        self._longest = 0.0  # seconds between two events while it trained

    def read(self, limit: int) -> bool:
        """Take in the next part of the log, of about `limit` bytes; tell whether there was one."""
        try:
            events = self._tail.read(limit)
        except DliError as error:
            self.problem, self.is_reading = str(error), False
            return False
        self.problem = ""
        for event in events:
            self._take(event)
        self.is_reading = bool(events) and self._tail.is_behind
        return bool(events)

    @property
    def duration(self) -> float:
        """The place of the last event so far."""
        return self.places[-1] if self.places else 0.0

    @property
    def history(self) -> History:
        """All that was read so far; grows."""
        return self._whole

    def count_at(self, place: float) -> int:
        """Return how many events happened up to a place."""
        return bisect_right(self.places, place)

    def history_at(self, count: int) -> History:
        """Return the fold of the first `count` events, to be folded on."""
        nearest = min(count // self._every, len(self._checkpoints) - 1)
        history = self._checkpoints[nearest].copy()
        for event in self.events[nearest * self._every : count]:
            history.fold(event)
        return history

    def time_at(self, place: float) -> float | None:
        """Return what time it was, in seconds since 1970, or None in an empty log."""
        count = self.count_at(place)
        if not count:
            return None
        return self.events[count - 1].time + (place - self.places[count - 1])

    def _take(self, event: Event) -> None:
        self.places.append(self.duration + self._gap_before(event))
        self.events.append(event)
        self._whole.fold(event)
        if isinstance(event, EpochCompleted):
            self.epoch_ends.append(self.places[-1])
            self.end_of_epoch[event.epoch] = self.places[-1]
        if isinstance(event, Intervened | RunResumed):
            self.marks.append(self.places[-1])
        if isinstance(event, PhaseChanged):
            self._is_paused = event.phase == "paused"
        if len(self.events) % self._every == 0:
            self._checkpoints.append(self._whole.snapshot())
        if len(self._checkpoints) > _MOST:
            self._checkpoints, self._every = self._checkpoints[::2], 2 * self._every

    def _gap_before(self, event: Event) -> float:
        """Return the seconds of training since the last event; clocks may have been set back."""
        if not self.events:
            return 0.0
        gap = max(event.time - self.events[-1].time, 0.0)
        if self._stood_still(event) or gap > max(_LONG, 20 * self._longest):
            return min(gap, _STANDSTILL)
        self._longest = max(self._longest, gap)
        return gap

    def _stood_still(self, event: Event) -> bool:
        """Tell whether the run was paused, or not there, until this event."""
        begins = (
            isinstance(event, PhaseChanged) and event.phase == "loading data" and not event.done
        )
        return (
            self._is_paused
            or isinstance(event, RunResumed)
            or isinstance(self.events[-1], RunFinished)
            or begins
        )
