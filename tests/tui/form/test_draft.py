"""What stands in the form: typing, dropping, coming back, and where a sentence belongs."""

import pytest

from bench.catalog import find
from engine.config import RunConfig, parse
from tui.form.draft import Draft, path_in


@pytest.mark.parametrize(
    ("path", "typed", "value"),
    [
        ("optimizer.lr", "1e-3", 1e-3),
        ("model.filters", "16, 32", (16, 32)),
        ("model.dense", "[8]", (8,)),
        ("data.subset", " 500 ", 500),
        ("optimizer.decay_on", "weights", "weights"),
        ("dataset", "folder:my pictures", "folder:my pictures"),
        ("epochs", "", 15),
    ],
)
def test_what_is_typed_becomes_a_value_of_its_type(path: str, typed: str, value: object) -> None:
    draft = Draft({"epochs": 3})
    draft.type_in(path, typed)
    config, problems = draft.check()

    assert config is not None, problems
    found: object = config
    for key in path.split("."):
        found = getattr(found, key)
    assert found == value


def test_every_mistake_is_told_at_its_own_setting() -> None:
    draft = Draft({})
    draft.type_in("epochs", "many")
    draft.type_in("optimizer.momentum", "2")
    config, problems = draft.check()

    assert config is None
    assert problems == {
        "epochs": "epochs cannot be 'many': it must be a whole number.",
        "optimizer.momentum": "optimizer.momentum cannot be 2: it must be below 1.",
    }
    draft.reset("epochs")
    draft.reset("optimizer.momentum")
    assert draft.check() == (RunConfig(), {})


def test_settings_that_contradict_each_other_are_told_at_one_of_them() -> None:
    draft = Draft({})
    draft.type_in("data.normalize", "given")

    assert list(draft.check()[1]) == ["data.normalize"]


def test_another_kind_drops_the_settings_and_going_back_brings_them_back() -> None:
    draft = Draft({})
    draft.type_in("optimizer.lr", "0.3")

    assert draft.put("optimizer.name", "adam") == [
        "optimizer is now 'adam': dropped the settings of 'sgd' (lr, momentum, nesterov)."
    ]
    assert draft.text("optimizer.lr") == "0.001"
    assert draft.changes() == {"optimizer.name": "adam"}
    assert draft.put("optimizer.name", "sgd") == []
    assert draft.changes() == {"optimizer.lr": 0.3}


def test_a_reset_goes_back_to_the_start_and_from_there_to_the_default() -> None:
    draft = Draft(find("cifar_depth").base, "study cifar_depth", "cifar_depth")
    before = draft.text("epochs")
    draft.type_in("epochs", "7")
    assert draft.is_changed("epochs")

    draft.reset("epochs")
    assert draft.text("epochs") == before != "15"
    draft.reset("epochs")
    assert draft.text("epochs") == "15"
    draft.put("label", "mine")
    draft.reset("label")
    assert draft.text("label") == "cifar_depth"


def test_a_draft_of_a_config_is_that_config() -> None:
    config = parse(find("cifar_schedules").base)

    assert Draft.of(config, "a run").check()[0] == config
    assert Draft.of(RunConfig(), "a run").check()[0] == RunConfig()


def test_a_sentence_of_the_engine_is_put_at_the_setting_it_begins_with() -> None:
    fields = Draft({}).fields

    assert path_in("data.subset is 9, but there are 5 training pictures.", fields) == "data.subset"
    assert path_in("model 'cnn' cannot take pictures of 1x2x2: …", fields) == "model.name"
    assert path_in("data set 'mnist' is not in '.'", fields) == "dataset"
    assert path_in("folder 'x' does not exist", fields) == "dataset"
    assert path_in("this machine cannot compute that", fields) == ""
