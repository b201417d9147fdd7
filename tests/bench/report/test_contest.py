"""Over many synthetic studies, the verdict's figures are right as often as they say."""

from dataclasses import replace

import numpy as np
import pytest

from bench.report.contest import Contest
from bench.report.finalists import candidates, finalists
from tests.bench.report.synthetic import synthetic_study, truth

STUDIES = 100


@pytest.fixture(scope="module")
def outcomes() -> list[dict[str, float]]:
    """Return for each study what held."""
    return [_outcome(seed) for seed in range(STUDIES)]


def _outcome(seed: int) -> dict[str, float]:
    study = synthetic_study(seed=500 + seed)
    shown = finalists(study)
    contest = Contest.of(study, shown)
    true = [truth(f.trial.params) for f in shown]
    rows = candidates(study, shown)
    gap, baseline = contest.gap(), contest.best_baseline()
    return {
        "winner": rows[0].confirm.low <= true[0] <= rows[0].confirm.high,
        "test": rows[0].test.low <= true[0] <= rows[0].test.high,
        "gap": gap.low <= true[0] - true[baseline] <= gap.high,
        "best stays": int(np.argmax(true)) in contest.tied,
        "better": contest.is_better(),
        "told": contest.probability(),
        "came": true[0] > true[1],
        "optimism": contest.optimism(),
        "search": rows[0].search_value - true[0],
        "confirmed": rows[0].confirm.value - true[0],
    }


def _rate(outcomes: list[dict[str, float]], key: str) -> float:
    return float(np.mean([outcome[key] for outcome in outcomes]))


@pytest.mark.parametrize("interval", ["winner", "test", "gap"])
def test_intervals_of_the_winner_cover_its_truth(
    outcomes: list[dict[str, float]], interval: str
) -> None:
    assert _rate(outcomes, interval) >= 0.9


def test_the_truly_best_is_among_those_not_told_apart(outcomes: list[dict[str, float]]) -> None:
    assert _rate(outcomes, "best stays") >= 0.95


def test_a_real_lead_of_three_noise_widths_is_mostly_told(
    outcomes: list[dict[str, float]],
) -> None:
    assert _rate(outcomes, "better") >= 0.8


def test_the_probability_against_the_runner_up_is_right_on_average(
    outcomes: list[dict[str, float]],
) -> None:
    assert _rate(outcomes, "told") == pytest.approx(_rate(outcomes, "came"), abs=0.12)


def test_confirmed_means_are_less_optimistic_than_search_values(
    outcomes: list[dict[str, float]],
) -> None:
    assert 0 < _rate(outcomes, "confirmed") < _rate(outcomes, "search")
    assert _rate(outcomes, "optimism") == pytest.approx(_rate(outcomes, "confirmed"), abs=0.0015)


def test_where_nothing_is_better_it_is_seldom_claimed() -> None:
    """All candidates are copies of one baseline, drawn anew."""
    random, claimed = np.random.default_rng(0), []
    study = synthetic_study()
    for _ in range(300):
        common = {run.seed: random.normal(0.93, 0.002) for run in study.confirms}
        confirms = tuple(
            replace(run, value=common[run.seed] + random.normal(0, 0.0035))
            for run in study.confirms
        )
        equals = replace(study, confirms=confirms)
        claimed.append(Contest.of(equals, finalists(equals)).is_better())
    assert np.mean(claimed) <= 0.05
