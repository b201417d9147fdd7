"""The committed trials of `digits_cnn`, and what the searches reach on them."""

import json

import numpy as np
import pytest

from bench import surrogate as module
from bench.study import Study
from bench.surrogate import TRIALS, Surrogate, compare, load


@pytest.fixture(scope="module")
def loaded() -> tuple[Study, Surrogate]:
    """Return the shipped study and its surrogate."""
    return load(TRIALS)


def test_at_least_300_full_trials_are_kept_with_their_curves(
    loaded: tuple[Study, Surrogate],
) -> None:
    study, surrogate = loaded
    kept = json.loads(TRIALS.read_text())["trials"]

    assert surrogate.num_trials == len(kept) >= 300
    assert {len(trial["curve"]) for trial in kept} == {study.config.epochs}
    assert all(set(trial["params"]) == {d.path for d in study.space} for trial in kept)


def test_the_same_point_and_seed_give_the_same_real_curve(loaded: tuple[Study, Surrogate]) -> None:
    study, surrogate = loaded
    point = {d.path: d.extremes()[0] for d in study.space}
    kept = [trial["curve"] for trial in json.loads(TRIALS.read_text())["trials"]]

    curves = [surrogate.curve(point, seed) for seed in range(30)]

    assert np.array_equal(surrogate.curve(point, 0), curves[0])
    assert all(list(curve) in kept for curve in curves)
    assert len({tuple(curve) for curve in curves}) > 5


def test_good_settings_are_expected_to_be_better_than_poor_ones(
    loaded: tuple[Study, Surrogate],
) -> None:
    _, surrogate = loaded
    good = {
        "optimizer.lr": 0.03, "model.width": 24, "model.batch_norm": True,
        "model.conv_dropout": 0.1, "loss.label_smoothing": 0.1,
    }  # fmt: skip
    poor = good | {"optimizer.lr": 0.5, "model.batch_norm": False, "model.conv_dropout": 0.4}

    assert surrogate.explained > 0.5
    assert surrogate.expected(good) > surrogate.expected(poor) + 0.1


@pytest.mark.slow
def test_the_default_search_reaches_random_searchs_best_in_fewer_epochs(
    loaded: tuple[Study, Surrogate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_RANDOM_TRIALS", 15)  # fewer: the suite is to be quick

    ratios = [compare(*loaded, seed)[0] for seed in range(4)]

    assert np.exp(np.mean(np.log(ratios))) < 1
