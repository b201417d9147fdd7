from engine.config import RunConfig, parse
from tui.setting_list import settings_of, written


def test_all_settings_are_listed_once_with_their_defaults() -> None:
    settings = list(settings_of(RunConfig()))

    paths = [each.path for each in settings]
    assert len(paths) == len(set(paths))
    assert {"dataset", "model.name", "optimizer.lr", "augment.flip"} <= set(paths)
    assert not [each.path for each in settings if each.is_changed]


def test_another_kind_of_section_is_compared_with_its_own_defaults() -> None:
    config = parse({"optimizer": {"name": "adamw", "lr": 0.002}, "seed": 3})

    changed = {each.path: (each.value, each.default) for each in settings_of(config)
               if each.is_changed}  # fmt: skip

    assert changed["optimizer.name"] == ("adamw", "sgd")
    assert changed["seed"] == (3, 0)
    assert set(changed) <= {"optimizer.name", "optimizer.lr", "seed"}


def test_sections_and_values_are_written_as_set_takes_them() -> None:
    by_path = {each.path: each for each in settings_of(RunConfig())}

    assert by_path["optimizer.lr"].section == "optimizer"
    assert by_path["epochs"].section == ""
    assert [written(value) for value in (None, True, (1, 2), 0.5, "x")] == [
        "none", "true", "[1, 2]", "0.5", "x",
    ]  # fmt: skip
