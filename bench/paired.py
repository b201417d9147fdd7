"""Two classifiers judged on the same pictures: what differs, and whether chance explains it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Z = 1.959963984540054  # of a two-sided 95 % interval


@dataclass(frozen=True)
class Paired:
    """The first's accuracy minus the second's, with its 95 % interval, in fractions.

    `only_first` and `only_second` count the pictures that one alone has right; `p` is McNemar's
    exact two-sided p value. All of it is about these two trained nets: what another seed would
    give, it cannot tell.
    """

    difference: float
    low: float
    high: float
    only_first: int
    only_second: int
    p: float


def paired(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Paired:
    """Compare who is right where, (N,) each, for the same pictures.

    The interval is that of Agresti and Min (2005): Wald's after half a picture was added to each
    of the four cells, which holds its level for few pictures too.
    """
    assert first.shape == second.shape
    assert len(first)
    ahead, behind = int((first & ~second).sum()), int((~first & second).sum())
    n = len(first)
    b, c, total = ahead + 0.5, behind + 0.5, n + 2
    center = (b - c) / total
    half = _Z * math.sqrt(max(b + c - (b - c) ** 2 / total, 0.0)) / total
    exact = (ahead - behind) / n
    low, high = min(center - half, exact), max(center + half, exact)
    return Paired(exact, max(low, -1.0), min(high, 1.0), ahead, behind, _mcnemar(ahead, behind))


def _mcnemar(ahead: int, behind: int) -> float:
    """Return the two-sided p value of `ahead` heads in all the tosses of a fair coin."""
    n, fewer = ahead + behind, min(ahead, behind)
    logs = [_log_choose(n, k) - n * math.log(2) for k in range(fewer + 1)]
    return min(1.0, 2 * sum(math.exp(value) for value in logs))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
