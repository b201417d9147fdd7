"""torchvision's nets: the list is theirs, stems and heads fit the pictures."""

import pytest
import torch

from engine import vision
from engine.models.registry import build
from engine.models.spec import PictureShape
from engine.models.summary import count_parameters
from engine.models.torchvision.spec import NETS, TorchvisionOptions

FAMILIES = ("resnet", "resnext", "wide_resnet", "mobilenet", "efficientnet", "densenet", "convnext")
PUBLISHED = {  # torchvision's documentation, 1000 classes
    "resnet50": 25_557_032,
    "mobilenet_v2": 3_504_872,
    "efficientnet_b0": 5_288_548,
    "densenet121": 7_978_856,
    "convnext_tiny": 28_589_128,
}


def options(net: str) -> TorchvisionOptions:
    return TorchvisionOptions(name=f"torchvision:{net}")


def test_the_list_is_all_that_torchvision_has_of_these_families() -> None:
    models = vision.torchvision().models
    theirs = models.list_models(module=models)
    assert sorted(NETS) == sorted(name for name in theirs if name.startswith(FAMILIES))


@pytest.mark.parametrize("net", NETS)
def test_every_net_takes_small_grey_pictures(net: str) -> None:
    with torch.device("meta"):
        model = build(options(net), PictureShape(1, 28, 28), 7).eval()
    with torch.no_grad():
        assert model(torch.empty(2, 1, 28, 28, device="meta")).shape == (2, 7)


@pytest.mark.parametrize("net", PUBLISHED)
def test_large_colour_pictures_meet_the_published_net(net: str) -> None:
    with torch.device("meta"):
        model = build(options(net), PictureShape(3, 224, 224), 1000)
    assert count_parameters(model)[0] == PUBLISHED[net]


def test_large_grey_pictures_change_only_the_stems_channels() -> None:
    with torch.device("meta"):
        model = build(options("resnet50"), PictureShape(1, 224, 224), 1000)
    stem = model.get_submodule("conv1")
    assert (stem.kernel_size, stem.stride, stem.in_channels) == ((7, 7), (2, 2), 1)
    assert count_parameters(model)[0] == PUBLISHED["resnet50"] - 2 * 64 * 49


@pytest.mark.parametrize(
    ("net", "stem", "side"),
    [
        ("resnet18", "conv1", 32),
        ("mobilenet_v2", "features.0.0", 32),
        ("densenet121", "features.pool0", 32),
        ("convnext_tiny", "features.0.0", 16),
    ],
)
def test_small_pictures_keep_their_size_in_the_stem(net: str, stem: str, side: int) -> None:
    seen = []
    with torch.device("meta"):
        model = build(options(net), PictureShape(3, 32, 32), 10).eval()
        layer = model.get_submodule(stem)
        layer.register_forward_hook(lambda *call: seen.append(call[-1].shape[-2:]))
        model(torch.empty(1, 3, 32, 32))
    assert seen == [(side, side)]
