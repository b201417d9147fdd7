"""What a run says while it happens: frozen, typed events, and their JSON lines. Imports no torch.

Accuracy is a fraction in [0, 1]; epochs and steps count from 1; times are seconds since 1970.
Fields named in `MEASURED` differ between two runs of one config; all others are reproducible.
"""

import dataclasses
import json
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

from pydantic_core import from_json as parse_json

from engine.config import RunConfig

EVENT_SCHEMA = 1
MEASURED = frozenset(
    {
        "time",
        "run",
        "seconds",
        "val_seconds",
        "data_seconds",
        "images_per_second",
        "device",
        "threads",
    }
)

Phase = Literal["loading data", "building", "training", "validating", "testing", "paused"]
Status = Literal["completed", "stopped", "pruned", "failed"]


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """Per class: pictures that belong to it, were called it, and both."""

    support: tuple[int, ...]
    predicted: tuple[int, ...]
    correct: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TestResult:
    """What the best checkpoint reached on test, which is read once per finished run."""

    loss: float
    accuracy: float
    num_correct: int
    num_pictures: int
    counts: ClassCounts

    __test__ = False  # not a test case, whatever pytest thinks of the name


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first event: which run, and what it is to do."""

    time: float
    run: str
    config: RunConfig
    parent: str | None = None
    parent_step: int | None = None
    study: str | None = None
    trial: int | None = None


@dataclass(frozen=True, slots=True)
class RunResumed:
    """The run goes on from a checkpoint; what was logged past it did not happen."""

    time: float
    step: int
    epoch: int  # complete epochs in the checkpoint


@dataclass(frozen=True, slots=True)
class RunPrepared:
    """What is known once the pictures are loaded and the model is built."""

    time: float
    classes: tuple[str, ...]
    picture_shape: tuple[int, int, int]  # channels, height, width
    num_train: int
    num_val: int
    num_test: int
    num_parameters: int
    steps_per_epoch: int
    data_digest: str
    device: str
    precision: str
    threads: int


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """A phase began or advanced; `done` of `total` where that is known."""

    time: float
    phase: Phase
    done: int = 0
    total: int = 0
    what: str = ""


@dataclass(frozen=True, slots=True)
class StepCompleted:
    """A group of steps on a fixed grid (at most 200 groups an epoch), ending with `step`."""

    time: float
    epoch: int
    step: int
    count: int
    loss: float
    loss_min: float
    loss_max: float
    lr: float
    momentum: float
    images_per_second: float


@dataclass(frozen=True, slots=True)
class EpochCompleted:
    """An epoch was trained and validated. `train_*` are running means over its steps.

    Without val its figures are NaN, its counts 0, and each epoch is the best.
    """

    time: float
    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    lr: float
    is_best: bool
    counts: ClassCounts
    seconds: float  # training alone
    val_seconds: float
    data_seconds: float  # the part of `seconds` spent on making batches
    images_per_second: float


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """The full state, or the best weights, are safe on disk."""

    time: float
    step: int
    epoch: int
    kind: Literal["last", "best"]


@dataclass(frozen=True, slots=True)
class Intervened:
    """A command from outside took effect after `step` steps."""

    time: float
    command_id: str
    command: str
    step: int
    phase: Phase
    key: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know, in a sentence."""

    time: float
    step: int
    level: Literal["info", "warning", "error"]
    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last event: how the run ended, and why."""

    time: float
    status: Status
    reason: str
    epoch: int
    step: int
    best_epoch: int | None = None
    best_value: float | None = None
    test: TestResult | None = None


Event = (
    RunStarted
    | RunResumed
    | RunPrepared
    | PhaseChanged
    | StepCompleted
    | EpochCompleted
    | CheckpointSaved
    | Intervened
    | Notice
    | RunFinished
)
_EVENTS: dict[str, type[Any]] = {cls.__name__: cls for cls in Event.__args__}
_NESTED: dict[str, type[Any]] = {"counts": ClassCounts, "test": TestResult}
_FIELDS: dict[type[Any], tuple[str, ...]] = {
    cls: tuple(field.name for field in dataclasses.fields(cls))
    for cls in (*_EVENTS.values(), *_NESTED.values())
}
_step_values = itemgetter(*_FIELDS[StepCompleted])


def to_json(event: Event) -> str:
    """Return the event as one line of JSON (with NaN and Infinity as Python writes them)."""
    fields: dict[str, Any] = {"event": type(event).__name__}
    if isinstance(event, RunStarted):
        fields["schema"] = EVENT_SCHEMA
    for name in _FIELDS[type(event)]:
        value = getattr(event, name)
        if isinstance(value, RunConfig):
            value = value.model_dump(mode="json")
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = dataclasses.asdict(value)
        fields[name] = value
    return json.dumps(fields, separators=(",", ":"))


def from_json(line: str | bytes) -> Event | None:
    """Return the event of a line, or None for a cut line or an event of a newer version.

    Unknown fields of a known event are ignored, so that a newer log can still be read.
    """
    try:
        fields = parse_json(line)  # four times as fast as the standard library, on long logs
        if fields["event"] == "StepCompleted":
            return StepCompleted(*_step_values(fields))
        cls = _EVENTS.get(fields.pop("event"))
        if cls is None:
            return None
        event: Event = _build(cls, fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return event


def _build(cls: type[Any], fields: dict[str, Any]) -> Any:
    known = {name: _decoded(cls, name, fields[name]) for name in _FIELDS[cls] if name in fields}
    return cls(**known)


def _decoded(cls: type[Any], name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if not isinstance(value, dict):
        return value
    if cls is RunStarted:
        return RunConfig.model_validate(value)
    return _build(_NESTED[name], value)
