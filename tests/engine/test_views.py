"""Test-time views: the logits of moved and mirrored pictures are averaged."""

import pytest
import torch

from engine.augment import shifted
from engine.config import parse
from engine.evaluate import _logits
from engine.setup import Setup
from tests.engine.models.test_airbench import _setup


def _linear(**augment: object) -> Setup:
    model = {"name": "linear"}
    return _setup(model=model, optimizer={"name": "sgd"}, augment=augment)


def test_pictures_are_moved_along_the_diagonal_and_mirrored_at_the_border() -> None:
    picture = torch.arange(16.0).view(1, 1, 4, 4)
    down_right, up_left = shifted(picture, 1)

    assert torch.equal(down_right[0, 0, 1:, 1:], picture[0, 0, :3, :3])
    assert torch.equal(up_left[0, 0, :3, :3], picture[0, 0, 1:, 1:])
    assert down_right[0, 0, 0, 0] == picture[0, 0, 1, 1]
    assert up_left[0, 0, 3, 3] == picture[0, 0, 2, 2]


@pytest.mark.parametrize("flip", [False, True])
def test_a_picture_counts_as_much_as_both_of_its_shifts(flip: bool) -> None:
    setup = _linear(test_shift=1, test_flip=flip)
    images = torch.rand(5, 1, 28, 28)

    def judged(view: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = setup.model(view)
        return (logits + setup.model(view.flip(-1))) / 2 if flip else logits

    first, second = (judged(view) for view in shifted(images, 1))
    expected = judged(images) / 2 + first / 4 + second / 4
    torch.testing.assert_close(_logits(setup, images), expected)


def test_without_views_a_picture_is_judged_as_it_is() -> None:
    setup, images = _linear(), torch.rand(3, 1, 28, 28)

    assert parse({}).augment.test_shift == 0
    assert torch.equal(_logits(setup, images), setup.model(images))
