"""`--set` and the sentences for what cannot be set."""

import pytest

from engine.config import RunConfig, parse
from engine.errors import ConfigError
from engine.overrides import apply, parse_setting


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("optimizer.lr=1e-4", "optimizer.lr", 1e-4),
        ("epochs=3", "epochs", 3),
        ("model.filters=[32, 64]", "model.filters", [32, 64]),
        ("augment.flip=random", "augment.flip", "random"),
        ("drop_last=true", "drop_last", True),
        ("ema=none", "ema", None),
        ("dataset=folder:/a=b", "dataset", "folder:/a=b"),
    ],
)
def test_a_setting_is_read_with_its_type(text: str, path: str, value: object) -> None:
    assert parse_setting(text) == (path, value)


@pytest.mark.parametrize("text", ["epochs", "=3", "model..x=1"])
def test_a_setting_without_key_or_value_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="KEY=VALUE"):
        parse_setting(text)


def test_another_name_drops_the_old_options_and_says_so_in_any_order() -> None:
    base = {"schedule": {"name": "exponential", "gamma": 0.9}}
    settings = [("schedule.final_fraction", 0.1), ("schedule.name", "cosine")]
    values, notes = apply(base, settings)
    assert values["schedule"] == {"name": "cosine", "final_fraction": 0.1}
    assert len(notes) == 1
    assert "gamma" in notes[0]
    assert base["schedule"]["gamma"] == 0.9


def test_the_model_can_be_named_without_its_key() -> None:
    values, _ = apply({}, [("model", "linear")])
    assert parse(values).model.name == "linear"


def test_a_path_through_a_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="epochs"):
        apply({"epochs": 3}, [("epochs.x", 1)])


BAD = [
    ({"modle": {}}, "unknown key 'modle'. Did you mean 'model'?"),
    ({"optimizer": {"name": "sgd", "lrr": 1}}, "unknown key 'optimizer.lrr'. Did you mean 'optimi"),
    ({"optimizer": {"name": "sdg"}}, "unknown optimizer 'sdg'. Did you mean 'sgd'?"),
    ({"model": {"name": "resnet99"}}, "unknown model 'resnet99'. Did you mean 'resnet9'?"),
    ({"optimizer": {"name": "sgd", "lr": -1}}, "optimizer.lr cannot be -1: it must be above 0"),
    ({"epochs": "many"}, "epochs cannot be 'many': it must be a whole number"),
    ({"epochs": 0}, "epochs cannot be 0: it must be at least 1"),
    ({"augment": {"flip": "randm"}}, "Did you mean 'random'?"),
    ({"model": {"name": "linear", "filters": [3]}}, "unknown key 'model.filters'"),
    (
        {"loss": {"name": "squared_error", "label_smoothing": 0.1}},
        "loss.label_smoothing has no effect with loss.name 'squared_error'",
    ),
    ({"augment": {"fill": "constant"}}, "augment.fill has no effect"),
    ({"optimizer": {"name": "sgd", "nesterov": True}}, "set a momentum"),
    ({"data": {"normalize": "given"}}, "data.mean and data.std"),
    ({"optimizer": {"lr": 0.1}}, "optimizer needs a name"),
    ({"schedule": {"name": "plateau", "min_lr": 1}}, "schedule.min_lr 1 is above optimizer.lr"),
    ({"stop": {"min_delta": 0.1}}, "stop.min_delta has no effect with no stop.patience"),
]


@pytest.mark.parametrize(("values", "text"), BAD)
def test_a_bad_config_gets_one_sentence(values: object, text: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(values, "study.toml")
    message = str(error.value)
    assert text in message
    assert message.startswith("study.toml: ")
    assert "\n" not in message


def test_a_config_comes_back_equal_from_its_json() -> None:
    config = parse({"model": {"name": "linear"}, "ema": 0.9, "augment": {"flip": "random"}})
    again = RunConfig.model_validate_json(config.model_dump_json())
    assert again == config
    assert again.digest() == config.digest()
    assert parse({"model": {"name": "linear"}}).digest() != config.digest()
