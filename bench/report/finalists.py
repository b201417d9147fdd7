"""The candidates of a study: the best of the search and the baselines, and what fresh seeds did."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench.records import ConfirmRecord, StudyRecord, TrialRecord
from bench.report.types import Candidate, Interval
from bench.space import Dimension, Value
from bench.stats import Race, counted_interval, mean_interval

_NEAR = 0.05  # of a continuous range counts as its edge
_FEWEST = 3  # values that a stepped range needs for its ends to be edges


@dataclass(frozen=True)
class Finalist:
    """A trial that is worth a row: with its confirm runs that are complete, by seed."""

    trial: TrialRecord
    runs: Mapping[int, ConfirmRecord]
    failed: int  # confirm runs that ended badly

    @property
    def values(self) -> tuple[float, ...]:
        """Val accuracy of each fresh seed, in the seeds' order."""
        return tuple(run.value for _, run in sorted(self.runs.items()) if run.value is not None)

    @property
    def name(self) -> str:
        """How sentences call it."""
        if self.trial.baseline:
            return f'baseline "{self.trial.baseline}"'
        return f"trial {self.trial.number}"


def finalists(study: StudyRecord) -> tuple[Finalist, ...]:
    """Return the top of the search, the baselines and all that was confirmed, the best first.

    Confirmed ones stand before the rest and go by their confirmed mean, a baseline first if it is
    as good; the rest go by search value. Once the confirm stage is over, those that lost a seed
    stand below those that they cannot be compared with.
    """
    confirmed = {run.candidate for run in study.confirms}
    ranked = study.ranked()
    searched = [trial.number for trial in ranked if not trial.baseline][: study.top]
    chosen = confirmed | set(searched) | {t.number for t in ranked if t.baseline}
    found = [_finalist(study, trial) for trial in study.trials if trial.number in chosen]
    most = 0 if confirm_progress(study).left else max((len(f.values) for f in found), default=0)
    return tuple(sorted(found, key=lambda f: (0 < len(f.values) < most, _order(f))))


@dataclass(frozen=True)
class ConfirmProgress:
    """How many runs of the confirm stage have ended, well or badly, and how many are to come."""

    ended: int
    left: int


def confirm_progress(study: StudyRecord) -> ConfirmProgress:
    """Return how far the confirm stage is.

    To come is what waits or runs, and what a candidate that was begun with lacks of its seeds;
    one that came to the top later, or left it since, is not awaited.
    """
    open_runs = sum(run.state in ("waiting", "running") for run in study.confirms)
    held = Counter(run.candidate for run in study.confirms)
    ranked = study.ranked()
    searched = [trial.number for trial in ranked if not trial.baseline][: study.top]
    planned = [*searched, *(trial.number for trial in ranked if trial.baseline)]
    lacking = sum(max(0, study.seeds - held[number]) for number in planned if held[number])
    return ConfirmProgress(len(study.confirms) - open_runs, open_runs + lacking)


def _order(finalist: Finalist) -> tuple[float, bool, float, int]:
    trial, values = finalist.trial, finalist.values
    mean = round(float(np.mean(values)), 9) if values else -1.0
    return -mean, bool(values) and not trial.baseline, -(trial.value or 0.0), trial.number


def _finalist(study: StudyRecord, trial: TrialRecord) -> Finalist:
    runs = [run for run in study.confirms if run.candidate == trial.number]
    complete = {r.seed: r for r in runs if r.state == "complete" and r.value is not None}
    bad = sum(run.state in ("failed", "pruned") for run in runs)
    return Finalist(trial, complete, bad)


def race(rivals: Sequence[Finalist], pictures: int) -> Race:
    """Return the confirmed val accuracies, a row for each finalist and a column for each seed."""
    seeds = sorted({seed for finalist in rivals for seed in finalist.runs})
    table = np.full((len(rivals), len(seeds)), np.nan)
    for row, finalist in enumerate(rivals):
        for seed, run in finalist.runs.items():
            table[row, seeds.index(seed)] = run.value
    return Race(table, pictures)


def candidates(study: StudyRecord, shown: Sequence[Finalist]) -> tuple[Candidate, ...]:
    """Return the finalists as rows of a table: only the settings in which they differ."""
    differing = [d.path for d in study.space if _differs(d.path, shown)]
    return tuple(_candidate(study, finalist, differing) for finalist in shown)


def _differs(path: str, shown: Sequence[Finalist]) -> bool:
    return len({repr(finalist.trial.params.get(path)) for finalist in shown}) > 1


def _candidate(study: StudyRecord, finalist: Finalist, differing: Sequence[str]) -> Candidate:
    trial, values = finalist.trial, finalist.values
    counts = [
        (run.test_correct, run.test_total)
        for _, run in sorted(finalist.runs.items())
        if run.test_correct is not None and run.test_total
    ]
    return Candidate(
        trial=trial.number,
        baseline=trial.baseline,
        params={path: trial.params[path] for path in differing if path in trial.params},
        search_value=trial.value,
        confirm_values=values,
        confirm=mean_interval(values, study.num_val) if values else None,
        test_values=tuple(right / total for right, total in counts),
        test=_tested(counts),
        num_parameters=trial.num_parameters,
        seconds=trial.seconds,
        epochs=trial.epochs,
        at_edge=edges(study.space, trial.params),
    )


def _tested(counts: Sequence[tuple[int, int]]) -> Interval | None:
    if not counts:
        return None
    return counted_interval([right for right, _ in counts], [total for _, total in counts])


def edges(
    space: Sequence[Dimension], params: Mapping[str, Value]
) -> dict[str, Literal["low", "high"]]:
    """Return the settings whose value lies at an end of their range.

    Of a continuum the outer 5 % count, of a grid of three values or more its ends. A lower end of
    0 is where something is off: it cannot be widened and does not count.
    """
    found: dict[str, Literal["low", "high"]] = {}
    for dimension in space:
        if dimension.path not in params or dimension.kind == "choice":
            continue
        count = dimension.num_values()
        if count is not None and count < _FEWEST:
            continue
        near = _NEAR if count is None or count > 1 / _NEAR else 1e-9
        place = dimension.position(params[dimension.path])
        if place >= 1 - near:
            found[dimension.path] = "high"
        elif place <= near and dimension.low != 0:
            found[dimension.path] = "low"
    return found
