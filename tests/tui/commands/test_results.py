"""`dli results` and `dli results add`, with runs that really trained."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.results.keep import read_all, write
from tests.bench.results.made_results import JPEG, made

Dli = Callable[..., Any]
TINY = """
name = "tiny"
about = "a recipe that takes no time"
[claim]
id = "R99"
accuracy = 0.99
kind = "logged"
[base]
epochs = 2
model = { name = "linear" }
data = { subset = 200 }
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "tiny.toml").write_text(TINY)
    return tmp_path


def test_a_trained_run_is_kept_and_listed_beside_its_claim(dli: Dli) -> None:
    trained = dli("train", "tiny", "--threads", "1")
    kept = dli("results", "add", "last", "--to", "kept", "--shared", "--bare-cnn", "1700.5")
    listed = dli("results", "--from", "kept")

    assert "claim 99.00 % test accuracy, logged by the source (R99): missed by" in trained.out
    assert kept.out == "kept/tiny-digits-seed0.json\n"
    assert kept.err.startswith("Kept tiny, digits, seed 0: test accuracy ")
    (result,) = read_all(Path("kept")).values()
    assert (result.shared, result.bare_cnn_images_per_second) == (True, 1700.5)
    (line,) = [line for line in listed.out.splitlines() if " tiny " in line]
    assert line.split()[:4] == ["R99", "tiny", "99.00", "%"]
    assert line.split()[5:8] == ["%", "missed", "by"]
    assert line.split()[-5:] == ["digits", "1", "2", "of", "2"]


def test_adding_it_again_replaces_it_and_a_variant_has_a_file_of_its_own(dli: Dli) -> None:
    dli("train", "tiny")
    dli("results", "add", "last", "--to", "kept")
    dli("train", "tiny", "--lr", "0.2", "--no-test")
    shown = dli("results", "add", "last", "--to", "kept")
    dli("results", "add", "last", "--to", "kept")

    assert shown.out == "kept/tiny-lr-0-2-digits-seed0.json\n"
    assert "Kept tiny, optimizer.lr=0.2, digits, seed 0: 2 of 2 epochs, not tested" in shown.err
    assert len(read_all(Path("kept"))) == 2
    rows = dli("results", "--from", "kept").out.splitlines()
    (place,) = [place for place, row in enumerate(rows) if row.startswith("R99")]
    words = rows[place + 1].split()
    assert (words[:2], words[3:6]) == (["optimizer.lr=0.2", "val"], ["%", "not", "tested"])


def test_a_run_of_no_study_is_one_sentence_and_nothing_is_kept(dli: Dli) -> None:
    dli("train", "tiny", "--name", "good")
    dli("train", "--epochs", "1", "--subset", "200", "--model", "mlp", "--name", "own")

    shown = dli("results", "add", "good", "own", "--to", "kept")

    assert shown.code == 5
    assert shown.out == ""
    assert "-own' is of no known study" in shown.err
    assert shown.err.count("\n") == 1
    assert not Path("kept").exists()


def test_json_has_the_figures_and_the_files_that_they_come_from(dli: Dli) -> None:
    for seed, right in enumerate((8_900, 9_100)):
        write(made("cifar_resnet9", right, seed, dataset=JPEG), Path("kept"))
    write(made("linear", 9_000), Path("kept"))

    rows = json.loads(dli("results", "--json", "--from", "kept").out)

    jpeg = next(row for row in rows if row["study"] == "cifar_resnet9")
    linear = next(row for row in rows if row["study"] == "linear")
    not_run = next(row for row in rows if row["study"] == "mnist_rnn")
    assert (jpeg["data"], jpeg["accuracy"], jpeg["met"]) == ("CIFAR-10 (JPEG)", 0.9, None)
    assert jpeg["gap"] == pytest.approx(-0.0022)
    assert jpeg["files"] == [f"kept/cifar_resnet9-cifar10-jpeg-seed{seed}.json" for seed in (0, 1)]
    assert [result["seed"] for result in jpeg["results"]] == [0, 1]
    assert (linear["met"], linear["claim"]["id"], linear["split"]) == (True, "R0a", "test")
    assert (not_run["accuracy"], not_run["files"], not_run["split"]) == (None, [], None)


def test_a_broken_file_is_one_sentence(dli: Dli) -> None:
    Path("kept").mkdir()
    Path("kept/x.json").write_text("{}")

    shown = dli("results", "--from", "kept")

    assert shown.code == 5
    assert shown.err == (
        "dli: error: kept/x.json is no result of a run; `dli results add RUN` makes one.\n"
    )
