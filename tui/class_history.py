"""Precision, recall and F1 of each class, epoch by epoch, kept up as a run grows."""

import numpy as np

from engine.events import ClassCounts
from engine.history import History
from engine.metrics import ClassScores, scores_of

_FIELDS = ("support", "predicted", "correct")
_AT_ONCE = 150_000  # counts that are read in one go: some 20 ms


class ClassHistory:
    """The val scores of K classes in E epochs, each (E, K); `take` reads only what is new."""

    def __init__(self) -> None:
        self._kept: list[ClassCounts] = []
        self._counts = np.zeros((3, 0, 0), np.int64)  # support, predicted, correct: (3, >= E, K)
        self._scores = np.zeros((3, 0, 0))  # precision, recall, F1

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def scores(self) -> ClassScores:
        """The scores (E, K) of all epochs so far."""
        precision, recall, f1 = self._scores[:, : len(self)]
        return ClassScores(precision, recall, f1, self._counts[0, : len(self)])

    def counts(self, epoch: int, number: int) -> tuple[int, int, int]:
        """Return how many pictures of a class there are, were called it, and both."""
        support, predicted, correct = self._counts[:, epoch - 1, number]
        return int(support), int(predicted), int(correct)

    def take(self, history: History) -> bool:
        """Take in a history: a longer one, one that was resumed, or another run's.

        Of a long one only a part is taken; returns whether there is more, for another call.
        """
        counts = history.counts
        same = min(len(self._kept), len(counts))
        if same and self._kept[same - 1] != counts[same - 1]:
            same = 0
        del self._kept[same:]
        if same == len(counts):
            return False
        num_classes = max(len(counts[same].support), 1)
        new = counts[same : same + max(_AT_ONCE // (3 * num_classes), 1)]
        self._make_room(same + len(new), num_classes)
        values = np.array([[getattr(each, name) for each in new] for name in _FIELDS], np.int64)
        scores = scores_of(*values)
        self._counts[:, same : same + len(new)] = values
        self._scores[:, same : same + len(new)] = scores.precision, scores.recall, scores.f1
        self._kept += new
        return len(self._kept) < len(counts)

    def _make_room(self, number: int, num_classes: int) -> None:
        """Have rows for so many epochs, doubling what is there."""
        kept, room, before = len(self), self._counts.shape[1], self._counts.shape[2]
        if before == num_classes and number <= room:
            return
        shape = (3, max(number, 2 * room, 64), num_classes)
        counts, scores = np.zeros(shape, np.int64), np.zeros(shape)
        if kept:
            counts[:, :kept], scores[:, :kept] = self._counts[:, :kept], self._scores[:, :kept]
        self._counts, self._scores = counts, scores
