"""The report of a study as plain, frozen data: computed once, cached as JSON, drawn by `tui`.

Accuracies and their differences are fractions in [0, 1]; intervals are 95 % unless named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bench.space import Value


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; both ends are None where it cannot be told."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Candidate:
    """A configuration: what the search saw of it, and what fresh seeds did."""

    trial: int
    baseline: str  # its name, or ""
    params: Mapping[str, Value]  # only what differs between the candidates shown
    search_value: float | None  # val accuracy that the search saw, once
    confirm_values: tuple[float, ...]  # val accuracy of each fresh seed, in the seeds' order
    confirm: Interval | None  # their mean
    test_values: tuple[float, ...]  # test accuracy of each fresh seed
    test: Interval | None  # their mean
    num_parameters: int
    seconds: float  # of one full training
    epochs: int
    at_edge: Mapping[str, Literal["low", "high"]]  # settings at the end of their range


VerdictKind = Literal["better", "not enough evidence", "not confirmed", "nothing finished"]


@dataclass(frozen=True)
class Verdict:
    """What to take away. `better` is said only where the evidence carries it.

    `sentences` say it all in order; the figures are beside them for those who read data.
    """

    kind: VerdictKind
    sentences: tuple[str, ...]
    recommended: Candidate | None
    best_baseline: Candidate | None
    gap_to_baseline: Interval | None  # recommended minus best baseline, paired by seed
    runner_up: Candidate | None
    probability_better: float | None  # that recommended really beats the runner-up
    tied: tuple[int, ...]  # trials that cannot be told apart from the recommended one
    shrinkage: float | None  # search value minus confirmed mean of the recommended one
    settings: Mapping[str, Value]  # every setting of the recommended one that the search chose


@dataclass(frozen=True)
class Insight:
    """One sentence with its evidence."""

    kind: Literal["effect", "edge", "no effect", "interaction", "note"]
    path: str
    sentence: str
    effect: Interval | None = None
    pairs: int = 0


@dataclass(frozen=True)
class ProgressPoint:
    """One finished trial: its own value and the best so far."""

    trial: int
    finished_seconds: float  # since the study's first trial started, pauses between included
    value: float | None  # None where nothing was reached
    best: float | None
    state: str


@dataclass(frozen=True)
class Importance:
    """How much of the variation a setting explains (PED-ANOVA's share), beside pure chance."""

    path: str
    share: float
    low: float  # bootstrap 95 %
    high: float
    noise_floor: float  # what it would have by chance: the values shuffled, 1 − 5 % / settings
    is_noise: bool


@dataclass(frozen=True)
class SliceBin:
    """The trials whose value of a setting lies in one part of its range."""

    label: str
    count: int  # complete trials
    best: float | None
    median: float | None
    not_complete: int  # pruned, infeasible or failed ones


@dataclass(frozen=True)
class Slice:
    """One setting over its range."""

    path: str
    bins: tuple[SliceBin, ...]


@dataclass(frozen=True)
class Rail:
    """One top trial: where each of its settings lies between first (0) and last (1)."""

    trial: int
    baseline: str
    value: float
    positions: Mapping[str, float | None]  # None: the setting does not exist in this trial
    texts: Mapping[str, str]


@dataclass(frozen=True)
class ParetoPoint:
    """A trial that no other beats in accuracy without costing more, for one kind of cost."""

    trial: int
    baseline: str
    value: float
    cost: float  # parameters, or seconds of training
    is_on_front: bool


@dataclass(frozen=True)
class PrunerAudit:
    """What early stopping saved, and whether its early looks agree with the end."""

    pruned: int
    epochs_saved: int
    epochs_full: int  # that all finished trials would have trained without pruning
    rung: int | None  # epoch after which most pruned trials were stopped
    agreement: Interval | None  # rank correlation of the values at the rung and at the end
    num_complete: int  # trials that the agreement rests on
    sentence: str


@dataclass(frozen=True)
class Failure:
    """Trials that ended for one cause."""

    cause: str
    count: int
    trials: tuple[int, ...]
    example: str  # the message of one


@dataclass(frozen=True)
class WorkerUse:
    """How busy one worker was, from its first trial's start to its last one's end."""

    worker: str
    trials: int
    busy_seconds: float
    span_seconds: float


@dataclass(frozen=True)
class Report:
    """All of it, in the order in which it is shown."""

    name: str
    id: str
    about: str
    counts: Mapping[str, int]  # trials by state
    epochs: int
    num_val: int
    verdict: Verdict
    top: tuple[Candidate, ...]
    insights: tuple[Insight, ...]
    progress: tuple[ProgressPoint, ...]
    baselines: Mapping[str, float]  # search value of each baseline that is complete
    importance: tuple[Importance, ...]
    importance_note: str  # why there is none, or how many trials it rests on
    slices: tuple[Slice, ...]
    rails: tuple[Rail, ...]
    pareto_parameters: tuple[ParetoPoint, ...]
    pareto_seconds: tuple[ParetoPoint, ...]
    pruner: PrunerAudit
    failures: tuple[Failure, ...]
    workers: tuple[WorkerUse, ...]
    facts: Mapping[str, Any]  # the command that repeats it, versions, machine, hashes
