"""Claims in words, and how results stand to them."""

import pytest

from bench import catalog
from bench.results.standing import Standing, standings
from tests.bench.results.made_results import JPEG, made
from tui import claims


def _only(*results: object) -> Standing:
    (found,) = [standing for standing in standings(results) if standing.results]  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ("cifar_resnet9", "90.22 % test accuracy, logged by the source (R2)"),
        ("mnist_403k", "99.72 % test accuracy, stated in a README (R14)"),
        ("cifar_bn", "79.00 % test accuracy, stated by a course (R4)"),
        ("mnist_rnn", "98.00 % test accuracy, remembered (R11)"),
    ],
)
def test_a_claim_is_told_with_its_source(study: str, words: str) -> None:
    claim = catalog.find(study).claim

    assert claim is not None
    assert claims.claimed(claim) == words


@pytest.mark.parametrize(
    ("right", "words"),
    [(8_500, "met"), (9_000, "met"), (8_469, "missed by 0.31 points")],
)
def test_a_claim_is_met_or_missed(right: int, words: str) -> None:
    assert claims.verdict(_only(made("linear", right))) == words


def test_what_cannot_be_compared_says_why() -> None:
    empty = standings([])[0]

    assert claims.verdict(empty) == "not yet run"
    assert claims.verdict(_only(made("linear", epochs=4))) == "partly trained"
    assert claims.verdict(_only(made("linear", test=None))) == "not tested"
    assert claims.verdict(_only(made("linear", dataset="fashion_mnist"))) == "other data"
    assert claims.verdict(_only(made("mnist_cnn"))) == "–"


def test_jpeg_pictures_meet_no_claim_but_lie_over_or_under_it() -> None:
    assert (
        claims.verdict(_only(made("cifar_resnet9", 9_000, dataset=JPEG)))
        == "JPEG: 0.22 points under"
    )
    assert (
        claims.verdict(_only(made("cifar_resnet9", 9_122, dataset=JPEG)))
        == "JPEG: 1.00 points over"
    )


def test_an_accuracy_has_its_interval_and_says_where_it_was_measured() -> None:
    assert claims.reached(_only(made("linear"))) == "90.00 % (89.40 to 90.57)"
    assert claims.reached(_only(made("linear", epochs=4))) == "val 90.00 % (89.40 to 90.57)"
    assert claims.reached(standings([])[0]) == "–"


def test_epochs_are_those_done_of_those_planned() -> None:
    two = _only(made("linear", seed=0, epochs=4), made("linear", seed=1, epochs=6))

    assert claims.epochs(_only(made("linear"))) == "10 of 10"
    assert claims.epochs(two) == "4 to 6 of 10"
    assert claims.epochs(standings([])[0]) == "–"
