"""What a search says while it happens; consoles and the UI are loops over these. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.records import ConfirmRecord, Params, TrialRecord

Stage = Literal["search", "confirm"]
EndStatus = Literal["complete", "stopped", "time is up", "failed"]


@dataclass(frozen=True)
class StudyOpened:
    """The study is in its storage; `finished` of `target` configurations were tried before."""

    time: float
    id: str
    url: str
    target: int
    finished: int
    workers: int
    threads: int


@dataclass(frozen=True)
class StageBegan:
    """The search, or the confirm stage, begins or goes on with so many trainings to do."""

    time: float
    stage: Stage
    to_do: int
    finished: int


@dataclass(frozen=True)
class TrialBegan:
    """A worker has taken a trial; `again` if it goes on after it was put back or killed."""

    time: float
    stage: Stage
    number: int
    params: Params
    run: str
    worker: str
    again: bool


@dataclass(frozen=True)
class TrialEnded:
    """A trial is complete, pruned or failed; what it reached stands in the record."""

    time: float
    stage: Stage
    number: int
    record: TrialRecord | ConfirmRecord
    is_best: bool
    finished: int
    target: int


@dataclass(frozen=True)
class TrialPutBack:
    """A trial is queued again, and will go on from its checkpoint."""

    time: float
    stage: Stage
    number: int
    reason: str


@dataclass(frozen=True)
class WorkerEnded:
    """A worker of this machine ended by itself; an exit code below 0 is the signal that did it."""

    time: float
    worker: int
    exit_code: int
    log: str


@dataclass(frozen=True)
class Believed:
    """What explains the values so far: shares by setting, which sum to 1."""

    time: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Ticked:
    """Time passed: the runs being trained, by trial number, and how many trials are to begin."""

    time: float
    stage: Stage
    running: Mapping[int, str]
    to_do: int


@dataclass(frozen=True)
class StudyEnded:
    """The last event: how it ended, and what there is."""

    time: float
    status: EndStatus
    reason: str
    finished: int
    target: int
    to_confirm: int  # trainings of the confirm stage that are still to do
    causes: Mapping[str, int]  # failed and infeasible trials by cause


TuningEvent = (
    StudyOpened
    | StageBegan
    | TrialBegan
    | TrialEnded
    | TrialPutBack
    | WorkerEnded
    | Believed
    | Ticked
    | StudyEnded
)
