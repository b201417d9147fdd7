"""Figures from labels and predictions: confusion, per-class scores, intervals. Imports no torch."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray


def confusion_matrix(
    labels: NDArray[np.integer], predicted: NDArray[np.integer], num_classes: int
) -> NDArray[np.int64]:
    """Return how many pictures of class `row` were called class `column`, (K, K)."""
    cells = labels.astype(np.int64) * num_classes + predicted.astype(np.int64)
    counts = np.bincount(cells, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall and F1 of each class, (..., K) in [0, 1], and its number of pictures.

    A score whose denominator is 0 (a class that was never called, or has no pictures) is 0.
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: NDArray[np.int64]


def class_scores(confusion: NDArray[np.int64]) -> ClassScores:
    """Return the scores of each class from a confusion matrix (K, K)."""
    return scores_of(confusion.sum(axis=1), confusion.sum(axis=0), np.diagonal(confusion))


def scores_of(
    support: NDArray[np.int64], predicted: NDArray[np.int64], correct: NDArray[np.int64]
) -> ClassScores:
    """Return the scores from the counts of each class, all (..., K)."""
    return ClassScores(
        precision=_ratio(correct, predicted),
        recall=_ratio(correct, support),
        f1=_ratio(2 * correct, predicted + support),
        support=support,
    )


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)


def wilson_interval(correct: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval that holds the true accuracy with probability `level`.

    Wilson's score interval: right for few pictures and for accuracies near 0 and 1, where the
    plain normal interval leaves [0, 1]. Nothing is known from no pictures: (0, 1).
    """
    assert 0 <= correct <= n
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    accuracy = correct / n
    center = (accuracy + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(accuracy * (1 - accuracy) / n + z**2 / (4 * n**2))
    # rounding must not push an interval past its own accuracy
    return max(0.0, min(center - half, accuracy)), min(1.0, max(center + half, accuracy))
