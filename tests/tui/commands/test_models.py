"""`dli models`: the listing, and one model taken apart."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.models.registry import specs

Dli = Callable[..., Any]


def test_every_family_is_listed(dli: Dli) -> None:
    listed = [line.split()[0] for line in dli("models").out.splitlines()[1:]]

    assert listed == list(specs())
    assert [model["name"] for model in json.loads(dli("models", "--json").out)] == listed


def test_a_model_is_taken_apart_with_its_totals(dli: Dli) -> None:
    out = dli("models", "linear", "--dataset", "mnist").out

    assert out.splitlines()[0] == "linear for mnist, 1x28x28, 10 classes"
    assert out.splitlines()[-1] == "7,850 parameters, 16 k FLOPs per picture"


def test_json_has_the_layers_and_the_totals(dli: Dli) -> None:
    found = json.loads(dli("models", "cnn", "--dataset", "cifar10", "--json").out)

    assert found["num_parameters"] == sum(layer["num_parameters"] for layer in found["layers"])
    assert found["keras_parameters"] > found["num_parameters"]
    assert found["picture_shape"] == {"channels": 3, "height": 32, "width": 32}


def test_settings_change_the_model_and_its_pictures(dli: Dli) -> None:
    words = ["models", "mlp", "--dataset", "cifar10", "--json", "--set"]

    small = json.loads(dli(*words, "model.hidden=[4]", "--set", "data.grayscale=true").out)

    assert small["num_parameters"] == (32 * 32 + 1) * 4 + (4 + 1) * 10


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("resnt9",), 2, "unknown model 'resnt9'. Did you mean 'resnet9'?"),
        (("cnn", "--dataset", "mist"), 2, "unknown data set 'mist'. Did you mean 'mnist'?"),
        (("mlp", "--set", "model.hiden=[3]"), 2, "Did you mean 'model.hidden'?"),
        (("--dataset", "mnist"), 2, "need the NAME of a model"),
        (("torchvision:resnet17",), 2, "Did you mean 'torchvision:resnet18'?"),
        (("resnet9", "--set", "data.image_size=4"), 4, "cannot take pictures of 1x4x4"),
    ],
)
def test_a_mistake_is_one_sentence(
    dli: Dli, words: tuple[str, ...], code: int, sentence: str
) -> None:
    shown = dli("models", *words)

    assert sentence in shown.err
    assert shown.code == code
    assert shown.err.count("\n") == 1
