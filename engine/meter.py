"""Loss per group of steps on a fixed grid, without making the device wait for the host."""

import math
import time
from collections import deque
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import DivergedError
from engine.events import StepCompleted

MOST_GROUPS = 200  # per epoch


@dataclass(frozen=True)
class Rates:
    """The learning rate and momentum that a step used."""

    lr: float
    momentum: float


@dataclass
class _Group:
    """The losses of one grid cell on their way to the host."""

    epoch: int
    first_step: int
    losses: Tensor
    rates: Rates
    images_per_second: float
    arrived: "torch.cuda.Event | None" = None


class LossMeter:
    """Collects the loss of every step and tells them in groups.

    The grid is fixed by the number of steps an epoch has, never by the clock, so that two runs of
    one config tell the same. On CUDA a group is copied while the next one computes, and told one
    group late; elsewhere at once.

    Args:
        steps_per_epoch: steps of one epoch.
        batch_size: pictures per step, for the rate.
        pending: losses of the unfinished group that a checkpoint kept.
        device: where losses come from.
    """

    def __init__(
        self, steps_per_epoch: int, batch_size: int, pending: list[float], device: str = "cpu"
    ) -> None:
        self._steps_per_epoch = steps_per_epoch
        self._stride = math.ceil(steps_per_epoch / MOST_GROUPS)
        self._batch_size = batch_size
        self._pending: list[Tensor] = [torch.tensor(loss, device=device) for loss in pending]
        self._groups: deque[_Group] = deque()
        self._since = time.perf_counter()

    def add(self, epoch: int, step: int, loss: Tensor, rates: Rates) -> list[StepCompleted]:
        """Take in a step's loss and return the groups that are complete and on the host.

        Raises:
            DivergedError: a loss that arrived is not finite; names its epoch and step.
        """
        loss = loss.detach()
        if loss.device.type == "cpu":
            check_finite(float(loss), epoch, step)
        self._pending.append(loss)
        done = (step - 1) % self._steps_per_epoch + 1
        if done % self._stride == 0 or done == self._steps_per_epoch:
            self._send(epoch, step, rates)
        return self._arrived(keep=1 if loss.device.type == "cuda" else 0)

    def flush(self) -> list[StepCompleted]:
        """Return the groups still on the way; waits for the device."""
        return self._arrived(keep=0)

    @property
    def on_the_way(self) -> bool:
        """Whether groups have left the device's side but were not told yet."""
        return bool(self._groups)

    def pending(self) -> list[float]:
        """Return the losses of the unfinished group, for a checkpoint."""
        return [float(loss) for loss in self._pending]

    def restart_clock(self) -> None:
        """Leave the time until now out of the next group's rate (validation, pauses)."""
        self._since = time.perf_counter()

    def _send(self, epoch: int, step: int, rates: Rates) -> None:
        now = time.perf_counter()
        count = len(self._pending)
        speed = count * self._batch_size / max(now - self._since, 1e-9)
        self._since = now
        losses = torch.stack([loss.float() for loss in self._pending])
        group = _Group(epoch, step - count + 1, losses, rates, speed)
        if losses.device.type == "cuda":
            group.losses = losses.to("cpu", non_blocking=True)
            group.arrived = torch.cuda.Event()
            group.arrived.record()
        self._groups.append(group)
        self._pending = []

    def _arrived(self, keep: int) -> list[StepCompleted]:
        told = []
        while len(self._groups) > keep:
            told.append(_told(self._groups.popleft()))
        return told


def check_finite(loss: float, epoch: int, step: int) -> None:
    """Raise `DivergedError` for a loss that is not a finite number."""
    if not math.isfinite(loss):
        raise DivergedError(
            f"the loss became {loss} in epoch {epoch}, step {step}: training diverged. "
            "The last checkpoint before it is kept; try a lower optimizer.lr or clip.norm=1."
        )


def _told(group: _Group) -> StepCompleted:
    if group.arrived is not None:
        group.arrived.synchronize()
    losses: list[float] = group.losses.cpu().double().tolist()
    for offset, loss in enumerate(losses):
        check_finite(loss, group.epoch, group.first_step + offset)
    return StepCompleted(
        time=time.time(),
        epoch=group.epoch,
        step=group.first_step + len(losses) - 1,
        count=len(losses),
        loss=math.fsum(losses) / len(losses),
        loss_min=min(losses),
        loss_max=max(losses),
        lr=group.rates.lr,
        momentum=group.rates.momentum,
        images_per_second=group.images_per_second,
    )
