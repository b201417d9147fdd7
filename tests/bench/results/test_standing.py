"""Where recipes stand: seeds together, claims in order, what counts as met, partial runs apart."""

from pathlib import Path

import pytest

from bench import catalog
from bench.results.standing import Standing, standings
from engine.errors import ConfigError
from tests.bench.results.made_results import JPEG, made

IDS = [
    "R0a", "R0b", "R1", "R2", "R3", "R4", "R4b", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12",
    "R13", "R14", "R15", "R99",
]  # fmt: skip


def _only(*results: object) -> Standing:
    """Return the one standing that has results."""
    (found,) = [standing for standing in standings(results) if standing.results]  # type: ignore[arg-type]
    return found


def test_every_claim_is_there_in_order_though_nothing_ran() -> None:
    found = standings([])

    assert [standing.claim.id for standing in found if standing.claim] == IDS
    assert all(standing.accuracy is None and standing.is_met is None for standing in found)


def test_seeds_are_put_together_whatever_their_order() -> None:
    standing = _only(made("linear", 8_700, seed=1), made("linear", 8_500, seed=0))

    assert [result.seed for result in standing.results] == [0, 1]
    assert standing.accuracy is not None
    assert standing.accuracy.value == pytest.approx(0.86)
    assert standing.gap == pytest.approx(0.01)
    assert standing.is_met


def test_one_seed_has_wilson_s_interval() -> None:
    interval = _only(made("linear", 9_000)).accuracy

    assert interval is not None
    assert interval.low == pytest.approx(0.89396, abs=1e-5)
    assert interval.high == pytest.approx(0.90573, abs=1e-5)


def test_a_mean_that_is_the_claim_meets_it_and_one_picture_less_does_not() -> None:
    exactly = _only(made("linear", 8_499, seed=0), made("linear", 8_501, seed=1))
    missed = _only(made("linear", 8_499, seed=0), made("linear", 8_500, seed=1))

    assert exactly.is_met is True
    assert missed.is_met is False
    assert missed.gap == pytest.approx(-0.00005)


def test_variants_and_other_data_stand_below_their_recipe() -> None:
    found = standings(
        [
            made("mnist_rnn", model__cell="gru"),
            made("mnist_rnn", dataset="fashion_mnist"),
            made("mnist_rnn"),
            made("mnist_cnn"),
        ]
    )

    rows = [(s.study.name, s.variant, s.data) for s in found if s.results]
    assert rows == [
        ("mnist_rnn", "", "MNIST"),
        ("mnist_rnn", "", "Fashion-MNIST"),
        ("mnist_rnn", "model.cell=gru", "MNIST"),
        ("mnist_cnn", "", "MNIST"),
    ]
    assert found[-1].study.name == "mnist_cnn", "what nobody claims comes last"


def test_a_variant_leaves_its_recipe_not_yet_run() -> None:
    found = standings([made("mnist_rnn", epochs=3, model__cell="gru")])

    rnn = [(s.variant, len(s.results)) for s in found if s.study.name == "mnist_rnn"]
    assert rnn == [("", 0), ("model.cell=gru", 1)]


def test_jpeg_pictures_are_compared_but_other_data_are_not() -> None:
    jpeg = _only(made("cifar_resnet9", 8_900, dataset=JPEG))
    fashion = _only(made("mnist_rnn", 9_000, dataset="fashion_mnist"))

    assert (jpeg.is_own_data, jpeg.is_harder) == (False, True)
    assert jpeg.gap == pytest.approx(-0.0122)
    assert (fashion.is_own_data, fashion.is_harder, fashion.gap) == (False, False, None)


def test_a_partly_trained_run_is_on_val_and_beside_a_tested_one_it_does_not_count() -> None:
    part = made("linear", 8_000, seed=1, epochs=4)

    alone = _only(part)
    beside = _only(part, made("linear", 9_000, seed=0))

    assert (alone.split, alone.gap, alone.is_met) == ("val", None, None)
    assert alone.accuracy is not None
    assert alone.accuracy.value == 0.8
    assert beside.split == "test"
    assert beside.accuracy is not None
    assert beside.accuracy.value == 0.9
    assert len(beside.used) == 1
    assert len(beside.results) == 2


def test_a_result_of_a_recipe_that_was_changed_since_is_no_longer_the_recipe_s(
    tmp_path: Path,
) -> None:
    text = Path(catalog.find("tiny").path).read_text()
    old = made("tiny")
    (tmp_path / "studies" / "tiny.toml").write_text(text.replace("lr = 0.1", "lr = 0.3"))

    found = [s for s in standings([old]) if s.study.name == "tiny"]

    assert old.variant == ""
    assert [(s.variant, len(s.results)) for s in found] == [("", 0), ("optimizer.lr=0.1", 1)]


def test_a_result_of_a_study_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    old = made("tiny")
    (tmp_path / "studies" / "tiny.toml").unlink()

    with pytest.raises(ConfigError, match="unknown study 'tiny'"):
        standings([old])
