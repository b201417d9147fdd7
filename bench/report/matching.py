"""Matched pairs: what one setting does, other things being nearly equal.

Trials of a search are no experiment: a sampler puts good values together. So two groups of trials
are compared only in pairs that agree in every other choice and nearly agree in every other number,
each trial used once; and what is left of the differences in other numbers is taken out by a
regression of the pairs' differences, whose intercept is the effect.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.records import TrialRecord
from bench.space import Dimension
from bench.stats import Estimate, estimate

Floats = NDArray[np.float64]
CALIPER = 0.25  # the most that a pair may differ in any other number, as a share of its range
FEWEST_PAIRS = 6
_SPARE = 4  # pairs that a regression needs beyond its coefficients
_FORBIDDEN = 1e6


@dataclass(frozen=True)
class Effect:
    """What one side has over the other; `pairs` is 0 if a model of all trials told it."""

    estimate: Estimate
    pairs: int
    trials: int  # that it rests on

    def at_least(self, pictures: int) -> "Effect":
        """Return the effect with an error that values on so many pictures have at least.

        Where no pair differs, as on few pictures, the plain error is 0, but up to 3/N of the
        pictures may have been judged differently without being seen.
        """
        groups = self.pairs or self.trials / 2
        least = math.sqrt(3 / groups) / max(pictures, 1)
        error = max(self.estimate.error, least)
        return replace(self, estimate=replace(self.estimate, error=error))


@dataclass(frozen=True)
class Design:
    """Complete trials as numbers: `kinds` (N,) equal where all choices agree, `numbers` (N, M)."""

    kinds: NDArray[np.int64]
    numbers: Floats
    values: Floats

    @classmethod
    def of(cls, trials: Sequence[TrialRecord], others: Sequence[Dimension]) -> "Design":
        """Return the design of trials over all dimensions but the one in question.

        A number that does not exist in a trial is told by `kinds`, and counts as 0.
        """
        labels = [repr([_label(d, trial) for d in others]) for trial in trials]
        numbers = [d for d in others if d.kind != "choice"]
        table = [[_position(d, trial) for d in numbers] for trial in trials]
        return cls(
            kinds=np.unique(labels, return_inverse=True)[1].astype(np.int64),
            numbers=np.asarray(table, float).reshape(len(trials), len(numbers)),
            values=np.array([trial.value or 0.0 for trial in trials]),
        )


def _label(dimension: Dimension, trial: TrialRecord) -> object:
    if dimension.kind == "choice":
        return trial.params.get(dimension.path)
    return dimension.path in trial.params


def _position(dimension: Dimension, trial: TrialRecord) -> float:
    if dimension.path not in trial.params:
        return 0.0
    return dimension.position(trial.params[dimension.path])


def matched_effect(design: Design, treated: NDArray[np.bool_]) -> Effect | None:
    """Return what the treated trials have over the others, from matched pairs; None if too few."""
    first, second = pairs(design, treated)
    if len(first) < FEWEST_PAIRS:
        return None
    differences = design.values[first] - design.values[second]
    remains = design.numbers[first] - design.numbers[second]
    adjusted = _intercept(differences, remains)
    plain = estimate(differences) if adjusted is None else adjusted
    return None if plain is None else Effect(plain, len(first), 2 * len(first))


def pairs(
    design: Design, treated: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return matched trials, treated and other ones; as many as there can be, then the nearest."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = np.flatnonzero(treated), np.flatnonzero(~treated)
    if not len(rows) or not len(columns):
        return rows, columns
    gaps = np.abs(design.numbers[rows][:, None] - design.numbers[columns])  # (R, C, M)
    allowed = design.kinds[rows][:, None] == design.kinds[columns]
    if gaps.shape[2]:
        allowed &= gaps.max(axis=2) <= CALIPER
    cost = np.where(allowed, np.sqrt((gaps**2).sum(axis=2)), _FORBIDDEN)
    left, right = linear_sum_assignment(cost)
    kept = allowed[left, right]
    return rows[left[kept]], columns[right[kept]]


def _intercept(differences: Floats, remains: Floats) -> Estimate | None:
    """Return the differences' mean with the remains regressed out; None with too few pairs.

    A number that hardly ever differs within pairs is left out.
    """
    kept = remains[:, np.abs(remains).mean(axis=0) > 0.01] if remains.size else remains
    if not kept.shape[1] or len(differences) < kept.shape[1] + 1 + _SPARE:
        return None
    return least_squares(np.column_stack([np.ones(len(differences)), kept]), differences)


def least_squares(columns: Floats, values: Floats) -> Estimate | None:
    """Return the first column's coefficient with its t error; None if it is not determined."""
    count = len(values)
    _, _, rank, _ = np.linalg.lstsq(columns, values, rcond=None)
    inverse = np.linalg.pinv(columns.T @ columns)
    others = columns[:, 1:]
    alone = columns[:, 0] - others @ np.linalg.lstsq(others, columns[:, 0], rcond=None)[0]
    df = count - int(rank)
    if df < 1 or float(alone @ alone) < 1e-8 * count:
        return None
    coefficients = inverse @ columns.T @ values
    residual = values - columns @ coefficients
    variance = float(residual @ residual) / df * float(inverse[0, 0])
    return Estimate(float(coefficients[0]), math.sqrt(max(variance, 0.0)), df)


def modelled_effect(
    trials: Sequence[TrialRecord], others: Sequence[Dimension], treated: NDArray[np.bool_]
) -> Effect | None:
    """Return what the treated trials have over the others by a linear model of all of them.

    The model adds up an effect of each other choice, and a parabola over each other number. None
    with fewer than 10 trials to spare, or where other settings determine who is treated.
    """
    columns = [treated.astype(float), np.ones(len(trials))]
    for dimension in others:
        columns += _model_columns(dimension, trials)
    values = np.array([trial.value or 0.0 for trial in trials])
    found = least_squares(np.column_stack(columns), values)
    if found is None or found.df < 10:
        return None
    return Effect(found, 0, len(trials))


def _model_columns(dimension: Dimension, trials: Sequence[TrialRecord]) -> list[Floats]:
    if dimension.kind == "choice":
        labels = [repr(trial.params.get(dimension.path)) for trial in trials]
        return [np.array([label == one for label in labels], float) for one in set(labels)]
    place = np.array([_position(dimension, trial) for trial in trials])
    exists = np.array([dimension.path in trial.params for trial in trials], float)
    return [exists, place, place**2]
