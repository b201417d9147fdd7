"""Known answers: intervals cover as often as they say, pairing pays, ties are honest."""

import math

import numpy as np
import pytest
from scipy import stats as reference

from bench.stats import (
    Belief,
    Estimate,
    Race,
    counted_interval,
    estimate,
    holm,
    mean_interval,
    rank_agreement,
)
from engine.metrics import wilson_interval

COMMON, OWN = 0.002, 0.0035  # sd of a seed for all candidates, and for one
MANY = 10**9  # pictures, so that only seeds are chance


def races(count: int, candidates: int = 6, seeds: int = 3, spread: float = 0.0, seed: int = 0):
    """Yield true means and values of simulated confirm stages, the best mean first."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        truth = 0.93 + random.normal(0, spread, candidates)
        values = truth[:, None] + random.normal(0, COMMON, seeds)
        values += random.normal(0, OWN, (candidates, seeds))
        order = np.argsort(-values.mean(axis=1))
        yield truth[order], values[order]


def contains(interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


class TestMean:
    def test_with_endless_pictures_it_is_the_t_interval(self) -> None:
        values = [0.91, 0.93, 0.92, 0.95]
        low, high = reference.t.interval(0.95, 3, np.mean(values), reference.sem(values))

        interval = mean_interval(values, MANY)

        assert (interval.value, interval.low, interval.high) == pytest.approx(
            (0.9275, low, high), rel=1e-4
        )

    @pytest.mark.parametrize(("seeds", "pictures"), [(2, 1_000), (3, 500), (3, 10_000), (10, 500)])
    def test_it_covers_the_expected_accuracy_over_seeds_and_pictures(
        self, seeds: int, pictures: int
    ) -> None:
        random, truth, covered = np.random.default_rng(1), 0.9, []
        for _ in range(400):
            # half of the pictures' variance is theirs, half comes again with every seed
            known = truth + random.normal(0, math.sqrt(truth * (1 - truth) / 2 / pictures))
            sd = math.hypot(OWN, math.sqrt(truth * (1 - truth) / 2 / pictures))
            covered.append(
                contains(mean_interval(random.normal(known, sd, seeds), pictures), truth)
            )
        assert 0.93 <= np.mean(covered) <= 1

    def test_equal_values_are_no_certainty(self) -> None:
        interval = mean_interval([0.97, 0.97, 0.97], 1_000)
        low, high = wilson_interval(970, 1_000)

        assert interval.low == pytest.approx(low, abs=0.002)
        assert interval.high == pytest.approx(high, abs=0.002)

    def test_perfect_values_are_no_certainty_and_stay_below_1(self) -> None:
        interval = mean_interval([1.0, 1.0], 100)
        assert interval.low < 0.98
        assert interval.high == 1

    def test_one_seed_has_no_interval(self) -> None:
        assert mean_interval([0.9], 1_000).low is None
        assert estimate([0.9]) is None

    def test_one_seed_on_the_test_split_is_wilsons_interval(self) -> None:
        interval = counted_interval([95], [100])
        assert (interval.low, interval.high) == wilson_interval(95, 100)

    def test_several_seeds_on_the_test_split_are_a_mean(self) -> None:
        assert counted_interval([95, 97], [100, 100]) == mean_interval([0.95, 0.97], 100)


class TestPairs:
    def test_two_candidates_alone_are_the_paired_t_test(self) -> None:
        values = np.array([[0.95, 0.93, 0.96, 0.94], [0.93, 0.92, 0.95, 0.90]])
        known = reference.ttest_rel(*values)

        gap = Race(values, MANY).difference(0, 1)

        low, high = known.confidence_interval(0.95)
        interval = gap.interval()
        assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-4)
        assert gap.p_two_sided() == pytest.approx(known.pvalue, rel=1e-3)

    def test_the_pooled_spread_is_that_of_rows_and_columns(self) -> None:
        _, values = next(races(1))
        residual = values - values.mean(1, keepdims=True) - values.mean(0) + values.mean()

        race = Race(values, MANY)

        assert race.df == 10
        assert race.spread == pytest.approx(2 * (residual**2).sum() / 10)

    @pytest.mark.parametrize("seeds", [2, 3, 5])
    @pytest.mark.parametrize("candidates", [2, 7])
    def test_paired_intervals_cover_as_often_as_they_say(self, seeds: int, candidates: int) -> None:
        random, covered = np.random.default_rng(seeds), []
        for truth, values in races(600, candidates, seeds, spread=0.005):
            a, b = random.permutation(candidates)[:2]
            interval = Race(values, MANY).difference(a, b).interval()
            covered.append(contains(interval, truth[a] - truth[b]))
        assert 0.93 <= np.mean(covered) <= 0.985

    def test_paired_intervals_cover_when_some_candidates_are_less_steady(self) -> None:
        random, covered = np.random.default_rng(2), []
        for _ in range(600):
            sd = OWN * np.exp(random.normal(0, 0.35, 7))
            values = 0.9 + random.normal(0, COMMON, 3) + sd[:, None] * random.normal(size=(7, 3))
            covered.append(contains(Race(values, MANY).difference(0, 1).interval(), 0.0))
        assert 0.93 <= np.mean(covered) <= 0.985

    def test_the_lead_of_the_best_over_a_clearly_worse_baseline_covers(self) -> None:
        covered = []
        for _, values in races(600, seed=3):
            truth = np.array([*[0.93] * 6, 0.92])
            baseline = 0.92 + np.random.default_rng(len(covered)).normal(0, OWN, 3)
            interval = Race(np.vstack([values, baseline]), MANY).difference(0, 6).interval()
            covered.append(contains(interval, truth[0] - truth[6]))
        assert np.mean(covered) >= 0.87  # the best of six equals: the rest of the curse

    def test_pairing_takes_out_what_a_seed_does_to_all(self) -> None:
        random = np.random.default_rng(4)
        values = 0.9 + random.normal(0, 0.02, 5) + random.normal(0, 0.001, (3, 5))

        paired = Race(values, MANY).difference(0, 1).interval()

        unpaired = reference.ttest_ind(values[0], values[1]).confidence_interval(0.95)
        assert paired.high - paired.low < 0.25 * (unpaired.high - unpaired.low)

    def test_without_a_shared_part_pairing_costs_little(self) -> None:
        widths = []
        for seed in range(200):
            values = np.random.default_rng(seed).normal(0.9, 0.004, (5, 4))
            paired = Race(values, MANY).difference(0, 1).interval()
            unpaired = reference.ttest_ind(values[0], values[1]).confidence_interval(0.95)
            widths.append((paired.high - paired.low) / (unpaired.high - unpaired.low))
        assert np.median(widths) < 1.1

    def test_ties_on_few_pictures_are_no_certainty(self) -> None:
        race = Race(np.full((2, 3), 0.9), pictures=100)
        interval = race.difference(0, 1).interval()
        assert interval.low < -0.02
        assert interval.high > 0.02
        assert race.may_be_best(0) == (0, 1)

    def test_a_missing_seed_is_left_out_of_its_pairs_only(self) -> None:
        _, values = next(races(1, seeds=4))
        values[1, 2] = math.nan
        race = Race(values, MANY)

        assert race.difference(0, 1).value == pytest.approx(
            np.mean((values[0] - values[1])[[0, 1, 3]])
        )
        assert race.difference(0, 2).value == pytest.approx(np.mean(values[0] - values[2]))

    def test_one_seed_tells_nothing(self) -> None:
        race = Race(np.array([[0.99], [0.5], [0.1]]), MANY)
        assert race.difference(0, 2) is None
        assert race.may_be_best(0) == (0, 1, 2)
        assert race.belief([0, 1, 2]) is None
        assert race.seeds_to_tell(0, 1) is None

    def test_a_candidate_alone_may_be_the_best(self) -> None:
        assert Race(np.array([[0.9, 0.91]]), MANY).may_be_best(0) == (0,)


class TestBest:
    @pytest.mark.parametrize("spread", [0.0, 0.003])
    def test_the_truly_best_stays_in_the_set(self, spread: float) -> None:
        kept = [
            int(np.argmax(truth)) in Race(values, MANY).may_be_best(0)
            for truth, values in races(400, spread=spread)
        ]
        assert np.mean(kept) >= 0.95

    def test_what_is_much_worse_falls_out(self) -> None:
        fallen = []
        for _, values in races(100):
            values[5] -= 0.03
            fallen.append(5 not in Race(values, MANY).may_be_best(0))
        assert np.mean(fallen) > 0.95

    def test_a_lead_needs_fewer_seeds_the_larger_it_is(self) -> None:
        _, values = next(races(1))
        small, large = values.copy(), values.copy()
        small[0] = values[5] + 0.004
        large[0] = values[5] + 0.02

        needed = [Race(table, MANY).seeds_to_tell(0, 5) for table in (large, small)]

        assert needed[0] is not None
        assert needed[1] is None or needed[0] < needed[1]

    def test_no_number_of_seeds_tells_equals_apart(self) -> None:
        _, values = next(races(1))
        values[5] = values[0]
        assert Race(values, MANY).seeds_to_tell(0, 5) is None


class TestBelief:
    def test_equal_means_are_even_chances(self) -> None:
        assert Belief([0.9, 0.9, 0.9], 0.01, 4).better(0, 1) == pytest.approx(0.5)

    def test_a_wide_lead_is_certain_and_hardly_shrinks(self) -> None:
        belief = Belief([0.9, 0.7, 0.5, 0.3], 0.001, 8)
        assert belief.better(0, 1) > 0.999
        assert belief.mean(0) == pytest.approx(0.9, abs=1e-3)

    @pytest.mark.parametrize(("spread", "least"), [(0.002, 0.6), (0.008, 0.78)])
    def test_between_two_probabilities_claim_no_more_than_comes_true(
        self, spread: float, least: float
    ) -> None:
        told = [
            (Race(values, MANY).belief([0, 1]).better(0, 1), truth[0] > truth[1])
            for truth, values in races(400, candidates=2, spread=spread)
        ]
        claimed = np.mean([p for p, _ in told])
        assert least < claimed < np.mean([came for _, came in told]) + 0.03

    @pytest.mark.parametrize("spread", [0.001, 0.004])
    def test_probabilities_are_right_on_average_and_the_best_shrinks_to_its_truth(
        self, spread: float
    ) -> None:
        told, came, seen, believed, true = [], [], [], [], []
        for truth, values in races(400, spread=spread):
            race = Race(values, MANY)
            belief = race.belief(range(6))
            told.append(belief.better(0, 1))
            came.append(truth[0] > truth[1])
            center = values.mean()  # what a seed does to all is no luck of one
            seen.append(race.means[0] - center)
            believed.append(belief.mean(0) - center)
            true.append(truth[0] - truth.mean())
        assert np.mean(told) == pytest.approx(np.mean(came), abs=0.06)
        assert abs(np.mean(believed) - np.mean(true)) < 0.7 * abs(np.mean(seen) - np.mean(true))


class TestRanks:
    def test_it_is_spearmans_correlation(self) -> None:
        first, second = [1.0, 2, 3, 4, 5, 6], [2.0, 1, 4, 3, 6, 5]
        known = reference.spearmanr(first, second).statistic
        assert rank_agreement(first, second).value == pytest.approx(known)

    def test_its_interval_covers(self) -> None:
        random, rho, covered = np.random.default_rng(5), 0.6, []
        expected = 6 / math.pi * math.asin(rho / 2)  # Spearman's of a normal pair
        for _ in range(300):
            x, y = random.multivariate_normal([0, 0], [[1, rho], [rho, 1]], 30).T
            covered.append(contains(rank_agreement(x.tolist(), y.tolist()), expected))
        assert 0.92 <= np.mean(covered) <= 0.98

    def test_ties_all_through_have_no_ranks(self) -> None:
        assert rank_agreement([0.5, 0.5, 0.5], [1.0, 2.0, 3.0]) is None

    def test_too_few_or_perfectly_ordered_ones_have_no_interval(self) -> None:
        assert rank_agreement([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]).low is None
        assert rank_agreement([1.0, 2, 3, 4, 5], [1.0, 2, 3, 4, 5]).low is None


def test_holm_stops_at_the_first_that_fails() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == (True, False, False, True)
    assert holm([]) == ()


def test_an_estimate_without_error_is_certain_only_off_zero() -> None:
    assert Estimate(0.1, 0.0, 3).p_positive() == 0
    assert Estimate(0.0, 0.0, 3).p_two_sided() == 1
