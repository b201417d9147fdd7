"""What is known of a study, as plain data: the one thing that statistics and reports work on.

`bench.storage` reads it from Optuna's storage; tests make it by hand. Accuracy is a fraction in
[0, 1]; epochs count from 1; times are seconds since 1970. Imports neither torch nor Optuna.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.space import Dimension, Value

TrialState = Literal["waiting", "running", "complete", "pruned", "failed"]
Params = Mapping[str, Value]  # config path → value, of the searched settings that are active


@dataclass(frozen=True)
class TrialRecord:
    """One configuration that was searched.

    `value` is the val accuracy of the best epoch if complete, the last reported one if pruned.
    `curve` has the val accuracy of each epoch (NaN where none was reported). A trial that broke a
    limit, diverged or ran out of memory is pruned, not feasible, and `cause` names which; a failed
    one has its cause too: an error's kind, or "killed".
    """

    number: int
    state: TrialState
    params: Params
    value: float | None = None
    curve: tuple[float, ...] = ()
    feasible: bool = True
    baseline: str = ""  # its name, if it is one
    cause: str = ""
    message: str = ""
    run: str = ""
    num_parameters: int = 0
    seconds: float = 0.0
    worker: str = ""
    started: float | None = None
    finished: float | None = None

    @property
    def epochs(self) -> int:
        """Epochs that were trained."""
        return len(self.curve)


@dataclass(frozen=True)
class ConfirmRecord:
    """One further training of a configuration of the search, at full length with a fresh seed."""

    candidate: int  # the number of the trial of the search
    seed: int
    state: TrialState
    value: float | None = None  # val accuracy of the best epoch
    epochs: int = 0
    seconds: float = 0.0
    test_correct: int | None = None
    test_total: int | None = None
    run: str = ""
    cause: str = ""
    message: str = ""
    started: float | None = None
    finished: float | None = None


@dataclass(frozen=True)
class StudyRecord:
    """A study with all its trials; `id` is `name@hash8`."""

    name: str
    id: str
    about: str
    space: tuple[Dimension, ...]
    base: Mapping[str, Value]  # the base's own value of each dimension, where it has one
    epochs: int  # that a full trial trains
    num_val: int
    top: int  # how many the confirm stage takes, besides the baselines
    seeds: int  # fresh seeds for each
    trials: tuple[TrialRecord, ...]
    confirms: tuple[ConfirmRecord, ...] = ()
    warmup: int = 0  # epochs before the pruner may prune
    facts: Mapping[str, Any] = field(default_factory=dict)  # how to repeat it: command, versions …

    def finished(self) -> tuple[TrialRecord, ...]:
        """Return the trials that are complete or pruned."""
        return tuple(trial for trial in self.trials if trial.state in ("complete", "pruned"))

    def complete(self) -> tuple[TrialRecord, ...]:
        """Return the feasible trials that were trained to the end."""
        return tuple(
            trial
            for trial in self.trials
            if trial.state == "complete" and trial.feasible and trial.value is not None
        )

    def ranked(self) -> tuple[TrialRecord, ...]:
        """Return the complete trials, the best first; ties go to the earlier."""
        return tuple(sorted(self.complete(), key=lambda trial: (-(trial.value or 0), trial.number)))
