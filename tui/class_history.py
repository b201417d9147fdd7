"""Precision, recall and F1 of each class, epoch by epoch, kept up as a run grows."""

import numpy as np

from engine.events import ClassCounts
from engine.history import History
from engine.metrics import ClassScores, scores_of

_FIELDS = ("support", "predicted", "correct")


class ClassHistory:
    """The val scores of K classes in E epochs, each (E, K); `take` reads only what is new."""

    def __init__(self) -> None:
        self._kept: list[ClassCounts] = []
        self._counts = np.zeros((3, 0, 0), dtype=np.int64)  # (support, predicted, correct), E, K
        self.scores = self._scored()

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, history: History) -> None:
        """Take in a history: a longer one, one that was resumed, or another run's."""
        counts = history.counts
        same = min(len(self._kept), len(counts))
        if same and self._kept[same - 1] != counts[same - 1]:
            same = 0
        if same == len(self._kept) == len(counts):
            return
        new = [[getattr(each, name) for each in counts[same:]] for name in _FIELDS]
        parts = [self._counts[:, :same]] * bool(same) + [np.array(new)] * (same < len(counts))
        self._counts = np.concatenate(parts, axis=1) if parts else np.zeros((3, 0, 0), np.int64)
        self._kept = list(counts)
        self.scores = self._scored()

    def counts(self, epoch: int, number: int) -> tuple[int, int, int]:
        """Return how many pictures of a class there are, were called it, and both."""
        support, predicted, correct = self._counts[:, epoch - 1, number]
        return int(support), int(predicted), int(correct)

    def _scored(self) -> ClassScores:
        return scores_of(*self._counts)
