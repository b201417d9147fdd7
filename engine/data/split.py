"""Stratified choices that never move: the same labels, size and seed give the same rows."""

import numpy as np

from engine.data.spec import Labels


def choose(labels: Labels, size: int, seed: int, keep: tuple[int, int] = (1, 1)) -> Labels:
    """Return `size` sorted rows, in which each class has its share of the whole.

    Args:
        keep: the fewest pictures of each class that are chosen, and that are left.
    """
    counts = np.bincount(labels)
    quotas = _quotas(counts, size, keep)
    # RandomState, since NumPy promises that its stream never changes; Generator's may.
    random = np.random.RandomState(np.random.MT19937(np.random.SeedSequence(seed)))
    by_class = np.split(np.argsort(labels, kind="stable"), np.cumsum(counts)[:-1])
    chosen = [random.permutation(r)[:quota] for r, quota in zip(by_class, quotas, strict=True)]
    return np.sort(np.concatenate(chosen)).astype(np.int64)


def rest(count: int, chosen: Labels) -> Labels:
    """Return the sorted rows of `count` that are not chosen."""
    free = np.ones(count, dtype=bool)
    free[chosen] = False
    return np.flatnonzero(free).astype(np.int64)


def _quotas(counts: Labels, size: int, keep: tuple[int, int]) -> Labels:
    """Share `size` among the classes by largest remainder, within the bounds of `keep`."""
    low = np.minimum(keep[0], counts)
    high = np.maximum(counts - keep[1], low)
    assert low.sum() <= size <= high.sum(), "the caller checks that there are enough pictures"
    ideal = size * counts / counts.sum()
    quotas: Labels = np.clip(np.floor(ideal).astype(np.int64), low, high)
    while quotas.sum() != size:
        missing = ideal - quotas
        if quotas.sum() < size:
            quotas[np.argmax(np.where(quotas < high, missing, -np.inf))] += 1
        else:
            quotas[np.argmin(np.where(quotas > low, missing, np.inf))] -= 1
    return quotas
