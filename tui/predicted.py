"""What predictions tell: which cells of a matrix changed, and which pictures stand out, and why.

Pure functions of arrays; knows neither files nor screens.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Norm = Literal["counts", "rows", "columns"]
Matrix = NDArray[np.int64]  # (K, K), rows are true classes, columns predicted ones
Labels = NDArray[np.integer]  # (N,)
Confidence = NDArray[np.float64]  # (N,) in [0, 1]
Places = NDArray[np.int64]  # numbers of pictures within their split

NORMS: tuple[Norm, ...] = ("counts", "rows", "columns")
_SUSPECT_EPOCHS = 3  # fewer tell nothing
_SUSPECT_WRONG = 0.9  # part of the epochs
_SUSPECT_CONFIDENCE = 0.8  # mean, while wrong


def normalised(matrix: Matrix, norm: Norm) -> NDArray[np.float64]:
    """Return the counts, or each cell's part of its row or column; 0 in an empty one. (K, K)."""
    if norm == "counts":
        return matrix.astype(np.float64)
    whole = matrix.sum(axis=1 if norm == "rows" else 0, keepdims=True)
    parts: NDArray[np.float64] = matrix / np.maximum(whole, 1)
    return parts


def difference(now: Matrix, before: Matrix, norm: Norm) -> NDArray[np.float64]:
    """Return how much each normalised cell grew from one matrix to another, (K, K)."""
    return normalised(now, norm) - normalised(before, norm)


def improvement(change: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return changes of cells with the sign of their worth: more is good on the diagonal alone."""
    return np.where(np.eye(len(change), dtype=bool), change, -change)


def pairs(values: NDArray[np.float64] | Matrix) -> list[tuple[int, int]]:
    """Return the cells beside the diagonal that are not 0, the largest (by size) first."""
    size = np.abs(values) * ~np.eye(len(values), dtype=bool)
    places = np.flatnonzero(size)
    order = np.argsort(-size.ravel()[places], kind="stable")
    return [divmod(place, len(values)) for place in places[order].tolist()]


def cell(labels: Labels, predicted: Labels, confidence: Confidence, at: tuple[int, int]) -> Places:
    """Return the pictures of class `at[0]` that were called `at[1]`, the most confident first."""
    return _most_confident((labels == at[0]) & (predicted == at[1]), confidence)


def worst(labels: Labels, predicted: Labels, confidence: Confidence) -> Places:
    """Return the pictures that were called wrongly, the most confident first."""
    return _most_confident(labels != predicted, confidence)


def _most_confident(chosen: NDArray[np.bool_], confidence: Confidence) -> Places:
    places = np.flatnonzero(chosen)
    return places[np.argsort(-confidence[places], kind="stable")]


class Course:
    """How each of N pictures fared from epoch 1 to `epoch`; takes in epochs in order.

    All arrays are (N,): whether it is right now, was ever right, how often it was `forgotten`
    (wrong after it was right), `since` which epoch it is as it is now, in how many epochs it was
    wrong, and the sum of the confidences it was wrong with.
    """

    def __init__(self, labels: Labels) -> None:
        n = len(labels)
        self.labels = labels
        self.epoch = 0
        self.is_right = np.zeros(n, bool)
        self.was_right = np.zeros(n, bool)
        self.forgotten = np.zeros(n, np.int32)
        self.since = np.ones(n, np.int32)
        self.num_wrong = np.zeros(n, np.int32)
        self.wrong_confidence = np.zeros(n)

    def fold(self, predicted: Labels, confidence: Confidence) -> None:
        """Take in the next epoch's classes (N,) and confidences (N,)."""
        self.epoch += 1
        right = predicted == self.labels
        self.forgotten += self.is_right & ~right
        self.since[right != self.is_right] = self.epoch
        self.num_wrong += ~right
        self.wrong_confidence += np.where(right, 0.0, confidence)
        self.is_right = right
        self.was_right |= right

    def forgotten_ones(self) -> Places:
        """Return those that are wrong and were right, the most often forgotten first.

        Of those forgotten equally often, the ones of late come first.
        """
        places = np.flatnonzero(self.was_right & ~self.is_right)
        order = np.lexsort((places, -self.since[places], -self.forgotten[places]))
        return places[order]

    def suspects(self) -> Places:
        """Return those whose label is doubtful: wrong in nearly all epochs, and with confidence.

        They are wrong now and in 90 % of at least three epochs, with a mean confidence of 80 %
        or more; the surest come first.
        """
        often = self.num_wrong >= _SUSPECT_WRONG * self.epoch
        sure = self.wrong_confidence >= _SUSPECT_CONFIDENCE * np.maximum(self.num_wrong, 1)
        if self.epoch < _SUSPECT_EPOCHS:
            return np.empty(0, np.int64)
        places = np.flatnonzero(often & sure & ~self.is_right)
        return places[np.argsort(-self.wrong_confidence[places], kind="stable")]


@dataclass(frozen=True)
class Stretch:
    """Consecutive epochs in which a picture was called the same; confidences are its bounds."""

    first: int
    last: int
    predicted: int
    low: float
    high: float


def stretches(predicted: Labels, confidence: Confidence) -> list[Stretch]:
    """Return the stretches of one picture's classes (E,) and confidences (E,), in order."""
    starts = [0, *(np.flatnonzero(np.diff(predicted.astype(np.int64))) + 1).tolist()]
    return [
        Stretch(a + 1, b, int(predicted[a]), float(part.min()), float(part.max()))
        for a, b in zip(starts, [*starts[1:], len(predicted)], strict=True)
        if len(part := confidence[a:b])
    ]
