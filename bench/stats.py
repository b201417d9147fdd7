"""How sure one can be of accuracies measured with few seeds on finitely many pictures.

Accuracies are fractions. Two sources of chance count: the seed of a training, and which pictures
happen to be in the split. Imports no torch; scipy only where it is used.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bench.report.types import Interval
from engine.metrics import wilson_interval

Floats = NDArray[np.float64]
LEVEL = 0.95
_BORROWED = 4.0  # degrees of freedom that a pair takes from all pairs' spread; see `Race`


@dataclass(frozen=True)
class Estimate:
    """A figure, its standard error, and the degrees of freedom that the error rests on."""

    value: float
    error: float
    df: float

    def interval(self, level: float = LEVEL) -> Interval:
        """Return the two-sided t interval."""
        from scipy import stats

        half = float(stats.t.ppf((1 + level) / 2, self.df)) * self.error
        return Interval(self.value, self.value - half, self.value + half)

    def flipped(self) -> "Estimate":
        """Return the estimate of the opposite difference."""
        return Estimate(-self.value, self.error, self.df)

    def p_positive(self) -> float:
        """Return the one-sided p value against "the truth is 0 or less"."""
        from scipy import stats

        if self.error == 0:
            return float(1 - np.sign(self.value)) / 2
        return float(stats.t.sf(self.value / self.error, self.df))

    def p_two_sided(self) -> float:
        """Return the p value against "the truth is 0"."""
        one = self.p_positive()
        return min(1.0, 2 * min(one, 1 - one))


def estimate(values: Sequence[float] | Floats) -> Estimate | None:
    """Return the mean of independent values with its t error; None of fewer than two."""
    count = len(values)
    if count < 2:
        return None
    spread = float(np.var(values, ddof=1))
    return Estimate(float(np.mean(values)), math.sqrt(spread / count), count - 1)


def mean_interval(values: Sequence[float], pictures: int) -> Interval:
    """Return the mean accuracy of some seeds with the 95 % interval of the expected accuracy.

    The seeds give a t interval with n − 1 degrees of freedom. To its variance comes that of the
    pictures, p(1 − p)/N, as all seeds see the same ones: so equal values have no interval of width
    0, and many seeds do not pretend that the pictures are many. Of one seed nothing is known.

    Args:
        values: accuracy of each seed; at least one.
        pictures: size of the split that they were measured on.
    """
    mean = float(np.mean(values))
    of_seeds = estimate(values)
    if of_seeds is None:
        return Interval(mean)
    near = (mean * pictures + 2) / (pictures + 4)  # Agresti and Coull: not 0 where p is 1
    interval = _widened(of_seeds, near * (1 - near) / (pictures + 4)).interval()
    assert interval.low is not None
    assert interval.high is not None
    return Interval(mean, max(0.0, interval.low), min(1.0, interval.high))


def counted_interval(correct: Sequence[int], totals: Sequence[int]) -> Interval:
    """Return the mean test accuracy of some seeds with its 95 % interval.

    Of one seed it is Wilson's interval: what this one training would reach on other pictures.
    """
    values = [right / total for right, total in zip(correct, totals, strict=True)]
    if len(values) == 1:
        return Interval(values[0], *wilson_interval(correct[0], totals[0]))
    return mean_interval(values, min(totals))


def _widened(known: Estimate, variance: float) -> Estimate:
    """Add a variance that is known; Welch and Satterthwaite's degrees of freedom."""
    own = known.error**2
    if own + variance == 0 or own == 0:
        return Estimate(known.value, math.sqrt(variance), math.inf)
    share = (own + variance) / own
    return Estimate(known.value, math.sqrt(own + variance), known.df * share**2)


class Race:
    """Candidates (rows) trained with the same seeds (columns), and how they compare.

    A difference is taken seed by seed, so that what a seed does to all candidates falls out. Three
    seeds alone give a t factor of 4.3; but the spread of such differences is much alike between
    candidates, so each pair's own variance is blended with that of all pairs, which counts as four
    degrees of freedom (a moderated t, Smyth 2004, with a fixed prior weight: simulated coverage
    stays near 95 % while the candidates' own spreads differ by a standard deviation of a third, and
    falls to 92 % where they differ by a factor of two).

    Values are accuracies (C, k), NaN where a training is missing; `pictures` is their split's size.
    """

    def __init__(self, values: Floats, pictures: int) -> None:
        self.values = values
        self.pictures = max(pictures, 1)
        self.means: Floats = np.array([_mean(row) for row in values])
        self.spread, self.df = self._pooled()

    def _pooled(self) -> tuple[float, float]:
        """Return the mean variance of a paired difference over all pairs, with its df.

        In a full table this is twice the residual mean square of rows and columns.
        """
        rows, _ = self.values.shape
        shared = [self._differences(a, b) for a, b in combinations(range(rows), 2)]
        known = [pair for pair in shared if len(pair) > 1]
        if not known:
            return math.nan, 0.0
        fewest = min(len(pair) for pair in known)
        variance = float(np.mean([np.var(pair, ddof=1) for pair in known]))
        return variance, float((rows - 1) * (fewest - 1))

    def _differences(self, a: int, b: int) -> Floats:
        difference: Floats = self.values[a] - self.values[b]
        return difference[np.isfinite(difference)]

    def difference(self, a: int, b: int) -> Estimate | None:
        """Return how much better a is than b; None where the seeds cannot tell at all.

        Added is what other pictures might change: networks that differ by δ differ in at least a
        share |δ| of the pictures; where no difference was seen at all, 3/N is still possible.
        """
        pairs = self._differences(a, b)
        own = max(len(pairs) - 1, 0)
        borrowed = min(_BORROWED, max(self.df - own, 0.0))
        if len(pairs) == 0 or own + borrowed == 0:
            return None
        variance = borrowed * self.spread if borrowed else 0.0
        variance += own * float(np.var(pairs, ddof=1)) if own else 0.0
        mean = float(np.mean(pairs))
        error = math.sqrt(variance / (own + borrowed) / len(pairs))
        discordant = max(abs(mean) * (1 - abs(mean)), 3 / self.pictures)
        return _widened(Estimate(mean, error, own + borrowed), discordant / self.pictures)

    def may_be_best(self, best: int) -> tuple[int, ...]:
        """Return the rows that may be the best one, `best` among them.

        A row falls out if it is worse than `best`, one-sided at 5 % / (C − 1). The one that is
        truly the best meets at most C − 1 such tests, so it stays with a probability of 95 % at
        least, whichever row `best` is (Hsu's comparisons with the best, by Bonferroni).
        """
        limit = (1 - LEVEL) / max(len(self.means) - 1, 1)
        kept = []
        for row in range(len(self.means)):
            gap = None if row == best else self.difference(best, row)
            if gap is None or gap.p_positive() >= limit:
                kept.append(row)
        return tuple(kept)

    def seeds_to_tell(self, a: int, b: int, most: int = 30) -> int | None:
        """Return how many seeds would tell a from b if the difference is as it seems.

        None: more than `most`, or not to be known from these seeds.
        """
        gap = self.difference(a, b)
        if gap is None:
            return None
        have = len(self._differences(a, b))
        limit = (1 - LEVEL) / max(len(self.means) - 1, 1)
        for count in range(have, most + 1):
            error = gap.error * math.sqrt(have / count)
            if Estimate(gap.value, error, gap.df + count - have).p_positive() < limit:
                return count
        return None

    def belief(self, rows: Sequence[int]) -> "Belief | None":
        """Return what to believe of these rows' true means; None where the seeds cannot tell."""
        seeds = [int(np.isfinite(self.values[row]).sum()) for row in rows]
        if len(rows) < 2 or not self.df or min(seeds) == 0:
            return None
        error = math.sqrt(self.spread / 2 / min(seeds) + 1.5 / self.pictures**2)
        return Belief(tuple(float(self.means[row]) for row in rows), error, self.df)


def _mean(row: Floats) -> float:
    finite = row[np.isfinite(row)]
    return float(np.mean(finite)) if len(finite) else math.nan


class Belief:
    """Posterior of true means μ ~ N(·, τ²) that were seen with an error: Gelman's 8 schools.

    The best of several noisy means is too high, and its lead too. This takes the luck out: means
    are drawn together as far as their spread looks like noise. The share of a deviation that is no
    luck, τ² / (τ² + error²), has a flat prior (Daniels 1999), the error's variance a scaled inverse
    χ² one with `df` degrees of freedom; both are summed over on a grid.

    Args:
        means: what was seen, two or more.
        error: standard error of each.
        df: degrees of freedom that the error rests on.
    """

    def __init__(self, means: Sequence[float], error: float, df: float) -> None:
        from scipy import stats

        self.means = np.asarray(means)
        count = len(means)
        quantiles = (np.arange(25) + 0.5) / 25
        variances = error**2 * df / stats.chi2.ppf(quantiles, df)  # (25,)
        luck = np.geomspace(1e-9, 1, 160)[:, None]  # the share that is, (160, 1)
        total = variances / luck  # (160, 25)
        squares = float(((self.means - self.means.mean()) ** 2).sum())
        log_weight = np.log(luck) - (count - 1) / 2 * np.log(total) - squares / (2 * total)
        weight = np.exp(log_weight - log_weight.max())
        self._weight: Floats = weight / weight.sum()
        self._kept: Floats = np.broadcast_to(1 - luck, total.shape)
        self._error: Floats = np.sqrt(np.broadcast_to(variances, total.shape))

    def mean(self, index: int) -> float:
        """Return the expected true mean of one."""
        center = float(self.means.mean())
        kept = float((self._weight * self._kept).sum())
        return center + kept * (float(self.means[index]) - center)

    def better(self, a: int, b: int) -> float:
        """Return the probability that a is truly better than b."""
        from scipy import stats

        lead = float(self.means[a] - self.means[b])
        score = np.sqrt(self._kept) * lead / (math.sqrt(2) * self._error)
        return float((self._weight * stats.norm.cdf(score)).sum())


def rank_agreement(first: Sequence[float], second: Sequence[float]) -> Interval | None:
    """Return Spearman's correlation with its 95 % interval; None where one side is all ties.

    Fisher's z with the error of Bonett and Wright (2000).
    """
    from scipy import stats

    count = len(first)
    if count < 2 or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    correlation = float(stats.spearmanr(first, second).statistic)
    if count < 5 or abs(correlation) > 1 - 1e-12:
        return Interval(correlation)
    error = math.sqrt((1 + correlation**2 / 2) / (count - 3))
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * error
    center = math.atanh(correlation)
    return Interval(correlation, math.tanh(center - half), math.tanh(center + half))


def holm(p_values: Sequence[float], level: float = LEVEL) -> tuple[bool, ...]:
    """Tell which of several tests are significant when all are looked at (Holm 1979)."""
    told = [False] * len(p_values)
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        if p_values[index] > (1 - level) / (len(p_values) - rank):
            break
        told[index] = True
    return tuple(told)
