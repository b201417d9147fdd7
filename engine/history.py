"""`History`: the fold of a run's events, cheap to extend and to look at while it grows.

Numbers lie in append-only tables, so a snapshot shares them and costs nothing. Imports no torch.
"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from engine.config import RunConfig
from engine.events import (
    MEASURED,
    CheckpointSaved,
    ClassCounts,
    EpochCompleted,
    Event,
    Intervened,
    Notice,
    PhaseChanged,
    RunFinished,
    RunPrepared,
    RunResumed,
    RunStarted,
    StepCompleted,
)

STEP_COLUMNS = (
    "time", "epoch", "step", "count", "loss", "loss_min", "loss_max", "lr", "momentum",
    "images_per_second",
)  # fmt: skip
EPOCH_COLUMNS = (
    "time", "epoch", "step", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr",
    "is_best", "seconds", "val_seconds", "data_seconds", "images_per_second",
)  # fmt: skip


class Table:
    """Rows of float64 that are only ever appended; `table["loss"]` is a read-only view."""

    def __init__(
        self, columns: tuple[str, ...], rows: NDArray[np.float64] | None = None, length: int = 0
    ) -> None:
        self.columns = columns
        self._rows = np.empty((64, len(columns))) if rows is None else rows
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, column: str) -> NDArray[np.float64]:
        view = self._rows[: self._length, self.columns.index(column)]
        view.flags.writeable = False
        return view

    def append(self, row: tuple[float, ...]) -> None:
        """Add a row, in O(1) amortised; views taken before keep their values."""
        if self._length == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._length] = row
        self._length += 1

    def keep_while(self, column: str, limit: float) -> None:
        """Drop the rows past `limit`; views taken before keep theirs, as the rest is copied."""
        self._length = int(np.searchsorted(self[column], limit, side="right"))
        self._rows = self._rows[: max(self._length, 64)].copy()

    def shared(self) -> "Table":
        """Return a table with the rows so far, which later appends here do not change."""
        return Table(self.columns, self._rows, self._length)

    def copy(self) -> "Table":
        """Return a table of its own with the same rows, which may be appended to."""
        return Table(self.columns, self._rows[: max(self._length, 64)].copy(), self._length)

    def same(self, other: "Table", measured: bool) -> bool:
        """Tell whether all columns agree, NaN equal to NaN; `measured` ones only if asked."""
        names = [name for name in self.columns if measured or name not in MEASURED]
        return len(self) == len(other) and all(
            np.array_equal(self[name], other[name], equal_nan=True) for name in names
        )


class History:
    """All that a run has said so far.

    `steps` and `epochs` are tables (`STEP_COLUMNS`, `EPOCH_COLUMNS`), `counts[e - 1]` the val
    counts per class of epoch e. Whoever wants to keep it while it grows takes a `snapshot()`.
    """

    def __init__(self) -> None:
        self.started: RunStarted | None = None
        self.prepared: RunPrepared | None = None
        self.phase: PhaseChanged | None = None
        self.steps = Table(STEP_COLUMNS)
        self.epochs = Table(EPOCH_COLUMNS)
        self.counts: list[ClassCounts] = []
        self.interventions: list[Intervened] = []
        self.notices: list[Notice] = []
        self.resumes: list[RunResumed] = []
        self.checkpoint: CheckpointSaved | None = None
        self.finished: RunFinished | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """Return the fold of all the events."""
        history = cls()
        for event in events:
            history.fold(event)
        return history

    def fold(self, event: Event) -> None:
        """Take in one event, in O(1)."""
        self._folds[type(event)](self, event)

    @property
    def config(self) -> RunConfig | None:
        """The run's config, once it started."""
        return self.started.config if self.started else None

    @property
    def has_val(self) -> bool:
        """Whether epochs are judged on val pictures, as far as is known."""
        return self.config is None or self.config.data.has_val

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose weights are kept as the best, or None before the first."""
        best = np.flatnonzero(self.epochs["is_best"])
        return int(self.epochs["epoch"][best[-1]]) if len(best) else None

    def snapshot(self) -> "History":
        """Return the history so far, which later folds here do not change; not to be folded on."""
        copy = History.__new__(History)
        copy.__dict__ = {
            name: list(value) if isinstance(value, list) else value
            for name, value in vars(self).items()
        }
        copy.steps, copy.epochs = self.steps.shared(), self.epochs.shared()
        return copy

    def copy(self) -> "History":
        """Return an equal history that can be folded on by itself, also from a snapshot."""
        copy = self.snapshot()
        copy.steps, copy.epochs = self.steps.copy(), self.epochs.copy()
        return copy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and self._same(other, measured=True)

    __hash__ = None  # type: ignore[assignment]  # it grows

    def same_course(self, other: "History") -> bool:
        """Tell whether both tell of the same training: all but measured fields are equal.

        Interruptions (resumes, pauses, checkpoints, phases) are measured too: they depend on when
        somebody intervened, not on the config.
        """
        return self._same(other, measured=False)

    def _same(self, other: "History", measured: bool) -> bool:
        tables = self.steps.same(other.steps, measured) and self.epochs.same(other.epochs, measured)
        names = ["started", "prepared", "finished"]
        lists = ["phase", "checkpoint", "notices", "interventions", "resumes"] if measured else []
        return (
            tables
            and self.counts == other.counts
            and all(
                _facts(getattr(self, name), measured) == _facts(getattr(other, name), measured)
                for name in names + lists
            )
        )

    def _start(self, event: RunStarted) -> None:
        self.started = event

    def _resume(self, event: RunResumed) -> None:
        self.steps.keep_while("step", event.step)
        self.epochs.keep_while("epoch", event.epoch)
        self.counts = self.counts[: len(self.epochs)]
        self.interventions = [done for done in self.interventions if done.step <= event.step]
        self.notices = [notice for notice in self.notices if notice.step <= event.step]
        self.finished = None
        self.resumes.append(event)

    def _prepare(self, event: RunPrepared) -> None:
        self.prepared = event

    def _phase(self, event: PhaseChanged) -> None:
        self.phase = event

    def _step(self, event: StepCompleted) -> None:
        self.steps.append(
            (event.time, event.epoch, event.step, event.count, event.loss, event.loss_min,
             event.loss_max, event.lr, event.momentum, event.images_per_second)
        )  # fmt: skip

    def _epoch(self, event: EpochCompleted) -> None:
        self.epochs.append(tuple(float(getattr(event, name)) for name in EPOCH_COLUMNS))
        self.counts.append(event.counts)

    def _checkpoint(self, event: CheckpointSaved) -> None:
        self.checkpoint = event

    def _intervene(self, event: Intervened) -> None:
        """A command that is done again after a resume takes the place of the first time."""
        self.interventions = [
            done for done in self.interventions if done.command_id != event.command_id
        ]
        self.interventions.append(event)

    def _notice(self, event: Notice) -> None:
        """A run that is killed before its first checkpoint says at once again what it said."""
        said = [(notice.step, notice.text) for notice in self.notices]
        if (event.step, event.text) not in said:
            self.notices.append(event)

    def _finish(self, event: RunFinished) -> None:
        self.finished = event

    _folds: ClassVar[dict[type[Any], Callable[["History", Any], None]]] = {
        RunStarted: _start,
        RunResumed: _resume,
        RunPrepared: _prepare,
        PhaseChanged: _phase,
        StepCompleted: _step,
        EpochCompleted: _epoch,
        CheckpointSaved: _checkpoint,
        Intervened: _intervene,
        Notice: _notice,
        RunFinished: _finish,
    }


def _facts(value: Any, measured: bool) -> str:
    """Return a text that is equal for equal facts (`repr` makes NaN equal to NaN)."""
    if measured or value is None:
        return repr(value)
    names = [name for name in type(value).__dataclass_fields__ if name not in MEASURED]
    return repr([(name, getattr(value, name)) for name in names])
