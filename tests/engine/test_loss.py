"""Losses against their definitions."""

import math

import pytest
import torch

from engine.loss import Targets, loss_function
from engine.options import LossOptions

LOGITS = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 3, 1, 1])
OTHERS = LABELS.roll(1)


def test_squared_error_is_the_mean_over_pictures_and_classes() -> None:
    loss = loss_function(LossOptions(name="squared_error"), num_classes=4)
    by_hand = sum(
        (float(LOGITS[n, k]) - (k == int(LABELS[n]))) ** 2 for n in range(6) for k in range(4)
    )

    assert float(loss(LOGITS, Targets(LABELS))) == pytest.approx(by_hand / 24, rel=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_is_that_of_smoothed_labels(smoothing: float) -> None:
    loss = loss_function(LossOptions(label_smoothing=smoothing), num_classes=4)
    wanted = torch.eye(4)[LABELS] * (1 - smoothing) + smoothing / 4
    by_hand = -(wanted * LOGITS.log_softmax(1)).sum(1).mean()

    assert float(loss(LOGITS, Targets(LABELS))) == pytest.approx(float(by_hand), rel=1e-6)


def test_label_smoothing_of_a_tenth_keeps_ten_classes_at_half_a_nat_or_above() -> None:
    loss = loss_function(LossOptions(label_smoothing=0.1), num_classes=10)
    best = torch.full((1, 10), math.log(0.01))
    best[0, 3] = math.log(0.91)

    assert float(loss(best, Targets(torch.tensor([3])))) == pytest.approx(0.5003, abs=1e-4)


@pytest.mark.parametrize("name", ["cross_entropy", "squared_error"])
def test_mixed_targets_weigh_the_losses_of_both_labels(name: str) -> None:
    loss = loss_function(LossOptions.model_validate({"name": name}), num_classes=4)
    first, other = (float(loss(LOGITS, Targets(labels))) for labels in (LABELS, OTHERS))

    mixed = loss(LOGITS, Targets(LABELS, OTHERS, 0.3))

    assert float(mixed) == pytest.approx(0.3 * first + 0.7 * other, rel=1e-6)


@pytest.mark.parametrize("autocast", [True, False])
@pytest.mark.parametrize("name", ["cross_entropy", "squared_error"])
def test_bf16_logits_are_judged_in_fp32(name: str, autocast: bool) -> None:
    loss = loss_function(LossOptions.model_validate({"name": name}), num_classes=4)
    rounded = LOGITS.bfloat16()

    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        result = loss(rounded, Targets(LABELS))

    assert result.dtype == torch.float32
    assert torch.equal(result, loss(rounded.float(), Targets(LABELS)))
