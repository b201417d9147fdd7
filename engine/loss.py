"""What training makes small: a function of logits and targets, always computed in fp32."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F

from engine.options import LossOptions


@dataclass(frozen=True)
class Targets:
    """Labels (N,); for mixed pictures also the other picture's, and the weight of the first."""

    labels: Tensor
    other_labels: Tensor | None = None
    weight: float | Tensor = 1.0


def loss_function(options: LossOptions, num_classes: int) -> Callable[[Tensor, Targets], Tensor]:
    """Return the loss as a function of logits (N, K) and targets: a mean over the batch.

    Squared error is also a mean over the K outputs, against one-hot labels. Label smoothing stays
    on for val and test, as in Keras, so that their losses compare with the training loss.
    """

    def of_labels(logits: Tensor, labels: Tensor) -> Tensor:
        if options.name == "squared_error":
            return F.mse_loss(logits, F.one_hot(labels, num_classes).float())
        return F.cross_entropy(logits, labels, label_smoothing=options.label_smoothing)

    def loss(logits: Tensor, targets: Targets) -> Tensor:
        logits = logits.float()
        first = of_labels(logits, targets.labels)
        if targets.other_labels is None:
            return first
        other = of_labels(logits, targets.other_labels)
        return targets.weight * first + (1 - targets.weight) * other

    return loss
