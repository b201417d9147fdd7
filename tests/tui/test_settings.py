"""From options to a config: what wins, what is dropped, and what is told about it."""

from pathlib import Path
from typing import Any

import pytest

from engine.config import RunConfig
from engine.errors import ConfigError
from tui.settings import base_of, build_config

BASE = {"epochs": 5, "optimizer": {"name": "adam", "lr": 0.01, "beta1": 0.8}}


@pytest.mark.parametrize(
    ("named", "settings", "lr"),
    [
        ({}, [], 0.01),
        ({"lr": 0.02}, [], 0.02),
        ({}, ["optimizer.lr=0.03"], 0.03),
        ({"lr": 0.02}, ["optimizer.lr=0.03"], 0.03),
        ({"lr": 0.02}, ["optimizer.lr=0.03", "optimizer.lr=0.04"], 0.04),
    ],
)
def test_set_wins_over_options_and_options_over_the_base(
    named: dict[str, object], settings: list[str], lr: float
) -> None:
    config, notes = build_config(BASE, named, settings)

    assert config.optimizer.lr == lr
    assert config.epochs == 5
    assert notes == []


def test_every_option_reaches_its_setting() -> None:
    named = {
        "dataset": "mnist", "model": "linear", "epochs": 2, "batch_size": 8, "lr": 0.5, "seed": 3,
        "subset": 100, "device": "cpu", "precision": "fp32", "threads": 1, "test": False,
    }  # fmt: skip

    config, _ = build_config({}, named, [])

    expected = {"epochs": 2, "batch_size": 8, "seed": 3, "threads": 1, "test": False}
    assert config.model_dump(include=set(expected)) == expected
    assert (config.dataset, config.model.name, config.device) == ("mnist", "linear", "cpu")
    assert (config.optimizer.lr, config.data.subset, config.precision) == (0.5, 100, "fp32")


def test_another_model_drops_the_bases_model_options_and_says_so() -> None:
    base: dict[str, Any] = {"model": {"name": "mlp", "hidden": [64]}}

    config, notes = build_config(base, {"model": "linear"}, [])

    assert config.model.name == "linear"
    assert notes == ["model is now 'linear': dropped the settings of 'mlp' (hidden)."]


def test_an_option_of_an_unnamed_section_changes_the_default_one() -> None:
    config, notes = build_config({}, {"lr": 0.05}, ["model.batch_norm=false"])

    default = RunConfig()
    assert config.optimizer == default.optimizer.model_copy(update={"lr": 0.05})
    assert config.model.name == default.model.name
    assert config.model.model_dump()["batch_norm"] is False
    assert notes == []


def test_an_option_of_a_section_that_is_named_too_belongs_to_that_one() -> None:
    config, _ = build_config({}, {"lr": 0.05}, ["optimizer.name=adamw"])

    assert (config.optimizer.name, config.optimizer.lr) == ("adamw", 0.05)


def test_a_study_is_a_base_with_a_label() -> None:
    base = base_of("mnist_mlp", None)

    assert base.label == "mnist_mlp"
    assert base.values["dataset"] == "mnist"
    assert base.notes == ()


def test_a_study_that_hides_a_shipped_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "mnist_mlp.toml").write_text('name = "mnist_mlp"\nabout = "mine"\n')

    (note,) = base_of("mnist_mlp", None).notes

    assert "hides the shipped study 'mnist_mlp'" in note


def test_a_runs_config_is_a_base(tmp_path: Path) -> None:
    config, _ = build_config(BASE, {"model": "linear"}, [])
    (tmp_path / "config.json").write_text(config.model_dump_json())

    again, _ = build_config(base_of(None, tmp_path / "config.json").values, {}, [])

    assert again == config


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot read the config"), ("{", "is not valid JSON"), ("[]", "holds no settings")],
)
def test_a_file_that_is_no_config_is_one_sentence(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    file = tmp_path / "config.json"
    if content is not None:
        file.write_text(content)

    with pytest.raises(ConfigError, match=sentence):
        base_of(None, file)


def test_there_is_one_base() -> None:
    with pytest.raises(ConfigError, match="choose one of STUDY and --config"):
        base_of("mnist_mlp", Path("config.json"))
