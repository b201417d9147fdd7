"""`Result`: a run's summary, small enough to be kept for good. Imports no torch.

Accuracy is a fraction, times are seconds; numbers have six significant digits, and what is not
known is None. Nothing in it tells where the run's files lie or what its machine is called.
"""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from engine.errors import RunError
from engine.options import Options

RESULT_SCHEMA = 1
COLUMNS = (
    "train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr", "seconds", "val_seconds",
    "images_per_second",
)  # fmt: skip


class Machine(Options):
    """What a run was computed with."""

    processor: str
    cores: int
    device: str
    gpu: str | None
    precision: str
    threads: int
    python: str
    torch: str
    dli: str


class Parts(Options):
    """Pictures in each part of the data."""

    train: int
    val: int
    test: int


class Ending(Options):
    """How a run ended; without val pictures the last epoch is the best, and has no value."""

    status: Literal["completed", "stopped", "interrupted"]
    reason: str
    epochs: int  # done
    planned: int
    best_epoch: int | None
    best_metric: str
    best_value: float | None
    best_val_accuracy: float | None


class Tested(Options):
    """What the best epoch's weights reached on test."""

    accuracy: float
    num_correct: int
    num_pictures: int
    loss: float | None


class Seconds(Options):
    """What a run took. Pauses, and the times between a stop and the resume, are left out."""

    set_up: float = Field(description="From the start, or a resume, until steps are made.")
    training: float = Field(description="From the first step to the last, val in between.")
    until_best: float | None = Field(description="From the first step to the best epoch's end.")
    all: float = Field(description="From the first event to the last.")


class Result(Options):
    """What a run of a study's recipe, or of a variant of it, came to."""

    study: str
    variant: str = Field(description="What differs from the study's base; empty for the recipe.")
    data: str = Field(description="The data set's name for people.")
    command: str = Field(description="The command that repeats it.")
    config: dict[str, Any] = Field(description="All settings; a folder by its last part.")
    data_digest: str
    parts: Parts
    num_parameters: int
    seed: int
    machine: Machine
    epoch: tuple[int, ...] = Field(description="The epochs in the columns; all, unless too many.")
    columns: dict[str, tuple[float | None, ...]] = Field(description="A value for each `epoch`.")
    ending: Ending
    test: Tested | None
    seconds: Seconds
    date: str = Field(description="The day on which it began, as 2026-01-31.")
    shared: bool = Field(False, description="Other work ran beside it: times are upper bounds.")
    bare_cnn_images_per_second: float | None = Field(
        None, description="What the bare `cnn` loop of `dli bench` made in the same minute."
    )

    @model_validator(mode="after")
    def _columns_are_whole(self) -> "Result":
        if set(self.columns) != set(COLUMNS):
            raise ValueError(f"its columns must be {', '.join(COLUMNS)}")
        if {len(column) for column in self.columns.values()} != {len(self.epoch)}:
            raise ValueError("its columns must be as long as its epochs")
        return self

    @property
    def key(self) -> tuple[str, str, str, int, int]:
        """What two results of the same run have in common."""
        return (self.study, self.variant, self.data_digest, self.seed, self.ending.planned)

    @property
    def is_complete(self) -> bool:
        """Whether all was trained that was to be."""
        return self.ending.status == "completed"

    def to_json(self) -> str:
        """Return the file's text: a line for each entry, so that changes are seen."""
        entries = {"schema": RESULT_SCHEMA} | self.model_dump(mode="json")
        columns = entries.pop("columns")
        lines = [f" {_text(key)}: {_text(value)}" for key, value in entries.items()]
        inner = ",\n".join(f"  {_text(key)}: {_text(value)}" for key, value in columns.items())
        lines.append(f' "columns": {{\n{inner}\n }}')
        return "{\n" + ",\n".join(lines) + "\n}\n"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read(path: Path) -> Result:
    """Return the result that a file holds.

    Raises:
        RunError: it cannot be read, or is no result of this version.
    """
    try:
        values = json.loads(path.read_bytes())
        schema = values.pop("schema")
    except OSError as error:
        raise RunError(f"cannot read the result {path}: {error.strerror}.") from None
    except (ValueError, KeyError, AttributeError, TypeError):
        raise RunError(f"{path} is no result of a run; `dli results add RUN` makes one.") from None
    if schema != RESULT_SCHEMA:
        raise RunError(f"{path} has schema {schema}, but this dli reads {RESULT_SCHEMA}; update.")
    try:
        return Result.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise RunError(f"{path} is damaged: {where}: {first['msg']}; add the run again.") from None
