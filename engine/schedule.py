"""Learning rate and momentum of each step, as pure functions of the step. Imports no torch.

Steps count from 1. The values are those of torch's schedulers, read before each optimizer step.
Only `plateau` depends on what was measured; its state is the small `PlateauState`.
"""

import math
from dataclasses import dataclass

from engine.options import (
    ConstantSchedule,
    CosineSchedule,
    ExponentialSchedule,
    OneCycleSchedule,
    PlateauSchedule,
    ScheduleOptions,
    StepSchedule,
)


@dataclass(frozen=True)
class Plan:
    """How long the run is; schedules are built for the whole of it."""

    steps_per_epoch: int
    epochs: int

    @property
    def total_steps(self) -> int:
        """Steps of the whole run."""
        return self.steps_per_epoch * self.epochs


def learning_rate(schedule: ScheduleOptions, lr: float, step: int, plan: Plan) -> float:
    """Return the learning rate used in step `step`, where `lr` is the optimizer's.

    For `plateau` this is `lr` itself: its caller multiplies by `PlateauState.factor` and keeps the
    product at `min_lr` or above.
    """
    epochs_done = (step - 1) // plan.steps_per_epoch
    match schedule:
        case ConstantSchedule() | PlateauSchedule():
            return lr
        case StepSchedule():
            drops = sum(milestone <= epochs_done for milestone in schedule.milestones)
            return lr * schedule.gamma**drops
        case ExponentialSchedule():
            return lr * schedule.gamma**epochs_done
        case OneCycleSchedule():
            first = lr / schedule.start_divisor
            return _cycled(schedule, step, plan, (first, lr, first / schedule.final_divisor))
        case CosineSchedule():
            return lr * _warmup_then_cosine(schedule, step, plan)


def momentum(schedule: ScheduleOptions, base: float, step: int, plan: Plan) -> float:
    """Return the momentum (or Adam's beta1) used in `step`: `base`, unless one-cycle moves it.

    An optimizer without momentum stays without.
    """
    if isinstance(schedule, OneCycleSchedule) and schedule.cycle_momentum and base > 0:
        high, low = schedule.high_momentum, schedule.low_momentum
        return _cycled(schedule, step, plan, (high, low, high))
    return base


def _cycled(
    schedule: OneCycleSchedule, step: int, plan: Plan, values: tuple[float, float, float]
) -> float:
    """Return the value of a step on the two ramps between the first, the middle and the last.

    The middle lies at `warmup * total_steps - 1` steps, mostly between two steps (`OneCycleLR`).
    """
    first, middle, last = values
    ramp = _cosine if schedule.anneal == "cosine" else _line
    done = step - 1
    turn = schedule.warmup * plan.total_steps - 1
    if done <= turn:
        return ramp(first, middle, done / turn if turn else 1.0)
    return ramp(middle, last, (done - turn) / (plan.total_steps - 1 - turn))


def _warmup_then_cosine(schedule: CosineSchedule, step: int, plan: Plan) -> float:
    """Return the part of the peak that a step uses.

    With w = round(warmup_epochs * steps_per_epoch) steps of warm-up and n = total_steps - w:
    step s <= w uses s / (w + 1); then f + (1 - f) * (1 + cos(pi * (s - 1 - w) / (n - 1))) / 2,
    which is 1 at s = w + 1 and f = final_fraction at the last step. In torch: `LinearLR` from
    1 / (w + 1), then `CosineAnnealingLR(T_max=n - 1)`.
    """
    warmup = round(schedule.warmup_epochs * plan.steps_per_epoch)
    if step <= warmup:
        return step / (warmup + 1)
    length = plan.total_steps - warmup - 1
    part = (step - 1 - warmup) / length if length else 0.0
    return _cosine(1.0, schedule.final_fraction, part)


def _cosine(start: float, end: float, part: float) -> float:
    """Go from `start` (part 0) to `end` (part 1) along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2


def _line(start: float, end: float, part: float) -> float:
    """Go from `start` (part 0) to `end` (part 1) along a line."""
    return start + (end - start) * part


@dataclass(frozen=True)
class PlateauState:
    """What `plateau` remembers: the best value, epochs since then, and the factor so far."""

    best: float | None = None
    bad_epochs: int = 0
    factor: float = 1.0

    def update(self, options: PlateauSchedule, value: float) -> "PlateauState":
        """Return the state after an epoch in which the watched metric was `value`.

        As `ReduceLROnPlateau` with its relative threshold; loss is to fall, accuracy to rise. A
        value that is not a number counts as a bad epoch.
        """
        if self._is_better(options, value):
            return PlateauState(value, 0, self.factor)
        if self.bad_epochs < options.patience:
            return PlateauState(self.best, self.bad_epochs + 1, self.factor)
        return PlateauState(self.best, 0, self.factor * options.factor)

    def _is_better(self, options: PlateauSchedule, value: float) -> bool:
        if self.best is None:
            return not math.isnan(value)
        if options.metric == "val_loss":
            return value < self.best * (1 - options.min_delta)
        return value > self.best * (1 + options.min_delta)
