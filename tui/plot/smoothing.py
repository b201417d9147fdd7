"""An exponential moving average, as fast for 100,000 points as numpy allows."""

import math

import numpy as np

from tui.plot.curve import Array

_BLOCK = 64
_NOTHING = 1e-17  # beside 1; smaller powers are slow to compute and change nothing


def smoothed(y: Array, weight: float) -> Array:
    """Return the debiased moving average: each point weighs `weight` times its successor.

    What is not finite stays a gap and does not count. The first value is itself.
    """
    known = np.isfinite(y)
    average, filtered = np.full(len(y), np.nan), _filtered(y[known], weight)
    num_biased = math.ceil(math.log(_NOTHING) / math.log(weight))
    biased = filtered[:num_biased]
    biased /= 1 - weight ** np.arange(1, len(biased) + 1)
    average[known] = filtered
    return average


def _filtered(values: Array, weight: float) -> Array:
    """Return a[i] = weight a[i-1] + (1 - weight) values[i]: within blocks at once, then carried."""
    num_blocks = -(-len(values) // _BLOCK)
    blocks = np.zeros((num_blocks, _BLOCK))
    blocks.ravel()[: len(values)] = values
    ages = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
    weights = np.where(ages >= 0, (1 - weight) * weight ** np.maximum(ages, 0), 0.0)
    blocks = blocks @ weights.T
    fading = weight ** np.arange(1, _BLOCK + 1)
    carries, carry = np.empty(num_blocks), 0.0
    for index, end in enumerate(blocks[:, -1].tolist()):
        carries[index] = carry
        carry = end + fading[-1] * carry
    return np.asarray(blocks + np.outer(carries, fading)).ravel()[: len(values)]
