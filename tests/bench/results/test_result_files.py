"""The folder of results: names, replacement, and files that are none."""

import json
from pathlib import Path

import pytest

from bench.results.keep import default_folder, read_all, write
from bench.results.result import read
from engine.errors import RunError
from tests.bench.results.made_results import JPEG, made

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"study": "linear", "seed": 2}, "linear-mnist-seed2.json"),
        ({"study": "cifar_resnet9", "dataset": JPEG}, "cifar_resnet9-cifar10-jpeg-seed0.json"),
        ({"study": "mnist_rnn", "model__cell": "gru"}, "mnist_rnn-cell-gru-mnist-seed0.json"),
        (
            {"study": "cifar_bn", "model__filters": [16, 32], "optimizer__lr": 0.05},
            "cifar_bn-filters-16-32-lr-0-05-cifar10-seed0.json",
        ),
        (
            {"study": "cifar_resnet18", "model__name": "resnet18", "epochs": 8},
            "cifar_resnet18-name-resnet18-cifar10-seed0.json",
        ),
    ],
)
def test_a_file_s_name_tells_study_variant_data_and_seed(
    tmp_path: Path, changes: dict[str, object], name: str
) -> None:
    assert write(made(**changes), tmp_path / "new").name == name  # type: ignore[arg-type]


def test_the_same_run_again_takes_its_own_place(tmp_path: Path) -> None:
    write(made("linear", 8_000), tmp_path)
    write(made("linear", 8_500, seed=1), tmp_path)
    path = write(made("linear", 9_000), tmp_path)

    found = read_all(tmp_path)
    assert len(found) == 2
    assert found[path].test is not None
    assert found[path].test.num_correct == 9_000


def test_the_finished_run_takes_the_stopped_one_s_place_and_not_the_other_way(
    tmp_path: Path,
) -> None:
    stopped, finished = made("linear", epochs=4), made("linear")
    path = write(stopped, tmp_path)
    assert not read(path).is_complete
    assert write(finished, tmp_path) == path
    assert read(path).is_complete

    with pytest.raises(RunError, match="so 4 of 10 epochs do not take its place"):
        write(stopped, tmp_path)
    assert read(path) == finished


def test_other_pictures_of_the_same_name_have_a_file_of_their_own(tmp_path: Path) -> None:
    one = write(made("cifar_resnet9", dataset=JPEG), tmp_path)
    two = write(made("cifar_resnet9", dataset=JPEG, data_digest="0123456789abcdef"), tmp_path)

    assert two.name == "cifar_resnet9-cifar10-jpeg-seed0-01234567-8.json"
    assert set(read_all(tmp_path)) == {one, two}
    assert write(made("cifar_resnet9", dataset=JPEG), tmp_path) == one


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert read_all(tmp_path / "none") == {}


def test_in_a_checkout_results_lie_beside_the_studies() -> None:
    assert default_folder() == ROOT / "studies" / "results"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no result of a run; `dli results add RUN` makes one"),
        ("[]", "is no result of a run"),
        ('{"study": "linear"}', "is no result of a run"),
        ('{"schema": 9}', "has schema 9, but this dli reads 1"),
        ('{"schema": 1}', "is damaged: study: Field required"),
    ],
)
def test_a_file_that_is_no_result_is_told_so(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bad.json").write_text(text)

    with pytest.raises(RunError, match=told) as raised:
        read_all(tmp_path)
    assert "bad.json" in str(raised.value)


def test_columns_of_other_lengths_or_names_are_damage(tmp_path: Path) -> None:
    path = write(made("linear"), tmp_path)
    values = json.loads(path.read_text())

    path.write_text(json.dumps(values | {"epoch": [1, 2]}))
    with pytest.raises(RunError, match="its columns must be as long as its epochs"):
        read(path)
    path.write_text(json.dumps(values | {"columns": {"loss": [1.0]}}))
    with pytest.raises(RunError, match="its columns must be train_loss, train_accuracy"):
        read(path)
