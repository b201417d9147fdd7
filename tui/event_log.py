"""The events of a run in words, in order of time, rebuilt from its history."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.events import CheckpointSaved, EpochCompleted, Event, Intervened, Notice, RunFinished
from engine.history import EPOCH_COLUMNS, History
from engine.metrics import wilson_interval
from tui import format as fmt
from tui import lines

Kind = Literal["epoch", "best", "info", "warning", "error", "command", "fact"]
_AT_ONCE = 2000  # epochs that are put into words in one go: some 20 ms
_DAY = 86400


class Entry(NamedTuple):
    """One event; the last parts of an epoch may be left out, any other text is wrapped."""

    time: float
    kind: Kind
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it, in one line."""
        return "  ".join(self.parts)


class EventLog:
    """The events of a history; those of epochs are put into words when they are asked for."""

    def __init__(self) -> None:
        self._history = History()
        self._epochs: list[Entry | None] = []
        self._others: list[Entry] = []
        self._order: NDArray[np.int64] = np.arange(0)
        self._searchable = 0  # epochs, from the first, that are all in words

    def __len__(self) -> int:
        return len(self._order)

    def take(self, history: History) -> None:
        """Take in a history: a longer one, one resumed or sought back, or another run's."""
        if history.started != self._history.started or (
            len(history.resumes) != len(self._history.resumes)
        ):
            self._epochs, self._searchable = [], 0
        self._history = history
        number = len(history.epochs)
        self._epochs = self._epochs[:number] + [None] * (number - len(self._epochs))
        self._searchable = min(self._searchable, number)
        self._others = sorted(_others(history), key=lambda entry: entry.time)
        times = np.array([entry.time for entry in self._others])
        places = np.searchsorted(history.epochs["time"], times, side="right")
        codes = -1 - np.arange(len(self._others))
        self._order = np.insert(np.arange(number), places, codes)

    def are_epochs(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which events are complete epochs, whose words fit into a line."""
        return self._order[places] >= 0

    def entry(self, place: int) -> Entry:
        """Return the event at a place in the order of time."""
        code = int(self._order[place])
        if code < 0:
            return self._others[-1 - code]
        known = self._epochs[code]
        if known is None:
            known = self._epochs[code] = next(self._worded(code, code + 1))
        return known

    def places(self, needle: str = "") -> NDArray[np.int64]:
        """Return the places of all events, or of those whose words hold the needle in any case.

        Only epochs that were put into words by `prepare` are found.
        """
        if not needle:
            return np.arange(len(self))
        needle = needle.casefold()
        ready = np.flatnonzero(self._order < self._searchable).tolist()
        found = [place for place in ready if needle in self.entry(place).text.casefold()]
        return np.array(found, dtype=np.int64)

    def prepare(self) -> bool:
        """Put some more epochs into words, so that they can be searched; tell whether more wait."""
        first = self._searchable
        last = min(first + _AT_ONCE, len(self._epochs))
        self._epochs[first:last] = self._worded(first, last)
        self._searchable = last
        return last < len(self._epochs)

    def _worded(self, first: int, last: int) -> Iterator[Entry]:
        epochs, config = self._history.epochs, self._history.config
        columns = [epochs[name][first:last].tolist() for name in EPOCH_COLUMNS]
        counts = self._history.counts[first:last]
        for row, count in zip(zip(*columns, strict=True), counts, strict=True):
            values = dict(zip(EPOCH_COLUMNS, row, strict=True))
            values |= {"epoch": int(values["epoch"]), "step": int(values["step"])}
            event = EpochCompleted(counts=count, **values | {"is_best": bool(values["is_best"])})
            kind: Kind = "best" if event.is_best and self._history.has_val else "epoch"
            yield Entry(event.time, kind, tuple(lines.epoch_parts(event, config)))


def _others(history: History) -> Iterator[Entry]:
    """Yield the events that are no epochs, in any order."""
    if history.started is not None:
        yield Entry(history.started.time, "fact", (f"run {history.started.run}",))
    if history.prepared is not None:
        for label, text in lines.described(history):
            yield Entry(history.prepared.time, "fact", (f"{label}: {text}",))
    rest: list[Event] = [*history.resumes, *history.interventions, *history.notices]
    rest += [event for event in (history.phase, history.finished) if event is not None]
    for event in rest:
        told = lines.line(event, history)
        if told is not None:
            yield Entry(event.time, _kind(event), (told,))
    if history.checkpoint is not None:
        yield _saved(history.checkpoint)
    if history.finished is not None and history.finished.test is not None:
        yield _tested(history.finished)


def _kind(event: Event) -> Kind:
    if isinstance(event, Notice):
        return event.level
    return "command" if isinstance(event, Intervened) else "fact"


def _saved(event: CheckpointSaved) -> Entry:
    what = "best weights" if event.kind == "best" else "checkpoint"
    return Entry(event.time, "fact", (f"{what} saved after epoch {event.epoch}, "
                                      f"step {fmt.count(event.step)}",))  # fmt: skip


def _tested(event: RunFinished) -> Entry:
    test = event.test
    assert test is not None
    bounds = wilson_interval(test.num_correct, test.num_pictures)
    return Entry(event.time, "fact", (f"test accuracy {fmt.interval(test.accuracy, *bounds)}",))


def clock_format(history: History, now: float) -> str:
    """Return how times are written: with the day where the run is longer than one."""
    started = history.started
    is_long = started is not None and now - started.time > _DAY
    return "%m-%d %H:%M:%S" if is_long else "%H:%M:%S"


def clock_text(seconds: float, form: str) -> str:
    """Return a time of day."""
    return time.strftime(form, time.localtime(seconds))
