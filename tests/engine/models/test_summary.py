"""Summaries add up, and their FLOPs are those of the textbook."""

import pytest

from engine.errors import ModelError
from engine.models.registry import specs
from engine.models.spec import PictureShape
from engine.models.summary import LayerSummary, summarize

MNIST = PictureShape(1, 28, 28)


def test_a_layer_has_its_name_type_shape_parameters_and_flops() -> None:
    model = specs()["cnn"].options(filters=(32, 64), batch_norm=False, dense=(128,))
    layers = {layer.name: layer for layer in summarize(model, MNIST, 10).layers}
    conv = LayerSummary("block2.conv1", "Conv2d", (64, 14, 14), 18_496, 2 * 14 * 14 * 64 * 32 * 9)
    assert layers["block2.conv1"] == conv
    assert layers["block2.pool"] == LayerSummary("block2.pool", "MaxPool2d", (64, 7, 7), 0, 0)
    assert layers["head"] == LayerSummary("head", "Linear", (10,), 1_290, 2 * 128 * 10)


def test_recurrent_cells_count_each_step() -> None:
    summary = summarize(specs()["rnn"].options(layers=1), MNIST, 10)
    assert [layer.name for layer in summary.layers] == ["cells", "head"]
    assert summary.layers[0].flops == 28 * 2 * (28 + 128) * 4 * 128


@pytest.mark.parametrize("name", ["mlp", "cnn", "resnet9", "torchvision:convnext_tiny"])
def test_the_layers_add_up_to_the_totals(name: str) -> None:
    model = specs()[name.partition(":")[0]].options(name=name)
    summary = summarize(model, PictureShape(3, 32, 32), 10)
    assert sum(layer.num_parameters for layer in summary.layers) == summary.num_parameters
    assert sum(layer.flops for layer in summary.layers) == summary.flops
    assert summary.keras_parameters >= summary.num_parameters


def test_pictures_that_are_refused_have_no_summary() -> None:
    with pytest.raises(ModelError, match="at least 13x13 pixels"):
        summarize(specs()["mnist403k"].options(), PictureShape(1, 12, 12), 10)
