"""Judges a model on one part of the data, a batch at a time, taking commands in between."""

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.augment import shifted
from engine.events import ClassCounts, Event
from engine.loss import Targets
from engine.precision import autocast
from engine.setup import Pictures, Setup
from engine.steering import Steering


@dataclass(frozen=True)
class Evaluation:
    """Mean loss and accuracy over all pictures; class and confidence of each, in their order."""

    loss: float
    accuracy: float
    predicted: NDArray[np.int64]
    confidence: NDArray[np.float64]
    labels: NDArray[np.int64]
    counts: ClassCounts

    @property
    def num_correct(self) -> int:
        """How many pictures got their label."""
        return sum(self.counts.correct)


def unjudged(num_classes: int) -> Evaluation:
    """Return the evaluation on no pictures: loss and accuracy are NaN, all counts 0."""
    none, zeros = np.empty(0, np.int64), (0,) * num_classes
    counts = ClassCounts(zeros, zeros, zeros)
    return Evaluation(math.nan, math.nan, none, np.empty(0), none, counts)


def evaluate(
    setup: Setup, part: Pictures, steering: Steering
) -> Generator[Event, None, Evaluation]:
    """Return the evaluation of the current weights, in eval mode; yields progress and commands."""
    setup.evaluated.eval()
    size = setup.config.eval_batch_size
    total = len(part)
    outputs: list[tuple[Tensor, Tensor, Tensor]] = []
    for start in range(0, total, size):
        yield from steering.advance(start, total)
        chosen = torch.arange(start, min(start + size, total), device=part.rows.device)
        outputs.append(_judge(setup, part, chosen))
    losses, predicted, confidence = (
        torch.cat([batch[i] for batch in outputs]).cpu().numpy() for i in range(3)
    )
    return _summed_up(losses, predicted, confidence, part.labels.cpu().numpy(), setup.num_classes)


def _judge(setup: Setup, part: Pictures, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return loss times size (1,), class (B,) and confidence (B,), left on the device."""
    images, labels = part.batch(chosen)
    with torch.inference_mode(), autocast(setup.machine):
        inputs = setup.augmenter.eval_batch(images)  # (B, C, H, W)
        logits = _logits(setup, inputs).float()  # (B, K)
        loss = setup.loss(logits, Targets(labels)) * len(chosen)
        confidence, predicted = logits.softmax(1).max(1)
    return loss.reshape(1), predicted, confidence


def _logits(setup: Setup, inputs: Tensor) -> Tensor:
    """Return the logits (B, K), averaged over the views that the config asks for.

    A picture counts as much as both of its shifts together.
    """
    options = setup.config.augment
    logits = _mirrored_too(setup, inputs)
    if options.test_shift:
        apart = [_mirrored_too(setup, view) for view in shifted(inputs, options.test_shift)]
        logits = (logits + sum(apart) / len(apart)) / 2
    return logits


def _mirrored_too(setup: Setup, inputs: Tensor) -> Tensor:
    logits: Tensor = setup.evaluated(inputs)
    if setup.config.augment.test_flip:
        logits = (logits + setup.evaluated(inputs.flip(-1))) / 2
    return logits


def _summed_up(
    losses: NDArray[Any],
    predicted: NDArray[Any],
    confidence: NDArray[Any],
    labels: NDArray[Any],
    num_classes: int,
) -> Evaluation:
    right = predicted == labels
    counted = (labels, predicted, labels[right])
    support, called, correct = (
        tuple(np.bincount(classes, minlength=num_classes).tolist()) for classes in counted
    )
    return Evaluation(
        loss=float(losses.astype(np.float64).sum() / len(labels)),
        accuracy=float(right.mean()),
        predicted=predicted,
        confidence=confidence.astype(np.float64),
        labels=labels,
        counts=ClassCounts(support, called, correct),
    )
