"""A resolved study: its points' runs, its identity, its pruner and the pruner's warm-up."""

import pytest

from bench.resolve import resolve
from bench.spec import read
from bench.study import Study, setting
from engine.config import parse
from engine.errors import ConfigError

BASE = """
name = "mine"
about = "a test"
[base]
dataset = "mnist"
epochs = {epochs}
schedule = {{ name = "{schedule}" }}
[base.model]
name = "cnn"
width = 16
order = "conv_act_norm"
conv_dropout = 0.1
[search]
{search}
[space]
{space}
"""
SPACE = '"model.batch_norm" = { choice = [true, false] }'


def _study(
    epochs: int = 20, schedule: str = "constant", search: str = "", space: str = SPACE
) -> Study:
    text = BASE.format(epochs=epochs, schedule=schedule, search=search, space=space)
    return resolve(read(text, "mine.toml"))


def test_a_point_becomes_a_run_with_its_values_and_the_rest_of_the_base() -> None:
    config = _study().config_of({"model.batch_norm": True}, seed=7, test=False)

    assert config.model.batch_norm is True  # type: ignore[attr-defined]
    assert config.model.order == "conv_act_norm"  # type: ignore[attr-defined]
    assert (config.epochs, config.seed, config.test) == (20, 7, False)


def test_options_of_the_base_s_model_that_a_point_makes_idle_are_left_out() -> None:
    config = _study().config_of({"model.batch_norm": False})

    assert config.model.batch_norm is False  # type: ignore[attr-defined]
    assert config.model.order == "conv_norm_act", "the default, since it does nothing"  # type: ignore[attr-defined]
    assert config.model.conv_dropout == 0.1  # type: ignore[attr-defined]


def test_another_model_drops_the_base_s_options() -> None:
    study = _study(space='"model.name" = { choice = ["cnn", "mlp"] }')

    assert study.config_of({"model.name": "mlp"}).model.name == "mlp"


def test_a_searched_option_without_effect_is_still_a_mistake() -> None:
    with pytest.raises(ConfigError, match=r"model.order has no effect with model.batch_norm false"):
        _study(space=f'{SPACE}\n"model.order" = {{ choice = ["conv_act_norm", "conv_norm_act"] }}')


def test_numbers_reach_the_run_as_the_steps_say() -> None:
    study = _study(space='"model.conv_dropout" = { float = [0.0, 0.5], step = 0.05 }')

    config = study.config_of({"model.conv_dropout": 0.15000000000000002})

    assert config.model.conv_dropout == 0.15  # type: ignore[attr-defined]


def test_the_identity_changes_with_what_results_depend_on_and_with_nothing_else() -> None:
    study = _study()
    again = _study(search="seed = 3\ntrials = 7")
    others = [_study(epochs=21), _study(space=SPACE + '\n"ema" = { float = [0.5, 0.9] }')]

    assert study.identity("data") == again.identity("data")
    assert study.identity("data").startswith("mine@")
    assert len({s.identity("data") for s in (study, *others)} | {study.identity("other")}) == 4


@pytest.mark.parametrize(
    ("study", "warmup"),
    [
        (_study(), 3),  # 15 % of 20 epochs
        (_study(epochs=5), 2),
        (_study(epochs=1), 1),
        (_study(schedule="one_cycle"), 8),  # 30 % of 20, and two more
        (_study(schedule="cosine"), 3),
        (_study(search="warmup = 9"), 9),
        (_study(epochs=4, search="warmup = 9"), 4),
        (
            _study(schedule="cosine", space='"schedule.warmup_epochs" = { float = [0.0, 4.5] }'),
            7,
        ),
    ],
)
def test_nothing_is_pruned_before_the_longest_warm_up_of_the_space(
    study: Study, warmup: int
) -> None:
    assert study.warmup() == warmup


def test_schedules_that_move_differently_are_not_pruned_against_each_other() -> None:
    names = '"schedule.name" = { choice = [%s] }'

    assert _study(space=names % '"constant", "exponential"').pruner() == "halving"
    assert _study(space=names % '"one_cycle", "constant"').pruner() == "none"
    assert _study(schedule="one_cycle").pruner() == "halving"
    assert _study(search='pruner = "median"').pruner() == "median"


def test_a_config_s_value_is_found_by_its_path_only() -> None:
    config = parse({"model": {"name": "cnn", "filters": [8]}})

    assert setting(config, "epochs") == 15
    assert setting(config, "model.name") == "cnn"
    assert setting(config, "model.filters") is None, "a list is nothing that is searched"
    assert setting(config, "model.sizes") is None
    assert setting(config, "epochs.real") is None
    assert setting(config, "model.width") is None
