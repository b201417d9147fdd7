from collections.abc import Callable

import numpy as np
import pytest

from engine.errors import RunError
from engine.predictions import pack, write_epoch, write_split
from engine.runs import RunFolder
from tests.tui.predicted_runs import TWICE_FORGOTTEN, digits, said, write_predictions
from tui import judged as module
from tui.judged import RunPredictions

RecordRun = Callable[..., RunFolder]
LABELS = np.array([0, 1, 2, 1])


@pytest.fixture
def folder(record_run: RecordRun) -> RunFolder:
    """Two epochs of four pictures: all wrong, then all right."""
    made = record_run(epochs=2)
    rows = np.arange(4)
    write_split(made, val_index=rows, val_labels=LABELS, test_index=rows, test_labels=LABELS)
    write_epoch(made, 1, pack((LABELS + 1) % 3, np.full(4, 0.5)))
    write_epoch(made, 2, pack(LABELS, np.full(4, 1.0)))
    return made


def test_each_epoch_has_its_predictions_and_its_matrix(folder: RunFolder) -> None:
    predictions = RunPredictions(folder, 3)

    assert predictions.matrix(1).tolist() == [[0, 1, 0], [0, 0, 2], [1, 0, 0]]
    assert predictions.matrix(2).tolist() == [[1, 0, 0], [0, 2, 0], [0, 0, 1]]
    assert predictions.val(1).confidence == pytest.approx(np.full(4, 0.5), abs=1e-4)
    assert predictions.val(2).rows.tolist() == [0, 1, 2, 3]


def test_an_epoch_that_was_not_reached_is_a_sentence(folder: RunFolder) -> None:
    predictions = RunPredictions(folder, 3)

    for read in (predictions.val, predictions.matrix, predictions.course):
        with pytest.raises(RunError, match="does not reach so far"):
            read(3)


def test_the_course_goes_on_and_begins_again_where_one_goes_back(record_run: RecordRun) -> None:
    folder = record_run()
    labels = write_predictions(folder, digits(), 15)
    predictions = RunPredictions(folder, 10)

    late = predictions.course(15)
    forgotten = late.forgotten.copy()
    assert predictions.course(15) is late

    early = predictions.course(3)

    assert early.epoch == 3
    assert forgotten[TWICE_FORGOTTEN] == 2
    assert early.forgotten[TWICE_FORGOTTEN] == 1
    classes, confidence = predictions.of_picture(TWICE_FORGOTTEN, 4)
    expected = [said(epoch, labels) for epoch in range(1, 5)]
    assert classes.tolist() == [each[0][TWICE_FORGOTTEN] for each in expected]
    assert confidence == pytest.approx([each[1][TWICE_FORGOTTEN] for each in expected], abs=1e-4)


def test_a_long_course_is_folded_in_passes(
    record_run: RecordRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record_run()
    write_predictions(folder, digits(), 15)
    monkeypatch.setattr(module, "_PASS_RECORDS", 300)  # five epochs of sixty pictures
    predictions = RunPredictions(folder, 10)

    assert [predictions.course(14).epoch for _ in range(4)] == [5, 10, 14, 14]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no readable split.npz"),
        (b"PK\x03\x04 and then nothing", "no readable split.npz"),
        (b"not an archive", "no readable split.npz"),
        (None, "has made no predictions yet"),
    ],
)
def test_a_damaged_split_is_a_sentence(folder: RunFolder, content: bytes | None, told: str) -> None:
    folder["split.npz"].unlink()
    if content is not None:
        folder["split.npz"].write_bytes(content)

    with pytest.raises(RunError, match=told):
        RunPredictions(folder, 3).matrix(1)


def test_a_cut_split_is_a_sentence(folder: RunFolder) -> None:
    whole = folder["split.npz"].read_bytes()
    folder["split.npz"].write_bytes(whole[: len(whole) // 2])

    with pytest.raises(RunError, match=r"no readable split\.npz"):
        RunPredictions(folder, 3).matrix(1)


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"val_labels": LABELS + 7}, "class 9 of 3"),
        ({"val_labels": LABELS - 1}, "its val does not fit"),
        ({"test_index": np.arange(3)}, "its test does not fit"),
        ({"val_labels": LABELS.astype(float)}, "not the rows of a split"),
        ({"val_labels": np.zeros((2, 2), int)}, "not the rows of a split"),
    ],
)
def test_a_split_that_cannot_be_is_a_sentence(
    folder: RunFolder, arrays: dict[str, np.ndarray], told: str
) -> None:
    rows = np.arange(4)
    usual = {"val_index": rows, "val_labels": LABELS, "test_index": rows, "test_labels": LABELS}
    write_split(folder, **(usual | arrays))

    with pytest.raises(RunError, match=told):
        RunPredictions(folder, 3).matrix(1)


def test_a_split_without_all_its_parts_is_a_sentence(folder: RunFolder) -> None:
    write_split(folder, val_index=np.arange(4))

    with pytest.raises(RunError, match="val_labels"):
        RunPredictions(folder, 3).matrix(1)


def test_classes_that_cannot_be_are_a_sentence(folder: RunFolder) -> None:
    write_epoch(folder, 2, b"\xff" * 16)

    with pytest.raises(RunError, match="damaged: epoch 2 has class 65535, and there are 3"):
        RunPredictions(folder, 3).matrix(2)
