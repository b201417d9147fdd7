"""What every registered family promises; a new folder in `engine/models` is enrolled by itself."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.errors import ModelError
from engine.models.registry import build, find, specs
from engine.models.spec import ModelOptions, PictureShape

# Families whose defaults are too big for a test of a second.
SMALLER: dict[str, list[dict[str, Any]]] = {
    "cnn": [
        {},
        {"width": 8, "depth": 2, "dense": [16], "dense_batch_norm": True, "head_dropout": 0.1},
        {"filters": [8, 16], "convs_per_block": 2, "downsample": "stride", "batch_norm": False},
    ],
    "airbench": [
        {"filters": [8, 16]},
        {"filters": [16, 32], "convs_per_block": 1, "whiten_size": 3},
    ],
    "resnet9": [{"width": 8, "head_dropout": 0.1}],
    "resnet13": [{"width": 8}],
    "resnet18": [{"width": 8}],
    "rnn": [
        {},
        {"cell": "gru", "width": 32, "bidirectional": True},
        {"cell": "rnn", "width": 32, "layers": 3, "dropout": 0.1},
    ],
    "torchvision": [{"name": "torchvision:mobilenet_v3_small"}, {"name": "torchvision:resnet18"}],
}
MODELS: list[ModelOptions] = [
    spec.options(**options) for spec in specs().values() for options in SMALLER.get(spec.name, [{}])
]
SHAPES = [PictureShape(1, 28, 28), PictureShape(3, 32, 32), PictureShape(1, 8, 8)]
CASES = [(options, shape) for options in MODELS for shape in SHAPES]
ACCEPTED = [(o, s) for o, s in CASES if find(o.name).refuses(o, s) is None]
REFUSED = [(o, s) for o, s in CASES if find(o.name).refuses(o, s) is not None]
NUM_CLASSES = 7

Case = tuple[ModelOptions, PictureShape]


def called(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(called(part) for part in value)
    if isinstance(value, ModelOptions):
        given = value.model_dump(exclude_defaults=True, exclude={"name"})
        return " ".join([value.name, *(f"{key}={setting}" for key, setting in given.items())])
    return str(value)


def pictures(shape: PictureShape, count: int) -> Tensor:
    return torch.rand(count, shape.channels, shape.height, shape.width)


def logits_of(net: nn.Module, images: Tensor) -> Tensor:
    net.eval()
    with torch.no_grad():
        logits: Tensor = net(images)
    return logits


@pytest.mark.parametrize("case", ACCEPTED, ids=called)
def test_logits_are_one_finite_row_per_picture_in_either_memory_format(case: Case) -> None:
    options, shape = case
    net = build(options, shape, NUM_CLASSES)
    images = pictures(shape, 2)
    logits = logits_of(net, images)
    assert logits.shape == (2, NUM_CLASSES)
    assert logits.isfinite().all()
    net = net.to(memory_format=torch.channels_last)
    in_other_format = logits_of(net, images.contiguous(memory_format=torch.channels_last))
    torch.testing.assert_close(in_other_format, logits, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("case", ACCEPTED, ids=called)
def test_every_parameter_gets_a_finite_gradient(case: Case) -> None:
    options, shape = case
    net = build(options, shape, NUM_CLASSES)
    F.cross_entropy(net(pictures(shape, 3)), torch.tensor([0, 3, 6])).backward()
    without = [
        n
        for n, p in net.named_parameters()
        if p.requires_grad and (p.grad is None or not p.grad.isfinite().all())
    ]
    assert without == []


@pytest.mark.parametrize("options", MODELS, ids=called)
def test_it_learns_32_random_pictures_by_heart(options: ModelOptions) -> None:
    shape = PictureShape(1, 16, 16)
    net = build(options, shape, NUM_CLASSES)
    images, labels = pictures(shape, 32), torch.arange(32) % NUM_CLASSES
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    losses = []
    for _ in range(150):
        loss = F.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if losses[-1] < 0.4 * losses[0]:
            return
    pytest.fail(f"the loss went only from {losses[0]:.3f} to {losses[-1]:.3f}")


@pytest.mark.parametrize("options", MODELS, ids=called)
def test_a_state_dict_carries_the_whole_model(options: ModelOptions) -> None:
    shape = PictureShape(3, 32, 32)
    net, other = (build(options, shape, NUM_CLASSES) for _ in range(2))
    net(pictures(shape, 4))  # moves the running statistics of batch norm
    images = pictures(shape, 2)
    assert not torch.equal(logits_of(net, images), logits_of(other, images))
    other.load_state_dict(net.state_dict())
    assert torch.equal(logits_of(net, images), logits_of(other, images))


@pytest.mark.parametrize("case", REFUSED, ids=called)
def test_pictures_it_cannot_take_are_refused_in_one_sentence_with_the_size(case: Case) -> None:
    options, shape = case
    with pytest.raises(ModelError) as caught:
        build(options, shape, NUM_CLASSES)
    text = str(caught.value)
    assert text.startswith(f"model '{options.name}' cannot take pictures of {shape}: ")
    assert "data.image_size" in text
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize("options", MODELS, ids=called)
def test_pictures_need_not_be_square(options: ModelOptions) -> None:
    shape = PictureShape(3, 32, 23)
    with torch.device("meta"):
        logits = logits_of(build(options, shape, NUM_CLASSES), pictures(shape, 1))
    assert logits.shape == (1, NUM_CLASSES)


@pytest.mark.parametrize("options", MODELS, ids=called)
def test_the_last_linear_layer_is_the_head(options: ModelOptions) -> None:
    with torch.device("meta"):
        net = build(options, PictureShape(1, 28, 28), NUM_CLASSES)
    linear = [module for module in net.modules() if isinstance(module, nn.Linear)]
    assert linear[-1].out_features == NUM_CLASSES


@pytest.mark.parametrize("options", MODELS, ids=called)
def test_options_survive_a_config_file(options: ModelOptions) -> None:
    again = type(options).model_validate_json(options.model_dump_json())
    assert again == options
    assert not set(again.no_effect()) & set(options.model_dump(exclude_defaults=True))


def test_names_and_sentences_are_there_for_the_listing() -> None:
    for name, spec in specs().items():
        assert spec.name == name
        assert spec.about
        assert spec.source
