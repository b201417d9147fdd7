import numpy as np
import pytest

from tui.predicted import (
    Course,
    Stretch,
    cell,
    difference,
    improvement,
    normalised,
    pairs,
    stretches,
    worst,
)

MATRIX = np.array([[8, 2, 0], [1, 4, 0], [0, 0, 0]])


def test_cells_are_counts_or_parts_of_their_row_or_column() -> None:
    assert normalised(MATRIX, "counts").tolist() == MATRIX.tolist()
    assert normalised(MATRIX, "rows").tolist() == [[0.8, 0.2, 0], [0.2, 0.8, 0], [0, 0, 0]]
    assert normalised(MATRIX, "columns")[:, 0] == pytest.approx([8 / 9, 1 / 9, 0])


def test_a_difference_is_that_of_the_parts_not_of_the_counts() -> None:
    before = np.array([[4, 1, 0], [0, 5, 0], [0, 0, 3]])

    assert difference(MATRIX, before, "counts")[0].tolist() == [4, 1, 0]
    assert difference(MATRIX, before, "rows")[0].tolist() == pytest.approx([0, 0, 0])
    assert difference(MATRIX, before, "rows")[1].tolist() == pytest.approx([0.2, -0.2, 0])


def test_more_is_better_on_the_diagonal_and_worse_beside_it() -> None:
    change = np.array([[2.0, 1.0], [-3.0, -1.0]])

    assert improvement(change).tolist() == [[2, -1], [3, -1]]


def test_pairs_are_the_cells_beside_the_diagonal_the_largest_first() -> None:
    assert pairs(MATRIX) == [(0, 1), (1, 0)]
    assert pairs(np.array([[9.0, 1.0], [-4.0, 9.0]])) == [(1, 0), (0, 1)]
    assert pairs(np.eye(3)) == []


def test_the_pictures_of_a_cell_and_the_mistakes_come_surest_first() -> None:
    labels, predicted = np.array([0, 0, 0, 1, 1]), np.array([1, 0, 1, 1, 0])
    confidence = np.array([0.6, 0.9, 0.8, 0.7, 0.7])

    assert cell(labels, predicted, confidence, (0, 1)).tolist() == [2, 0]
    assert cell(labels, predicted, confidence, (1, 1)).tolist() == [3]
    assert worst(labels, predicted, confidence).tolist() == [2, 4, 0]


def course(rights: list[str], confidence: float = 0.9) -> Course:
    """Return the course of pictures of class 0, each told by its epochs: `+-+` is right, wrong."""
    made = Course(np.zeros(len(rights), np.int64))
    for epoch in range(len(rights[0])):
        predicted = np.array([0 if fate[epoch] == "+" else 1 for fate in rights])
        made.fold(predicted, np.full(len(rights), confidence))
    return made


def test_forgotten_is_what_was_right_and_is_wrong_the_most_often_first() -> None:
    made = course(["++++", "----", "+---", "+-+-", "++--", "--++"])

    assert made.forgotten_ones().tolist() == [3, 4, 2]
    assert made.forgotten.tolist() == [0, 0, 1, 2, 1, 0]
    assert made.since.tolist() == [1, 1, 2, 4, 3, 3]


def test_a_label_is_doubtful_if_nearly_all_epochs_contradict_it_surely() -> None:
    made = course(["-" * 10, "+" + "-" * 9, "++" + "-" * 8, "-" * 9 + "+"])

    assert made.suspects().tolist() == [0, 1]
    assert course(["-" * 10], confidence=0.79).suspects().tolist() == []
    assert course(["--"]).suspects().tolist() == [], "two epochs tell nothing"


def test_the_surest_contradiction_comes_first() -> None:
    made = Course(np.zeros(2, np.int64))
    for _ in range(3):
        made.fold(np.ones(2, np.int64), np.array([0.85, 0.95]))

    assert made.suspects().tolist() == [1, 0]


def test_a_course_is_told_in_stretches_of_equal_predictions() -> None:
    predicted = np.array([3, 3, 8, 3], np.uint16)

    assert stretches(predicted, np.array([0.5, 0.75, 0.5, 1.0])) == [
        Stretch(1, 2, 3, 0.5, 0.75),
        Stretch(3, 3, 8, 0.5, 0.5),
        Stretch(4, 4, 3, 1.0, 1.0),
    ]
    assert stretches(predicted[:0], np.empty(0)) == []
