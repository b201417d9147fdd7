import numpy as np

from engine.events import ClassCounts
from engine.history import History
from tui.class_history import ClassHistory


def history_of(*correct: tuple[int, ...]) -> History:
    history = History()
    number = len(correct[0]) if correct else 0
    history.counts = [ClassCounts((10,) * number, (8,) * number, each) for each in correct]
    return history


def test_scores_of_each_epoch_are_kept_up() -> None:
    past = ClassHistory()
    past.take(history_of((4, 8)))
    past.take(history_of((4, 8), (8, 0)))

    assert len(past) == 2
    assert past.scores.recall.tolist() == [[0.4, 0.8], [0.8, 0.0]]
    assert past.scores.precision.tolist() == [[0.5, 1.0], [1.0, 0.0]]
    np.testing.assert_allclose(past.scores.f1[0], [8 / 18, 16 / 18])
    assert past.counts(2, 0) == (10, 8, 8)


def test_a_shorter_history_and_another_run_are_taken_as_they_are() -> None:
    past = ClassHistory()
    past.take(history_of((4, 8), (8, 0), (5, 5)))
    past.take(history_of((4, 8)))
    assert past.scores.recall.tolist() == [[0.4, 0.8]]

    past.take(history_of((1, 2, 3), (4, 5, 6)))
    assert past.scores.recall.shape == (2, 3)

    past.take(history_of())
    assert len(past) == 0


def test_a_long_history_is_taken_in_parts() -> None:
    history, past = history_of(*[(epoch % 9,) * 100 for epoch in range(2000)]), ClassHistory()

    calls = 1
    while past.take(history):
        calls += 1

    assert calls == 4
    assert past.scores.recall[:, 99].tolist() == [epoch % 9 / 10 for epoch in range(2000)]
