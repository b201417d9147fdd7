"""A run at a glance, for one line: read from its state and the end of its log, never all of it."""

import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from engine.events import EpochCompleted, Event, PhaseChanged, RunResumed, StepCompleted
from engine.record import Tail
from engine.runs import RunFolder, RunState
from tui import format as fmt
from tui.listing import LIVE, RowState, row

_END_BYTES = 256 << 10  # of a log: at least one epoch
_PACE_EPOCHS = 5  # that the remaining time is judged from
_BAR = 10
_GAP = "  "
_NOT_ASCII = str.maketrans({fmt.MISSING: "-", "…": "~", "━": "#", "─": "-"})


@dataclass(frozen=True)
class Glance:
    """What is told of a run in one line; `phase` is what it does now, or how it ended.

    `epoch` counts complete epochs, `progress` is the fraction of all steps that are done.
    """

    run: str
    path: str
    state: RowState
    phase: str = ""
    phase_progress: float | None = None
    epoch: int = 0
    epochs: int = 0
    progress: float = 0.0
    loss: float | None = None
    val_accuracy: float | None = None
    best_epoch: int | None = None
    best_metric: str = "val_accuracy"
    best_value: float | None = None
    test_accuracy: float | None = None
    remaining_seconds: float | None = None
    reason: str = ""
    can_resume: bool = False

    @property
    def is_live(self) -> bool:
        """Whether a process trains it now."""
        return self.state in LIVE

    @property
    def is_well(self) -> bool:
        """Whether it trains, or ended as somebody wanted."""
        return self.state not in ("failed", "interrupted", "unreadable")


class _End(Tail):
    """The end of a log, and what comes after; the line that it begins within is passed over."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(folder)
        if self._path.exists():
            self._offset = max(0, self._path.stat().st_size - _END_BYTES)


class Glances:
    """Looks at a run folder again and again."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._end = _End(folder)
        self._phase: PhaseChanged | None = None
        self._epochs: deque[EpochCompleted] = deque(maxlen=_PACE_EPOCHS)
        self._steps: deque[StepCompleted] = deque(maxlen=100)

    def look(self) -> Glance:
        """Return the run as it is now.

        Raises:
            RunError: its log cannot be read.
        """
        shown = row(self._folder)  # before the log, which may tell of more by now
        while events := self._end.read():
            for event in events:
                self._take(event)
        facts = shown.facts
        if facts is None:
            return Glance(shown.run, shown.path, shown.state)
        last = self._epochs[-1] if self._epochs else None
        return Glance(
            run=shown.run,
            path=shown.path,
            state=shown.state,
            phase=facts.phase if shown.state == "running" else shown.state,
            phase_progress=self._phase_progress(facts) if shown.state == "running" else None,
            epoch=facts.epoch,
            epochs=facts.epochs,
            progress=facts.step / facts.total_steps if facts.total_steps else 0.0,
            loss=self._steps[-1].loss if self._steps else None,
            val_accuracy=_known(last.val_accuracy) if last else None,
            best_epoch=facts.best_epoch,
            best_metric=facts.best_metric,
            best_value=facts.best_value,
            test_accuracy=facts.test_accuracy,
            remaining_seconds=self._remaining(facts) if shown.state in LIVE else None,
            reason=facts.reason,
            can_resume=shown.can_resume,
        )

    def _take(self, event: Event) -> None:
        match event:
            case PhaseChanged():
                self._phase = event
            case StepCompleted():
                self._steps.append(event)
            case EpochCompleted():
                self._epochs.append(event)
            case RunResumed():
                self._epochs.clear()
                self._steps.clear()

    def _phase_progress(self, facts: RunState) -> float | None:
        """Return how far the phase is, where it tells: not that of training, which steps tell."""
        phase = self._phase
        if phase is None or phase.phase != facts.phase or not phase.total:
            return None
        return phase.done / phase.total

    def _remaining(self, facts: RunState) -> float | None:
        """Return how long the rest takes at the pace of the last epochs, or of the last steps."""
        left = facts.total_steps - facts.step
        if not facts.total_steps:
            return None
        if self._epochs:
            seconds = [epoch.seconds + epoch.val_seconds for epoch in self._epochs]
            return left / facts.total_steps * facts.epochs * sum(seconds) / len(seconds)
        paces = [
            (later.time - earlier.time) / (later.step - earlier.step)
            for earlier, later in pairwise(self._steps)
            if later.step > earlier.step
        ]
        return left * median(paces) if paces else None  # of the median, for a pause counts nothing


def _known(value: float) -> float | None:
    """Return the value, or None where an epoch was not judged: JSON has no NaN."""
    return value if math.isfinite(value) else None


class _Part(NamedTuple):
    """A piece of the line; the least `rank` is kept longest where not all fit."""

    text: str
    rank: int
    style: str = ""


_STYLES = {"paused": "yellow", "failed": "red", "interrupted": "yellow", "completed": "green"}


def parts_of(glance: Glance, width: int | None = None, ascii_only: bool = False) -> list[_Part]:
    """Return the pieces of the line that fit into `width` columns, all if None, with their colours.

    The last one is cut where even the most important one does not fit.
    """
    parts = _all_parts(glance)
    if ascii_only:
        parts = [part._replace(text=part.text.translate(_NOT_ASCII)) for part in parts]
    if width is None:
        return parts
    kept: list[_Part] = []
    for part in sorted(parts, key=lambda part: part.rank):
        if _length([*kept, part]) <= width:
            kept.append(part)
    if not kept:
        first = min(parts, key=lambda part: part.rank)
        mark = "~" if ascii_only else "…"
        return [first._replace(text=first.text[: max(width - 1, 0)] + mark[:width])]
    return [part for part in parts if part in kept]


def _length(parts: list[_Part]) -> int:
    return sum(len(part.text) for part in parts) + len(_GAP) * (len(parts) - 1)


def line_of(glance: Glance, width: int | None = None, ascii_only: bool = False) -> str:
    """Return the line without colours."""
    return _GAP.join(part.text for part in parts_of(glance, width, ascii_only))


def _all_parts(glance: Glance) -> list[_Part]:
    """Return everything that is known, in the order of reading."""
    parts = [_Part(glance.run, 9), _Part(_phase(glance), 0, _STYLES.get(glance.phase, "bold"))]
    if glance.epochs:
        parts.append(_Part(f"epoch {glance.epoch}/{glance.epochs}", 1))
    if glance.is_live:
        parts += _live(glance)
    if glance.loss is not None and glance.is_live:
        parts.append(_Part(f"loss {fmt.loss(glance.loss)}", 6))
    if glance.val_accuracy is not None:
        parts.append(_Part(f"val {fmt.percent(glance.val_accuracy)}", 3))
    if glance.best_value is not None:
        best = f"best {fmt.metric(glance.best_metric, glance.best_value)}"
        parts.append(_Part(f"{best} at {glance.best_epoch}", 7))
    if glance.test_accuracy is not None:
        parts.append(_Part(f"test {fmt.percent(glance.test_accuracy)}", 2, "green"))
    return parts + _ending(glance)


def _phase(glance: Glance) -> str:
    phase = glance.phase or glance.state
    if glance.phase_progress is None:
        return phase
    if glance.phase == "training" or not glance.phase_progress:
        return phase  # the bar tells of training, and what has only begun needs no number
    return f"{phase} {fmt.percent(glance.phase_progress, 0)}"


def _live(glance: Glance) -> list[_Part]:
    filled = round(min(max(glance.progress, 0.0), 1.0) * _BAR)
    bar = _Part("━" * filled + "─" * (_BAR - filled), 5, "green")
    if not glance.remaining_seconds:
        return [bar]  # all epochs are done: what is left is no training
    return [bar, _Part(f"{fmt.duration(glance.remaining_seconds)} left", 4)]


def _ending(glance: Glance) -> list[_Part]:
    """Return why it ended, and how to go on."""
    parts = []
    if glance.reason and glance.state == "failed":
        parts.append(_Part(glance.reason, 8))
    if glance.can_resume:
        parts.append(_Part(f"go on: dli train --resume {glance.run}", 2, "bold"))
    return parts
