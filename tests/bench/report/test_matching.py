"""Matched pairs are matched, and their intervals hold the truth as often as they say."""

import random

import numpy as np
import pytest

from bench.records import TrialRecord
from bench.report.matching import (
    CALIPER,
    Design,
    Effect,
    least_squares,
    matched_effect,
    modelled_effect,
    pairs,
)
from bench.space import draw
from bench.stats import Estimate
from tests.bench.report.synthetic import (
    BATCH_NORM_EFFECT,
    NOISE_SD,
    space,
    synthetic_study,
    truth,
)

BATCH_NORM = "model.batch_norm"
OTHERS = [d for d in space() if d.path != BATCH_NORM]
TRUTHS = {BATCH_NORM: BATCH_NORM_EFFECT, "schedule.name": 0.0}


def at_random(count: int, seed: int) -> list[TrialRecord]:
    numbers, noise = random.Random(seed), np.random.default_rng(seed)
    points = [draw(space(), numbers) for _ in range(count)]
    return [
        TrialRecord(n, "complete", p, value=truth(p) + noise.normal(0, NOISE_SD))
        for n, p in enumerate(points)
    ]


def with_batch_norm(trials: list[TrialRecord]) -> np.ndarray:
    return np.array([trial.params[BATCH_NORM] is True for trial in trials])


def test_each_trial_is_used_once_and_pairs_agree_or_nearly_agree() -> None:
    trials = at_random(120, seed=0)
    design, treated = Design.of(trials, OTHERS), with_batch_norm(trials)

    first, second = pairs(design, treated)

    assert len(first) >= 20
    assert len({*first, *second}) == 2 * len(first)
    assert treated[first].all()
    assert not treated[second].any()
    for a, b in zip(first, second, strict=True):
        assert trials[a].params["schedule.name"] == trials[b].params["schedule.name"]
        assert np.abs(design.numbers[a] - design.numbers[b]).max() <= CALIPER


def test_identical_twins_give_their_plain_difference() -> None:
    points = [draw(OTHERS, random.Random(n)) for n in range(8)]
    trials = [
        TrialRecord(2 * n + on, "complete", {**p, BATCH_NORM: bool(on)}, value=0.9 + 0.02 * on)
        for n, p in enumerate(points)
        for on in (0, 1)
    ]
    found = matched_effect(Design.of(trials, OTHERS), with_batch_norm(trials))
    assert found.pairs == 8
    assert found.estimate.value == pytest.approx(0.02)


def test_too_few_pairs_are_none() -> None:
    trials = at_random(12, seed=1)
    assert matched_effect(Design.of(trials, OTHERS), with_batch_norm(trials)) is None


def test_one_sided_trials_have_no_pairs() -> None:
    trials = at_random(30, seed=1)
    first, second = pairs(Design.of(trials, OTHERS), np.ones(30, bool))
    assert len(first) == 0 or len(second) == 0


@pytest.mark.parametrize("path", TRUTHS)
@pytest.mark.parametrize("count", [40, 100])
def test_matched_intervals_cover_on_random_trials(path: str, count: int) -> None:
    others = [d for d in space() if d.path != path and path not in d.when]
    on = {BATCH_NORM: True, "schedule.name": "exponential"}[path]
    covered, errors = [], []
    for seed in range(110):
        trials = at_random(count, seed)
        treated = np.array([trial.params[path] == on for trial in trials])
        found = matched_effect(Design.of(trials, others), treated)
        if found is not None:
            interval = found.estimate.interval()
            covered.append(interval.low <= TRUTHS[path] <= interval.high)
            errors.append(interval.value - TRUTHS[path])
    assert len(covered) > 75
    assert np.mean(covered) >= 0.9
    assert abs(np.mean(errors)) < 0.0005


def test_matching_undoes_what_a_sampler_put_together() -> None:
    """Batch norm is drawn mostly with the better learning rates: a plain difference is fooled."""
    covered, naive = [], []
    for seed in range(60):
        trials = at_random(200, seed)
        rates = np.array([float(trial.params["optimizer.lr"]) for trial in trials])
        chance = np.where(rates > 0.01, 0.75, 0.25)
        wanted = np.random.default_rng(seed).random(200) < chance
        kept = [t for t, on in zip(trials, wanted, strict=True) if t.params[BATCH_NORM] == on]
        treated = with_batch_norm(kept)
        interval = matched_effect(Design.of(kept, OTHERS), treated).estimate.interval()
        covered.append(interval.low <= BATCH_NORM_EFFECT <= interval.high)
        values = np.array([trial.value for trial in kept])
        naive.append(values[treated].mean() - values[~treated].mean())
    assert np.mean(naive) > BATCH_NORM_EFFECT + 0.005
    assert np.mean(covered) >= 0.88


def test_matched_intervals_cover_on_trials_that_a_sampler_chose_and_a_pruner_cut() -> None:
    others = [d for d in space() if d.path != "label_smoothing"]
    covered = []
    for seed in range(50):
        trials = synthetic_study(150, seed=seed).complete()
        treated = np.array([float(t.params["label_smoothing"]) >= 0.1 for t in trials])
        found = matched_effect(Design.of(trials, others), treated)
        if found is not None:
            interval = found.estimate.interval()
            covered.append(interval.low <= 0 <= interval.high)
    assert len(covered) > 40
    assert np.mean(covered) >= 0.88


def test_modelled_intervals_cover_on_random_trials() -> None:
    covered = []
    for seed in range(150):
        trials = at_random(40, seed)
        found = modelled_effect(trials, OTHERS, with_batch_norm(trials))
        interval = found.estimate.interval()
        covered.append(interval.low <= BATCH_NORM_EFFECT <= interval.high)
        assert (found.pairs, found.trials) == (0, 40)
    assert np.mean(covered) >= 0.9


def test_a_model_of_few_trials_or_of_one_side_is_none() -> None:
    trials = at_random(15, seed=0)
    assert modelled_effect(trials, OTHERS, with_batch_norm(trials)) is None
    many = at_random(60, seed=0)
    assert modelled_effect(many, OTHERS, np.ones(60, bool)) is None
    exponential = np.array([t.params["schedule.name"] == "exponential" for t in many])
    assert modelled_effect(many, OTHERS, exponential) is None  # another setting decides it


def test_least_squares_has_the_known_answer_and_error() -> None:
    x = np.array([0.0, 1, 2, 3, 4])
    y = np.array([1.0, 3.1, 4.9, 7.2, 8.8])
    found = least_squares(np.column_stack([x, np.ones(5)]), y)
    residual = y - np.polyval(np.polyfit(x, y, 1), x)
    assert found.value == pytest.approx(np.polyfit(x, y, 1)[0])
    assert found.error == pytest.approx(np.sqrt((residual**2).sum() / 3 / 10))
    assert found.df == 3


def test_pairs_that_all_agree_are_no_certainty() -> None:
    effect = Effect(Estimate(0.0, 0.0, 11), pairs=12, trials=24).at_least(pictures=100)
    interval = effect.estimate.interval()
    assert interval.low < -0.01
    assert interval.high > 0.01
    steady = Effect(Estimate(0.0, 0.02, 11), pairs=12, trials=24)
    assert steady.at_least(pictures=100) == steady
