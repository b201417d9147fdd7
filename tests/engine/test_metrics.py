"""Confusion, per-class scores and intervals against scikit-learn and the literature."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as sklearns_confusion
from sklearn.metrics import precision_recall_fscore_support

from engine.metrics import class_scores, confusion_matrix, wilson_interval

DRAW = np.random.default_rng(0)
LABELS = DRAW.integers(0, 5, 300)
PREDICTED = np.where(DRAW.random(300) < 0.6, LABELS, DRAW.integers(0, 5, 300))


def test_confusion_has_true_classes_in_rows() -> None:
    matrix = confusion_matrix(LABELS, PREDICTED, 5)

    assert np.array_equal(matrix, sklearns_confusion(LABELS, PREDICTED))


def test_confusion_takes_small_types_and_keeps_empty_classes() -> None:
    labels = np.full(3, 200, dtype=np.uint8)
    matrix = confusion_matrix(labels, labels, 300)

    assert matrix.shape == (300, 300)
    assert matrix[200, 200] == matrix.sum() == 3


def test_scores_equal_scikit_learns() -> None:
    scores = class_scores(confusion_matrix(LABELS, PREDICTED, 5))
    expected = precision_recall_fscore_support(LABELS, PREDICTED)

    ours = (scores.precision, scores.recall, scores.f1, scores.support)
    for mine, theirs in zip(ours, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_a_class_without_pictures_or_calls_scores_zero() -> None:
    scores = class_scores(confusion_matrix(np.array([0, 0, 1]), np.array([0, 0, 0]), 3))

    assert scores.precision.tolist() == [2 / 3, 0, 0]
    assert scores.recall.tolist() == [1, 0, 0]
    assert scores.f1.tolist() == [0.8, 0, 0]


@pytest.mark.parametrize(
    ("correct", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (29, 29, 0.8830, 1),
        (98, 100, 0.9300, 0.9945),
    ],
)  # the examples of Newcombe 1998, table I, and one round number
def test_wilson_intervals_are_the_published_ones(
    correct: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(correct, n) == pytest.approx((low, high), abs=5e-5)


def test_a_higher_level_gives_a_wider_interval() -> None:
    (low, high), (lower, higher) = wilson_interval(9, 10), wilson_interval(9, 10, 0.99)

    assert lower < low < 0.9 < high < higher


def test_no_pictures_tell_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
