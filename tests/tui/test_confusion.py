import io

import numpy as np
from rich.console import Console, RenderableType

from tui.confusion import class_table, confusion

NAMES = ("cat", "dog", "owl")
MATRIX = np.array([[8, 2, 0], [0, 5, 0], [0, 0, 0]])


def text(renderable: RenderableType, **options: object) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=80, **options).print(renderable)  # type: ignore[arg-type]
    return [line.rstrip() for line in file.getvalue().rstrip().split("\n")]


def many(num_classes: int) -> tuple[list[str], np.ndarray]:
    matrix = np.eye(num_classes, dtype=np.int64) * 9
    matrix[7, 3], matrix[2, 5] = 4, 1
    return [f"class {number}" for number in range(num_classes)], matrix


def test_each_class_has_its_precision_recall_and_f1() -> None:
    lines = text(class_table(NAMES, MATRIX))

    assert lines[0].split() == ["class", "precision", "recall", "F1", "pictures"]
    assert lines[1].split() == ["cat", "100.00", "%", "80.00", "%", "88.89", "%", "10"]
    assert lines[2].split() == ["dog", "71.43", "%", "100.00", "%", "83.33", "%", "5"]
    assert lines[3].split() == ["owl", "0.00", "%", "0.00", "%", "0.00", "%", "0"]


def test_of_many_classes_the_worst_are_listed() -> None:
    lines = text(class_table(*many(100)))

    assert [line.split()[1] for line in lines[1:5]] == ["3", "7", "2", "5"]
    assert lines[-1] == "the worst 10 of 100 classes"
    assert len(lines) == 12


def test_the_matrix_has_true_classes_as_rows() -> None:
    assert text(confusion(NAMES, MATRIX, width=80))[1:] == [
        "      cat  dog  owl",
        "cat     8    2    ·",
        "dog     ·    5    ·",
        "owl     ·    ·    ·",
    ]


def test_long_names_are_numbered_over_the_columns() -> None:
    lines = text(confusion(("a long name", "b", "c"), MATRIX, width=80))

    assert lines[1].split() == ["0", "1", "2"]
    assert lines[2].startswith("0 a long name")


def test_right_and_wrong_have_colours_of_their_own() -> None:
    drawn = "\n".join(
        text(confusion(NAMES, MATRIX, width=80), force_terminal=True, color_system="truecolor")
    )

    assert "48;2;20;" in drawn
    assert ";30;30m" in drawn


def test_a_matrix_that_does_not_fit_becomes_its_most_confused_pairs() -> None:
    for drawn in (confusion(*many(100), width=300), confusion(*many(20), width=60)):
        lines = text(drawn)
        assert lines[0].split() == ["true", "predicted", "pictures", "of", "the", "class"]
        assert lines[1].split() == ["class", "7", "class", "3", "4", "30.8", "%"]
        assert lines[2].split() == ["class", "2", "class", "5", "1", "10.0", "%"]
        assert len(lines) == 3
