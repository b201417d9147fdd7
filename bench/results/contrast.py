"""Two recipes side by side: which is more accurate, which over-fits more, and how sure that is.

Accuracies and their differences are fractions. Imports no torch; scipy only where it is used.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

import numpy as np

from bench.report.types import Interval
from bench.results.result import Result
from bench.results.standing import Standing
from bench.stats import LEVEL, Race

BySeed = Mapping[int, float]


@dataclass(frozen=True)
class Difference:
    """How much more the second has than the first, with its 95 % interval.

    From two seeds that both have, the interval is about other seeds and other pictures. With fewer
    it is about other pictures alone, wide enough for nets whose mistakes have nothing in common.
    """

    interval: Interval
    seeds: tuple[int, ...]  # those that both have

    @property
    def knows_seeds(self) -> bool:
        """Whether the interval takes in what another seed would change."""
        return len(self.seeds) > 1

    @property
    def side(self) -> int:
        """1 if all of the interval lies above 0, -1 if below, 0 if that is not to be told."""
        low, high = self.interval.low, self.interval.high
        assert low is not None
        assert high is not None
        return (low > 0) - (high < 0)


@dataclass(frozen=True)
class Contrast:
    """What a second configuration has over a first one, on the same pictures.

    `epoch` is None where both were tested, with the weights that val chose; else both are compared
    on val after that epoch, the last that all their runs have. The gap is train accuracy minus val
    accuracy, then or after the last epoch; None where there is no val.
    """

    before: Standing
    after: Standing
    epoch: int | None
    accuracy: Difference
    gap: Difference | None


def contrast(before: Standing, after: Standing) -> Contrast | None:
    """Return how two standings on the same data compare; None where they have nothing in common."""
    used = before.used, after.used
    if before.split == after.split == "test":
        tested = [{r.seed: r.test.accuracy for r in results if r.test} for results in used]
        pictures = min(r.test.num_pictures for results in used for r in results if r.test)
        accuracy = difference(tested[0], tested[1], pictures)
        return Contrast(before, after, None, accuracy, _gaps(used, None))
    epoch = last_in_common([*before.used, *after.used])
    if epoch is None:
        return None
    first, second = (_by_seed(results, _val, epoch) for results in used)
    accuracy = difference(first, second, _num_val(used))
    return Contrast(before, after, epoch, accuracy, _gaps(used, epoch))


def last_in_common(results: Iterable[Result]) -> int | None:
    """Return the last epoch of which all have a val accuracy; None if there is none."""
    known = [
        {
            e
            for e, value in zip(r.epoch, r.columns["val_accuracy"], strict=True)
            if value is not None
        }
        for r in results
    ]
    return max(set.intersection(*known), default=None) if known else None


def gap_of(standing: Standing, epoch: int | None = None) -> float | None:
    """Return the mean of train minus val accuracy after an epoch, or each run's last one."""
    values = _by_seed(standing.used, _gap, epoch).values()
    return fmean(values) if values else None


def difference(before: BySeed, after: BySeed, pictures: int, accuracy: float = 0.0) -> Difference:
    """Return how much more the second has, seed by seed.

    Args:
        before: a value for each seed, at least one.
        after: as many or not.
        pictures: size of the split that they were measured on.
        accuracy: what the values are about, where they are no accuracies themselves.
    """
    seeds = tuple(sorted(set(before) & set(after)))
    if len(seeds) > 1:
        values = np.array([[side[seed] for seed in seeds] for side in (after, before)])
        found = Race(values, pictures).difference(0, 1)
        assert found is not None
        return Difference(found.interval(), seeds)
    means = [fmean(side.values()) for side in (before, after)]
    shares = [accuracy, accuracy] if accuracy else means
    half = _half_by_pictures(shares, pictures)
    gain = means[1] - means[0]
    return Difference(Interval(gain, gain - half, gain + half), seeds)


def _half_by_pictures(shares: Sequence[float], pictures: int) -> float:
    """Return half the interval of a difference of two shares (Agresti and Caffo 2000)."""
    near = [(share * pictures + 1) / (pictures + 2) for share in shares]
    variance = sum(p * (1 - p) / (pictures + 2) for p in near)
    return NormalDist().inv_cdf((1 + LEVEL) / 2) * math.sqrt(variance)


def _gaps(used: tuple[tuple[Result, ...], ...], epoch: int | None) -> Difference | None:
    first, second = (_by_seed(results, _gap, epoch) for results in used)
    if not first or not second:
        return None
    right = fmean(v for results in used for v in _by_seed(results, _val, epoch).values())
    return difference(first, second, _num_val(used), right)


def _num_val(used: Iterable[tuple[Result, ...]]) -> int:
    return min(result.parts.val for results in used for result in results)


def _by_seed(
    results: Iterable[Result],
    read: Callable[[Result, int], float | None],
    epoch: int | None,
) -> dict[int, float]:
    """Return what is read at an epoch, or at each run's last one, where it is known."""
    found = {}
    for result in results:
        row = result.epoch.index(epoch) if epoch is not None else -1
        value = read(result, row)
        if value is not None:
            found[result.seed] = value
    return found


def _val(result: Result, row: int) -> float | None:
    return result.columns["val_accuracy"][row]


def _gap(result: Result, row: int) -> float | None:
    train, val = result.columns["train_accuracy"][row], _val(result, row)
    return None if train is None or val is None else train - val
