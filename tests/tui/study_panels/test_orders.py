"""A search is asked for in words that are checked, and are those of `dli tune`."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from bench.following import Follower
from bench.storage import default_url
from engine.errors import DliError
from tests.bench.made_study import ID, make_study
from tui.study_panels.orders import TuneOrder, order_again, order_of


def test_what_is_typed_becomes_the_command(tmp_path: Path) -> None:
    typed = {"trials": " 6 ", "workers": "1", "epochs": "3", "minutes": "1.5", "subset": "600"}
    order = order_of("digits_cnn", typed)

    assert order.command(Path("runs"), None).startswith("dli tune --study digits_cnn --trials 6")
    words = shlex.split(order.command(tmp_path, "postgresql://me:secret@host/x"))
    assert words[-4:] == ["--runs-dir", str(tmp_path), "--storage", "postgresql://me:***@host/x"]
    assert words[words.index("--minutes") + 1] == "1.5"
    assert order_of("digits_cnn", {}) == TuneOrder("digits_cnn")


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("trials", "0", "trials cannot be '0': it must be a whole number of at least 1."),
        ("workers", "two", "workers cannot be 'two': it must be a whole number of at least 1."),
        ("workers", "999", "workers cannot be 999: 256 are the most."),
        ("minutes", "soon", "minutes cannot be 'soon': it must be a number of at least 0.01."),
        ("epochs", "0", "epochs"),
        ("dataset", "digit", "did you mean 'digits'"),
        ("dataset", "mnist", "dli data get mnist"),
    ],
)
def test_a_mistake_is_a_sentence(field: str, text: str, said: str) -> None:
    with pytest.raises(DliError) as caught:
        order_of("digits_cnn", {field: text})

    assert said.lower() in str(caught.value).lower()


def test_the_same_study_is_opened_again_with_its_settings(tmp_path: Path) -> None:
    make_study(tmp_path)
    follower = Follower(default_url(tmp_path))
    record = follower.look(ID).record
    follower.close()
    changed = replace(
        record, facts={**record.facts, "train": "dli train digits_cnn --set epochs=3 --set a=b"}
    )

    assert order_again(record) == TuneOrder("digits_cnn", workers=3)
    assert order_again(changed).settings == ("epochs=3", "a=b")
    assert replace(order_again(record), confirm_only=True).words()[-1] == "--confirm-only"
