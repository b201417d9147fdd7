"""The shipped studies: sound, buildable all over their spaces, and true to their sources."""

from typing import Any

import pytest
import torch

from bench import catalog
from bench.corners import extremes
from bench.resolve import resolve
from bench.study import Study
from engine.config import RunConfig, parse
from engine.data.registry import find as find_data
from engine.models.registry import build
from engine.models.summary import count_parameters
from engine.optim import build_optimizer

# The reference systems R4, R3 and R5: layers, initialisation and training of their sources.
_BLOCKS = {
    "name": "cnn",
    "filters": [32, 64],
    "convs_per_block": 2,
    "first_padding": "same",
    "second_padding": "valid",
    "kernel_size": 3,
    "downsample": "pool",
    "dense": [512],
    "head_dropout": 0.5,
    "activation": "relu",
    "init": "keras",
}
_WITH_NORM = _BLOCKS | {"batch_norm": True, "order": "conv_act_norm", "conv_dropout": 0.0}
_TRAINING = {
    "dataset": "cifar10",
    "epochs": 50,
    "batch_size": 32,
    "data": {"val_size": 5_000},
    "optimizer": {"name": "sgd", "lr": 0.01},
    "schedule": {"name": "constant"},
}
_L2 = {"name": "sgd", "lr": 0.01, "weight_decay": 0.02, "decay_on": ["dense1.weight"]}
REFERENCES: dict[str, tuple[dict[str, Any], int, int]] = {
    "cifar_bn": (_TRAINING | {"model": _WITH_NORM}, 1_251_242, 1_251_626),
    "cifar_dropout": (
        _TRAINING | {"model": _BLOCKS | {"batch_norm": False, "conv_dropout": 0.25}},
        1_250_858,
        1_250_858,
    ),
    "cifar_l2": (_TRAINING | {"model": _WITH_NORM, "optimizer": _L2}, 1_251_242, 1_251_626),
}
SEARCHES = [name for name in catalog.names() if catalog.find(name).space]


def _study(name: str) -> Study:
    return resolve(catalog.find(name))


def _model(config: RunConfig) -> torch.nn.Module:
    spec = find_data(config.dataset)
    with torch.device("meta"):
        return build(config.model, spec.shape, spec.num_classes)


@pytest.mark.parametrize("name", catalog.names())
def test_a_shipped_study_resolves_and_warns_of_nothing(name: str) -> None:
    assert _study(name).warnings == ()


@pytest.mark.parametrize("name", SEARCHES)
def test_every_extreme_of_a_shipped_study_is_a_net_with_an_optimizer(name: str) -> None:
    study = _study(name)
    shape = find_data(study.config.dataset).shape

    for point in extremes(study.space):
        config = study.config_of(point)
        net = _model(config)
        images = torch.empty(2, shape.channels, shape.height, shape.width, device="meta")
        assert net(images).shape == (2, 10)
        assert build_optimizer(net, config.optimizer).param_groups


@pytest.mark.parametrize("name", SEARCHES)
def test_a_shipped_search_has_its_base_and_another_baseline_within_its_limits(name: str) -> None:
    study = _study(name)
    configs = [study.config_of(baseline.params) for baseline in study.baselines]
    most = study.file.limits.parameters or 10**9

    assert len(study.baselines) >= 2
    assert configs[0] == study.config
    assert study.base_values.items() >= study.baselines[0].params.items()
    assert all(count_parameters(_model(config))[0] <= most for config in configs)


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_base_is_its_source_s_to_the_letter(name: str) -> None:
    wanted, trainable, keras = REFERENCES[name]
    config = catalog.find(name).config

    assert config == parse(wanted)
    assert count_parameters(_model(config)) == (trainable, keras)


def test_l2_is_on_the_dense_kernel_alone() -> None:
    config = catalog.find("cifar_l2").config
    net = _model(config)

    decaying = [g for g in build_optimizer(net, config.optimizer).param_groups if g["weight_decay"]]

    assert [group["weight_decay"] for group in decaying] == [0.02]
    assert decaying[0]["params"] == [net.get_parameter("dense1.weight")]
    assert net.get_parameter("dense1.weight").shape == (512, 2304)


def test_between_them_the_studies_search_everything_that_was_asked_for() -> None:
    searched = {d.path for name in SEARCHES for d in _study(name).space}

    assert set(SEARCHES) >= {"digits_cnn", "mnist_cnn", "fashion_cnn_search", *REFERENCES}
    assert searched >= {
        "model.conv_dropout",
        "model.head_dropout",
        "model.batch_norm",
        "model.width",
        "model.growth",
        "model.depth",
        "model.convs_per_block",
        "optimizer.name",
        "optimizer.lr",
        "optimizer.weight_decay",
        "schedule.name",
        "schedule.gamma",
        "schedule.warmup",
        "loss.label_smoothing",
        "augment.flip",
        "augment.crop_padding",
    }
    assert all(
        d.when for d in _study("cifar_schedules").space
        if d.path.startswith("schedule.") and d.path != "schedule.name"
    )  # fmt: skip
