"""torchvision is imported whether or not its compiled operators fit this torch."""

import importlib

import pytest
import torch

from engine import vision


def test_its_models_and_transforms_work_on_this_machine() -> None:
    package = vision.torchvision()
    assert package is vision.torchvision()
    transforms = importlib.import_module("torchvision.transforms.v2")
    flipped = transforms.functional.horizontal_flip(torch.tensor([[[1, 2]]]))
    assert flipped.tolist() == [[[2, 1]]]
    assert callable(package.datasets.MNIST)


def test_a_broken_pair_is_one_whose_operators_did_not_load() -> None:
    assert vision.is_broken_pair() is not vision.torchvision().extension._has_ops()


def test_any_other_failure_of_the_import_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise RuntimeError("another reason")

    monkeypatch.setattr(importlib, "import_module", fail)
    with pytest.raises(RuntimeError, match="another reason"):
        vision.torchvision()
