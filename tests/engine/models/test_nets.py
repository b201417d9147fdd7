"""The nets are built as their sources describe them: maps, names, order, first weights."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from engine import vision
from engine.models.registry import build, specs
from engine.models.spec import ModelOptions, PictureShape
from engine.models.summary import summarize

MNIST, CIFAR = PictureShape(1, 28, 28), PictureShape(3, 32, 32)


def options(family: str, **settings: object) -> ModelOptions:
    return specs()[family].options(**settings)


def names(net: nn.Module) -> list[str]:
    return [name for name, _ in net.named_children()]


def maps(model: ModelOptions, shape: PictureShape, kind: str) -> list[int]:
    layers = summarize(model, shape, 10).layers
    return [layer.output_shape[-1] for layer in layers if layer.type == kind]


def test_two_convs_a_block_the_second_valid_give_the_reference_maps() -> None:
    model = options("cnn", filters=(32, 64), convs_per_block=2, second_padding="valid")
    assert maps(model, CIFAR, "Conv2d") == [32, 30, 15, 13]
    assert maps(model, CIFAR, "MaxPool2d") == [15, 6]


def test_unpadded_stride_2_gives_the_reference_maps() -> None:
    model = options("cnn", downsample="stride", first_padding="valid")
    assert maps(model, MNIST, "Conv2d") == [13, 6, 2]


def test_with_two_convs_a_block_only_the_last_has_the_stride() -> None:
    model = options("cnn", downsample="stride", convs_per_block=2, depth=2)
    assert maps(model, CIFAR, "Conv2d") == [32, 16, 16, 8]


def test_mnist403k_gives_the_reference_maps() -> None:
    assert maps(options("mnist403k"), MNIST, "Conv2d") == [26, 24, 12, 10, 8, 4, 2]


def test_mnist403k_has_a_bias_where_it_has_no_norm_and_the_exact_gelu() -> None:
    net = build(options("mnist403k"), MNIST, 10)
    convs = [module for module in net if isinstance(module, nn.Conv2d)]
    assert [n for n, conv in enumerate(convs, start=1) if conv.bias is None] == [1, 2, 4, 5]
    assert [name for name in names(net) if name.startswith("norm")] == [
        f"norm{number}" for number in (1, 2, 4, 5)
    ]
    assert {m.approximate for m in net if isinstance(m, nn.GELU)} == {"none"}
    assert [m.p for m in net if isinstance(m, nn.Dropout)] == [0.4, 0.4]


def test_mnist403k_pads_one_before_and_two_after_an_even_map_and_two_on_an_odd_one() -> None:
    paddings = [
        [m.padding for m in build(options("mnist403k"), shape, 10) if isinstance(m, nn.ZeroPad2d)]
        for shape in (MNIST, PictureShape(1, 28, 25))
    ]
    assert paddings == [[(1, 2, 1, 2)] * 3, [(2, 2, 1, 2), (2, 2, 1, 2), (1, 2, 1, 2)]]


def test_resnets_pool_to_the_reference_maps() -> None:
    assert maps(options("resnet9"), CIFAR, "MaxPool2d") == [16, 8, 4, 1]
    assert maps(options("resnet13"), CIFAR, "MaxPool2d") == [16, 8, 4]
    assert maps(options("resnet13"), CIFAR, "AvgPool2d") == [1]
    assert maps(options("resnet18"), CIFAR, "Conv2d")[::4] == [32, 32, 16, 8, 4]


def test_a_residual_is_the_input_plus_two_conv_norm_relu_with_nothing_after_it() -> None:
    net = build(options("resnet9", width=4), CIFAR, 10).eval()
    residual = net.get_submodule("res1")
    pictures = torch.randn(2, 8, 6, 6)
    branch = pictures
    for block in ("block1", "block2"):
        conv, norm = (residual.get_submodule(f"{block}.{part}") for part in ("conv", "norm"))
        branch = F.relu(norm(conv(branch)))
    torch.testing.assert_close(residual(pictures), pictures + branch)


def test_layers_have_names_that_weight_decay_can_use() -> None:
    net = build(options("cnn", dense=(9, 8), flatten_dropout=0.5, head_dropout=0.1), MNIST, 10)
    after_blocks = "flatten flatten_dropout dense1 dense1_act dense1_dropout dense2"
    assert " ".join(names(net)).startswith(f"block1 block2 block3 {after_blocks}")
    parameters = [name for name, _ in net.named_parameters()]
    assert {"block1.conv1.weight", "block3.norm1.bias", "dense1.weight", "head.bias"} <= {
        *parameters
    }


@pytest.mark.parametrize(
    ("order", "expected"),
    [("conv_act_norm", "conv1 act1 norm1 conv2 act2 norm2 pool dropout"),
     ("conv_norm_act", "conv1 norm1 act1 conv2 norm2 pool act2 dropout")],
)  # fmt: skip
def test_order_says_where_batch_norm_stands(order: str, expected: str) -> None:
    model = options("cnn", order=order, convs_per_block=2, conv_dropout=0.2)
    net = build(model, MNIST, 10)
    assert names(net.get_submodule("block2")) == expected.split()


def test_each_dense_layer_has_its_own_dropout_after_its_norm() -> None:
    model = options("cnn", dense=(9, 8), dense_batch_norm=True, head_dropout=(0.25, 0.5))
    net = build(model, MNIST, 10)
    assert names(net)[-9:-1] == [
        f"dense{n}{part}" for n in (1, 2) for part in ("", "_act", "_norm", "_dropout")
    ]
    assert [m.p for m in net.modules() if isinstance(m, nn.Dropout)] == [0.25, 0.5]


KERAS = [
    options("cnn", convs_per_block=2, dense=(64,), dense_batch_norm=True, init="keras"),
    options("mlp", hidden=(64, 32), batch_norm=True, init="keras"),
    options("mnist403k"),
]


@pytest.mark.parametrize("model", KERAS, ids=lambda model: model.name)
def test_keras_initialisation_fills_glorots_limits_and_norms_count_as_keras(
    model: ModelOptions,
) -> None:
    for module in build(model, MNIST, 10).modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            receptive = math.prod(module.weight.shape[2:])
            limit = math.sqrt(6 / (receptive * sum(module.weight.shape[:2])))
            assert 0.95 * limit < module.weight.abs().max().item() <= limit * (1 + 1e-6)
            assert module.bias is None or not module.bias.any()
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            assert (module.momentum, module.eps) == (0.01, 1e-3)


def test_torch_initialisation_is_left_as_torch_draws_it() -> None:
    net = build(options("mlp", hidden=(64,)), MNIST, 10)
    torch.manual_seed(0)
    assert torch.equal(net.get_submodule("dense1").weight, nn.Linear(784, 64).weight)


def test_a_linear_model_may_begin_at_zero() -> None:
    net = build(options("linear", init="zeros"), MNIST, 10)
    assert not any(parameter.any() for parameter in net.parameters())


def test_resnet18_computes_what_torchvisions_does() -> None:
    theirs = vision.torchvision().models.resnet18(num_classes=10).eval()
    theirs.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    theirs.maxpool = nn.Identity()
    ours = build(options("resnet18"), CIFAR, 10).eval()
    weights = zip(ours.state_dict(), theirs.state_dict().values(), strict=True)
    ours.load_state_dict(dict(weights))
    images = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(ours(images), theirs(images))


def test_resnet18_draws_its_kernels_with_hes_deviation() -> None:
    conv = build(options("resnet18"), CIFAR, 10).get_submodule("stage2.block2.conv1")
    assert conv.weight.std().item() == pytest.approx(math.sqrt(2 / (9 * 128)), rel=0.02)


def test_rnn_reads_rows_downwards_with_their_channels_side_by_side() -> None:
    net = build(options("rnn", layers=1, width=8), PictureShape(3, 5, 4), 10)
    images = torch.rand(2, 3, 5, 4)
    rows = [torch.cat([images[:, c, y] for c in range(3)], dim=1) for y in range(5)]
    outputs, _ = net.get_submodule("cells")(torch.stack(rows, dim=1))
    torch.testing.assert_close(net(images), net.get_submodule("head")(outputs[:, -1]))


def test_both_directions_end_with_a_whole_picture_read() -> None:
    net = build(options("rnn", layers=1, width=8, bidirectional=True), MNIST, 10)
    images = torch.rand(1, 1, 28, 28, requires_grad=True)
    cells = net.get_submodule("cells")
    outputs, _ = cells(images[:, 0])
    last = torch.cat([outputs[:, -1, :8], outputs[:, 0, 8:]], dim=1)
    torch.testing.assert_close(net(images), net.get_submodule("head")(last))
