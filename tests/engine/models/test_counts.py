"""Parameter counts of the reference systems, trainable and as Keras prints them."""

from typing import Any

import pytest
import torch

from engine.models.registry import build, specs
from engine.models.spec import PictureShape
from engine.models.summary import count_parameters

MNIST, CIFAR = PictureShape(1, 28, 28), PictureShape(3, 32, 32)
KERAS_BLOCK = {
    "filters": (32, 64),
    "convs_per_block": 2,
    "second_padding": "valid",
    "order": "conv_act_norm",
    "dense": (512,),
    "head_dropout": 0.5,
    "init": "keras",
}
NO_NORM = {"batch_norm": False, "order": "conv_norm_act"}
R12 = {
    "filters": (32, 64, 128),
    "convs_per_block": 2,
    "order": "conv_act_norm",
    "flatten_dropout": 0.5,
    "dense": (1024,),
    "head_dropout": 0.2,
}
R13 = {
    "filters": (32, 64, 128),
    "first_padding": "valid",
    "batch_norm": False,
    "downsample": "stride",
    "flatten_dropout": 0.2,
    "dense": (512,),
    "head_dropout": 0.2,
}
R15 = {
    "filters": (32, 64),
    "convs_per_block": 2,
    "order": "conv_act_norm",
    "conv_dropout": 0.25,
    "dense": (512, 1024),
    "dense_batch_norm": True,
    "head_dropout": (0.25, 0.5),
    "init": "keras",
}

Row = tuple[str, dict[str, Any], PictureShape, int, int]
# R0b has R0a's layers, R5 R4's, R6 R4b's; the sources of R2, R9 and R10 print no Keras count.
COUNTS: dict[str, Row] = {
    "R0a linear": ("linear", {}, MNIST, 7_850, 7_850),
    "R1 mnist_mlp": ("mlp", {"hidden": (64, 32)}, MNIST, 52_650, 52_650),
    "R2 cifar_resnet9": ("resnet9", {"head_dropout": 0.2}, CIFAR, 6_575_370, 6_579_850),
    "R3 cifar_dropout": (
        "cnn",
        KERAS_BLOCK | NO_NORM | {"conv_dropout": 0.25},
        CIFAR,
        1_250_858,
        1_250_858,
    ),
    "R4 cifar_bn": ("cnn", KERAS_BLOCK, CIFAR, 1_251_242, 1_251_626),
    "R4b cifar_bn_dropout": (
        "cnn",
        KERAS_BLOCK | {"conv_dropout": 0.25},
        CIFAR,
        1_251_242,
        1_251_626,
    ),
    "R7 cifar_deeper": ("cnn", KERAS_BLOCK | {"filters": (32, 64, 128)}, CIFAR, 555_690, 556_586),
    "R8 cifar_wider": ("cnn", KERAS_BLOCK | {"filters": (64, 128)}, CIFAR, 2_625_866, 2_626_634),
    "R9 cifar_resnet9_plain": ("resnet9", {}, CIFAR, 6_575_370, 6_579_850),
    "R10 cifar_resnet18": ("resnet13", {}, CIFAR, 7_830_666, 7_836_426),
    "R10 the real one": ("resnet18", {}, CIFAR, 11_173_962, 11_183_562),
    "R11 mnist_rnn": ("rnn", {}, MNIST, 214_282, 214_282),
    "R11 gru": ("rnn", {"cell": "gru"}, MNIST, 161_034, 161_034),
    "R11 rnn": ("rnn", {"cell": "rnn"}, MNIST, 54_538, 54_538),
    "R11 one layer": ("rnn", {"layers": 1}, MNIST, 82_186, 82_186),
    "R11 gru, one layer": ("rnn", {"cell": "gru", "layers": 1}, MNIST, 61_962, 61_962),
    "R11 rnn, one layer": ("rnn", {"cell": "rnn", "layers": 1}, MNIST, 21_514, 21_514),
    "R12 cifar_bn_cnn": ("cnn", R12, CIFAR, 2_396_330, 2_397_226),
    "R13 fashion_cnn": ("cnn", R13, MNIST, 360_458, 360_458),
    "R13 with max-pool": (
        "cnn",
        {"filters": (32, 64), "batch_norm": False, "dense": (128,)},
        MNIST,
        421_642,
        421_642,
    ),
    "R14 mnist_403k": ("mnist403k", {}, MNIST, 403_338, 403_722),
    "R15 mnist_2m": ("cnn", R15, MNIST, 2_210_154, 2_213_610),
}


@pytest.mark.parametrize("system", COUNTS)
def test_a_reference_system_has_its_source_s_parameters(system: str) -> None:
    family, options, shape, trainable, keras = COUNTS[system]
    with torch.device("meta"):
        net = build(specs()[family].options(**options), shape, 10)
    assert count_parameters(net) == (trainable, keras)


def test_a_cifar_stem_gives_torchvision_s_resnet18_the_same_count() -> None:
    with torch.device("meta"):
        net = build(specs()["torchvision"].options(name="torchvision:resnet18"), CIFAR, 10)
    assert count_parameters(net)[0] == 11_173_962


def test_frozen_parameters_are_not_counted() -> None:
    net = build(specs()["linear"].options(), MNIST, 10)
    net.get_submodule("head").requires_grad_(False)
    assert count_parameters(net) == (0, 0)
