"""`dli data`: the listing, getting a set, and looking at one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.data.registry import specs
from engine.data.spec import Progress

Dli = Callable[..., Any]


def test_every_set_is_listed_with_whether_it_is_here(dli: Dli) -> None:
    shown = dli("data")

    here = {line.split()[0]: line.split()[1] for line in shown.out.splitlines()[1:]}
    assert here == {name: "yes" if name == "digits" else "no" for name in specs()}
    assert "dli data get" in shown.err


def test_json_has_every_set(dli: Dli) -> None:
    found = {facts["name"]: facts for facts in json.loads(dli("data", "--json").out)}

    assert set(found) == set(specs())
    assert found["digits"]["where"] is None
    assert found["cifar10"]["picture_shape"] == [3, 32, 32]


def test_a_look_at_digits_draws_pictures_and_the_balance(dli: Dli) -> None:
    out = dli("data", "show", "digits", "--split", "test", "--count", "3").out

    balance = [line.split() for line in out.partition("pictures")[2].splitlines()[1:]]
    assert len(balance) == 10
    assert sum(int(row[1]) for row in balance) == 360
    assert "@" in out, "a pipe gets characters"
    assert "\x1b" not in out


def test_the_same_seed_draws_the_same_pictures(dli: Dli) -> None:
    first, again, other = (dli("data", "show", "--count", "2", "--seed", s).out for s in "001")

    assert first == again
    assert first != other


def test_json_tells_the_balance(dli: Dli) -> None:
    found = json.loads(dli("data", "show", "digits", "--split", "val", "--json").out)

    assert found["num_pictures"] == sum(found["classes"].values())
    assert list(found["classes"]) == list("0123456789")


def test_get_fetches_what_is_named_and_tells_where_it_is(
    dli: Dli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(name: str) -> Any:
        yield Progress(f"downloading {name}.gz", 1, 2)
        yield Progress(f"downloading {name}.gz", 2, 2)
        return "/the/folder"

    monkeypatch.setattr("engine.data.download.download", download)

    assert dli("data", "get", "mnist").err.splitlines() == [
        "downloading mnist.gz ...",
        "mnist is in /the/folder.",
    ]
    assert dli("data", "get", "--all").err.count("is in /the/folder.") == len(specs()) - 1


def test_digits_needs_no_download(dli: Dli) -> None:
    assert "nothing to download" in dli("data", "get", "digits").err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("get", "mist"), 2, "unknown data set 'mist'. Did you mean 'mnist'?"),
        (("get",), 2, "name a data set or give --all"),
        (("get", "mnist", "--all"), 2, "name a data set or give --all"),
        (("show", "mist"), 2, "Did you mean 'mnist'?"),
        (("show", "mnist"), 3, "`dli data get mnist` downloads it"),
        (("show", "folder:/nowhere"), 3, "/nowhere"),
        (("show", "digits", "--image-size", "2"), 2, "data.image_size cannot be 2"),
    ],
)
def test_a_mistake_is_one_sentence(
    dli: Dli, words: tuple[str, ...], code: int, sentence: str
) -> None:
    shown = dli("data", *words)

    assert sentence in shown.err
    assert shown.code == code
    assert shown.err.count("\n") == 1
