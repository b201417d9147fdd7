"""`dli settings`: what there is to set."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bench.dimensions import flat
from engine.config import RunConfig, parse
from engine.overrides import configure

Dli = Callable[..., Any]


def test_every_setting_of_a_run_is_listed_with_the_value_that_a_run_has(dli: Dli) -> None:
    rows = json.loads(dli("settings", "--json").out)

    listed = {row["setting"]: row["default"] for row in rows}
    assert listed == dict(flat(RunConfig().model_dump(mode="json")))
    assert all(row["about"] and row["allowed"] for row in rows)


def test_each_listed_value_can_be_set(dli: Dli) -> None:
    rows = json.loads(dli("settings", "--json").out)

    for row in rows:
        configure({}, [(row["setting"], row["default"])])


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["clip"], ["clip.value", "clip.norm"]),
        (["crop"], ["augment.crop_padding", "augment.crop_mode"]),
        (["cell", "--model", "rnn"], ["model.cell"]),
        (["schedule.gamma", "--set", "schedule.name=step"], ["schedule.gamma"]),
    ],
)
def test_a_word_chooses_a_section_a_setting_or_those_that_have_it(
    words: list[str], settings: list[str], dli: Dli
) -> None:
    rows = json.loads(dli("settings", *words, "--json").out)

    assert [row["setting"] for row in rows] == settings


def test_one_setting_is_explained(dli: Dli) -> None:
    shown = dli("settings", "optimizer.lr").out.splitlines()

    assert shown[0] == "optimizer.lr"
    assert shown[2:] == [f"  default  {parse({}).optimizer.lr}", "  allowed  a number above 0"]


def test_the_choices_of_a_model_and_of_a_data_set_are_told_and_open_ones_hinted_at(
    dli: Dli,
) -> None:
    assert "resnet9, rnn, torchvision:NAME" in dli("settings", "model.name").out
    assert "kmnist, mnist, folder:PATH" in dli("settings", "dataset").out


def test_an_unknown_name_is_one_sentence_with_the_nearest(dli: Dli) -> None:
    shown = dli("settings", "optimiser.lr")

    assert (shown.code, shown.out) == (2, "")
    assert "unknown setting 'optimiser.lr'. Did you mean 'optimizer.lr'?" in shown.err
    assert shown.err.count("\n") == 1
