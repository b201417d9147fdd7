"""A study whose truth is known: made of numbers, for tests of the statistics and of their screen.

`truth(params)` is the expected accuracy of a configuration; everything else is noise of known size.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from bench.records import ConfirmRecord, StudyRecord, TrialRecord
from bench.space import Dimension, Value, active_values

BATCH_NORM_EFFECT = 0.03
COMMON_SD = 0.002  # of a seed, the same for every configuration: what pairing takes away
OWN_SD = 0.0035  # of a seed and a configuration
NOISE_SD = math.hypot(COMMON_SD, OWN_SD)  # of one training
EPOCHS, NUM_VAL, NUM_TEST = 10, 5_000, 10_000
BEST_LR = 0.08  # near the upper edge, 0.1
RUNGS = (3, 6)

BASELINES: dict[str, dict[str, Value]] = {
    "as published": {
        "model.batch_norm": False,
        "model.width": 32,
        "optimizer.lr": 0.01,
        "label_smoothing": 0.0,
        "schedule.name": "constant",
    },
    "batch norm only": {
        "model.batch_norm": True,
        "model.width": 32,
        "optimizer.lr": 0.01,
        "label_smoothing": 0.0,
        "schedule.name": "constant",
    },
}


T = TypeVar("T")


def space(num_null: int = 1) -> tuple[Dimension, ...]:
    """Return the dimensions; `num_null` of them matter nothing, the first is label_smoothing."""
    null = tuple(
        Dimension(f"model.null_{n}", "float", low=0.0, high=1.0) for n in range(1, num_null)
    )
    return (
        Dimension("model.batch_norm", "choice", choices=(True, False)),
        Dimension("model.width", "int", low=16, high=96, step=16),
        Dimension("optimizer.lr", "float", low=1e-3, high=0.1, log=True),
        Dimension("label_smoothing", "float", low=0.0, high=0.2, step=0.05),
        Dimension("schedule.name", "choice", choices=("constant", "exponential")),
        Dimension(
            "schedule.gamma",
            "float",
            low=0.8,
            high=0.99,
            when={"schedule.name": ("exponential",)},
        ),
        *null,
    )


def truth(params: Mapping[str, Value]) -> float:
    """Return the expected accuracy of a configuration at full length."""
    decades = math.log10(float(params["optimizer.lr"]) / BEST_LR)
    gamma = float(params.get("schedule.gamma", 0.895))
    return (
        0.91
        + BATCH_NORM_EFFECT * bool(params["model.batch_norm"])
        - 0.012 * decades**2
        + 0.004 * (int(params["model.width"]) - 16) / 80
        + 0.004 * (gamma - 0.895) / 0.19
    )


def synthetic_study(
    num_trials: int = 60,
    seed: int = 0,
    confirmed: bool = True,
    seeds: int = 3,
    num_null: int = 1,
) -> StudyRecord:
    """Return a study of `num_trials`, two of them baselines, as two workers would have run it."""
    search = _Search(np.random.default_rng(seed), space(num_null))
    for number in range(num_trials):
        search.run(number)
    study = StudyRecord(
        name="synthetic",
        id="synthetic@0123abcd",
        about="A study whose truth is known",
        space=search.space,
        base=BASELINES["as published"],
        epochs=EPOCHS,
        num_val=NUM_VAL,
        top=5,
        seeds=seeds,
        trials=tuple(search.trials),
        warmup=2,
        facts={
            "command": f"dli tune --study synthetic --trials {num_trials} --workers 2",
            "versions": {"dli": "0.1.0", "optuna": "5.0.0", "torch": "2.13.0"},
            "machine": "two cores of a machine that never was",
            "data": "synthetic, digest 89abcdef",
        },
    )
    if not confirmed:
        return study
    return StudyRecord(**vars(study) | {"confirms": tuple(search.confirms(study))})


@dataclass
class _Search:
    random: np.random.Generator
    space: tuple[Dimension, ...]
    trials: list[TrialRecord] = field(default_factory=list)
    free_at: list[float] = field(default_factory=lambda: [1_790_000_000.0, 1_790_000_002.0])

    def __post_init__(self) -> None:
        # the val pictures, and those of the test, are a draw too: one for the whole study
        sd = math.sqrt(0.93 * 0.07 / 2)
        self.val_offset = self.random.normal(0, sd / math.sqrt(NUM_VAL))
        self.test_offset = self.random.normal(0, sd / math.sqrt(NUM_TEST))

    def run(self, number: int) -> None:
        """Add the next trial."""
        names = list(BASELINES)
        baseline = names[number] if number < len(names) else ""
        params = BASELINES[baseline] | self._nulls() if baseline else self._suggest()
        value = self._value(truth(params) + self.val_offset + self.random.normal(0, NOISE_SD))
        curve = self._curve(value)
        worker = int(np.argmin(self.free_at))
        record = TrialRecord(
            number=number,
            state="complete",
            params=params,
            value=value,
            curve=curve,
            baseline=baseline,
            run=f"synthetic-{number}",
            num_parameters=_num_parameters(params),
            worker=f"machine-a:{worker}",
        )
        record = record if baseline else self._ended_early(record)
        record = _with(record, seconds=record.epochs * _epoch_seconds(params) + 0.3)
        started = self.free_at[worker] + 0.2
        self.free_at[worker] = started + record.seconds
        self.trials.append(_with(record, started=started, finished=self.free_at[worker]))

    def _nulls(self) -> dict[str, Value]:
        return {d.path: 0.5 for d in self.space if "null" in d.path}

    def _suggest(self) -> dict[str, Value]:
        """Draw at random, and later mostly near what was good, as a sampler does."""
        drawn: dict[str, Value] = {d.path: self._drawn(d) for d in self.space}
        good = sorted(
            (t for t in self.trials if t.state == "complete" and t.feasible),
            key=lambda t: -(t.value or 0),
        )[: max(2, len(self.trials) // 5)]
        if len(self.trials) >= 12 and self.random.random() < 0.6:
            parent = good[self.random.integers(len(good))].params
            kept = {p: v for p, v in parent.items() if self.random.random() < 0.6}
            drawn |= kept
        return active_values(self.space, drawn)

    def _drawn(self, dimension: Dimension) -> Value:
        if dimension.num_values() is not None:
            values = dimension.values()
            return values[self.random.integers(len(values))]
        if dimension.log:
            return float(
                math.exp(self.random.uniform(math.log(dimension.low), math.log(dimension.high)))
            )
        return float(self.random.uniform(dimension.low, dimension.high))

    def _value(self, expected: float) -> float:
        return round(min(max(expected, 0), 1) * NUM_VAL) / NUM_VAL

    def _curve(self, value: float) -> tuple[float, ...]:
        gaps = 0.35 * np.exp(-np.arange(1, EPOCHS + 1) / 2)
        gaps += np.abs(self.random.normal(0, 0.006, EPOCHS)) * np.linspace(1.5, 0.3, EPOCHS)
        gaps[-1] = 0.0
        return tuple(self._value(value - gap) for gap in gaps)

    def _ended_early(self, record: TrialRecord) -> TrialRecord:
        number, params = record.number, record.params
        if number % 19 == 11:
            return _with(record, state="failed", value=None, curve=record.curve[:2],
                         cause="DataError", message=f"cannot read picture {number}.")  # fmt: skip
        if number % 17 == 9:
            return _with(record, state="pruned", value=None, curve=(), feasible=False,
                         cause="memory_gb", message="needs 9.1 GB, the limit is 8 GB.")  # fmt: skip
        if float(params["optimizer.lr"]) > 0.09 and not params["model.batch_norm"]:
            return _with(record, state="pruned", value=None, curve=(math.nan,), feasible=False,
                         cause="non-finite loss", message="loss was nan at step 14.")  # fmt: skip
        for rung in RUNGS:
            seen = [t.curve[rung - 1] for t in self.trials if t.epochs >= rung]
            if len(seen) >= 8 and record.curve[rung - 1] < np.quantile(seen, 0.4):
                curve = record.curve[:rung]
                return _with(record, state="pruned", value=curve[-1], curve=curve)
        return record

    def confirms(self, study: StudyRecord) -> list[ConfirmRecord]:
        """Train the best and the baselines again, with the same seeds for all."""
        searched = [trial for trial in study.ranked() if not trial.baseline][: study.top]
        baselines = [trial for trial in study.ranked() if trial.baseline]
        common = self.random.normal(0, COMMON_SD, study.seeds)
        return [
            self._confirm(trial, 1001 + index, common[index])
            for trial in searched + baselines
            for index in range(study.seeds)
        ]

    def _confirm(self, trial: TrialRecord, seed: int, common: float) -> ConfirmRecord:
        expected = truth(trial.params) + common + self.random.normal(0, OWN_SD)
        started = max(self.free_at) + 1
        self.free_at = [started + trial.seconds] * 2
        return ConfirmRecord(
            candidate=trial.number,
            seed=seed,
            state="complete",
            value=self._value(expected + self.val_offset),
            epochs=EPOCHS,
            seconds=trial.seconds,
            test_correct=round((expected + self.test_offset) * NUM_TEST),
            test_total=NUM_TEST,
            run=f"synthetic-{trial.number}-{seed}",
            started=started,
            finished=started + trial.seconds,
        )


def _with(record: TrialRecord, **changes: object) -> TrialRecord:
    return TrialRecord(**{**vars(record), **changes})


def _num_parameters(params: Mapping[str, Value]) -> int:
    width = int(params["model.width"])
    return 9 * width * (3 + width) + 10 * width + (2 * width if params["model.batch_norm"] else 0)


def _epoch_seconds(params: Mapping[str, Value]) -> float:
    return 1 + int(params["model.width"]) / 32 + 0.4 * bool(params["model.batch_norm"])
