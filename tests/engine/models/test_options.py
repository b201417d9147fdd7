"""What the families' options allow, and the sentences for what they do not."""

from typing import Any

import pytest

from engine.config import parse
from engine.errors import ConfigError
from engine.models.cnn.spec import CnnOptions
from engine.models.mlp.spec import MlpOptions
from engine.models.registry import find
from engine.models.spec import PictureShape

REJECTED = {
    "model.width has no effect with model.filters set": {"filters": [8], "width": 32},
    "model.depth has no effect with model.filters set": {"filters": [8], "depth": 3},
    "model.growth has no effect with model.depth 1": {"depth": 1, "growth": 1.5},
    "model.order has no effect with model.batch_norm false": {
        "batch_norm": False,
        "order": "conv_act_norm",
    },
    "model.second_padding has no effect with model.convs_per_block 1": {"second_padding": "valid"},
    "model.first_padding has no effect with model.kernel_size 1": {
        "kernel_size": 1,
        "first_padding": "valid",
    },
    "model.head_dropout has no effect with no model.dense layers": {"head_dropout": 0.5},
    "model.dense_batch_norm has no effect with no model.dense layers": {"dense_batch_norm": True},
    "one for each of the 1 model.dense layers": {"dense": [9], "head_dropout": [0.1, 0.2]},
    "model.head_dropout": {"dense": [9], "head_dropout": 1.0},
    "model.activation cannot be 'rleu'": {"activation": "rleu"},
    "model.hidden has 0 entries": {"name": "mlp", "hidden": []},
    "model.depth has no effect with model.hidden set": {"name": "mlp", "hidden": [8], "depth": 2},
    "model.dropout has no effect with model.layers 1": {"name": "rnn", "layers": 1, "dropout": 0.1},
    "Did you mean 'torchvision:resnet18'?": {"name": "torchvision:resnet17"},
    "It has ResNet, MobileNet": {"name": "torchvision:vgg16"},
    "unknown net 'torchvision'": {"name": "torchvision"},
}


@pytest.mark.parametrize("words", REJECTED)
def test_what_cannot_be_or_does_nothing_is_said_in_one_line(words: str) -> None:
    model: dict[str, Any] = {"name": "cnn"} | REJECTED[words]
    with pytest.raises(ConfigError) as caught:
        parse({"model": model})
    text = str(caught.value)
    assert text.startswith("model.")
    assert words in text
    assert text.endswith((".", "?"))
    assert "\n" not in text


def test_a_config_of_every_option_can_be_read_back() -> None:
    model = {"name": "cnn", "filters": [8, 9], "dense": [16, 8], "head_dropout": [0.1, 0.2]}
    config = parse({"model": model})
    assert parse(config.model_dump(mode="json")) == config


def test_width_growth_and_depth_give_the_channels_of_each_block() -> None:
    assert CnnOptions().sizes == (32, 64, 128)
    assert CnnOptions(width=10, growth=1.5, depth=4).sizes == (10, 15, 22, 34)
    assert CnnOptions(width=1, growth=0.25, depth=2).sizes == (1, 1)
    assert CnnOptions(filters=(7, 5)).sizes == (7, 5)


def test_width_and_depth_give_the_hidden_layers() -> None:
    assert MlpOptions().sizes == (128, 128)
    assert MlpOptions(width=30, depth=3).sizes == (30, 30, 30)
    assert MlpOptions(hidden=(64, 32)).sizes == (64, 32)


def test_a_cnn_says_at_which_block_the_maps_end() -> None:
    options = CnnOptions(depth=4, first_padding="valid")
    reason = find("cnn").refuses(options, PictureShape(1, 28, 28))
    assert reason == (
        "block 4 leaves nothing of its 1x1 maps; use at most 3 blocks, 'same' padding "
        "or larger pictures (data.image_size)."
    )


def test_the_first_block_may_be_too_much_already() -> None:
    reason = find("cnn").refuses(
        CnnOptions(kernel_size=7, first_padding="valid"), PictureShape(1, 4, 9)
    )
    assert reason == (
        "block 1 leaves nothing of its 4x9 maps; use 'same' padding "
        "or larger pictures (data.image_size)."
    )
