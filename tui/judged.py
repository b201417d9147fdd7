"""The predictions of a run as the panels read them: what is needed, once, as they come."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import RunError
from engine.metrics import confusion_matrix
from engine.predictions import (
    Predictions,
    read_epochs,
    read_picture,
    read_split,
    read_test_predictions,
)
from engine.runs import RunFolder
from tui.mistakes import Judgement
from tui.predicted import Course, Matrix

_KEPT_EPOCHS = 8  # of which each picture's predictions are kept
_KEPT_MATRICES = 4  # a thousand classes take 8 MB
_PASS_RECORDS = 500_000  # that are folded in one go: some 15 ms


class RunPredictions:
    """The predictions of one run, in the course of one training (a resume writes them anew).

    Every method raises RunError if the run has not come so far, or a file is damaged.

    Args:
        folder: the run's folder.
        num_classes: how many classes there are, K.
    """

    def __init__(self, folder: RunFolder, num_classes: int) -> None:
        self.folder = folder
        self.num_classes = num_classes
        self._split: dict[str, NDArray[np.int64]] | None = None
        self._course: Course | None = None
        self.val = lru_cache(_KEPT_EPOCHS)(self._val)
        self.test = lru_cache(1)(self._test)
        self.matrix = lru_cache(_KEPT_MATRICES)(self._matrix)

    def judged(self, epoch: int, is_test: bool) -> Judgement:
        """Return what was said after an epoch of val, or by the best epoch's weights of test."""
        return self.test(epoch) if is_test else self.val(epoch)

    def _val(self, epoch: int) -> Judgement:
        num_pictures = len(self._part("val_labels"))
        predicted, confidence = read_epochs(self.folder, range(epoch, epoch + 1), num_pictures)
        return self._judgement("val", epoch, (predicted[0], confidence[0]))

    def _test(self, epoch: int) -> Judgement:
        return self._judgement("test", epoch, read_test_predictions(self.folder))

    def _judgement(self, split: str, epoch: int, predictions: Predictions) -> Judgement:
        labels, rows = self._part(f"{split}_labels"), self._part(f"{split}_index")
        if predictions[0].max(initial=0) >= self.num_classes:
            raise RunError(
                f"the {split} predictions of run '{self.folder.id}' are damaged: epoch {epoch} "
                f"has class {predictions[0].max()}, and there are {self.num_classes} classes."
            )
        return Judgement(split, epoch, labels, *predictions, rows)

    def _part(self, name: str) -> NDArray[np.int64]:
        """Return a part of the split, which is read once."""
        if self._split is None:
            split = read_split(self.folder)
            _check_split(split, self.folder, self.num_classes)
            self._split = split
        return self._split[name]

    def _matrix(self, epoch: int, is_test: bool = False) -> Matrix:
        judged = self.judged(epoch, is_test)
        return confusion_matrix(judged.labels, judged.predicted, self.num_classes)

    def course(self, epoch: int) -> Course:
        """Return the course of the val pictures up to an epoch, or as far as one pass goes.

        To be called again while its `epoch` is not the one asked for.
        """
        labels = self._part("val_labels")
        if self._course is None or self._course.epoch > epoch:
            self._course = Course(labels)
        done = self._course.epoch
        last = min(epoch, done + max(1, _PASS_RECORDS // max(1, len(labels))))
        if last > done:
            classes, confidences = read_epochs(self.folder, range(done + 1, last + 1), len(labels))
            for predicted, confidence in zip(classes, confidences, strict=True):
                self._course.fold(predicted, confidence)
        return self._course

    def of_picture(self, place: int, epochs: int) -> Predictions:
        """Return what the first epochs said of one val picture: classes (E,), confidences (E,)."""
        num_pictures = len(self._part("val_labels"))
        return read_picture(self.folder, place, range(1, epochs + 1), num_pictures)


def _check_split(split: dict[str, Any], folder: RunFolder, num_classes: int) -> None:
    for part in ("val", "test"):
        labels, rows = split[f"{part}_labels"], split[f"{part}_index"]
        if len(labels) != len(rows) or labels.min(initial=0) < 0 or rows.min(initial=0) < 0:
            raise RunError(f"run '{folder.id}' has a damaged split.npz: its {part} does not fit.")
        if labels.max(initial=0) >= num_classes:
            raise RunError(
                f"run '{folder.id}' has a damaged split.npz: class {labels.max()} of {num_classes}."
            )
