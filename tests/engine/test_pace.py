"""How long a step takes, told from small batches where a whole one would be long."""

import time
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from engine import pace
from engine.checkpoint import Progress
from engine.work import finish

_ANYWAY, _EACH, _BATCH = 0.05, 0.002, 800  # seconds of a step, of each of its pictures; pictures


class _Slow:
    """Stands for a stepper whose steps take some time anyway, and more for each picture."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def batches(self, epoch: int, first_step: int) -> Iterator[Tensor]:
        assert (epoch, first_step) == (1, 0)
        yield torch.arange(_BATCH)

    def step(self, epoch: int, chosen: Tensor) -> tuple[Tensor]:
        assert epoch == 1
        self.sizes.append(len(chosen))
        time.sleep(_ANYWAY + _EACH * len(chosen))
        return (torch.tensor(0.0),)


def test_a_long_step_is_told_from_small_ones_and_what_a_step_costs_anyway_counts_once() -> None:
    stepper = _Slow()
    seconds, is_rough = finish(pace._step_seconds(stepper, Progress(base_lr=0.1), _BATCH))  # type: ignore[arg-type]

    assert is_rough
    assert max(stepper.sizes) < _BATCH / 4
    assert seconds == pytest.approx(_ANYWAY + _EACH * _BATCH, rel=0.15)  # 4 times that, else
