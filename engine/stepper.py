"""One optimizer step, from a batch of uint8 pictures to new weights."""

import time
from collections.abc import Iterator

import torch
from torch import Tensor

from engine.checkpoint import Progress
from engine.meter import Rates
from engine.optim import clip_gradients, set_rates
from engine.options import PlateauSchedule
from engine.precision import autocast
from engine.randomness import derive, generator, seed_everything
from engine.schedule import learning_rate, momentum
from engine.setup import Setup


class Stepper:
    """Makes steps and keeps the epoch's running sums, on the device so that no step waits.

    Order, augmentation and dropout are functions of (seed, epoch, step): a resumed run draws what
    an uninterrupted one would have drawn.
    """

    def __init__(self, setup: Setup, progress: Progress) -> None:
        self._setup = setup
        self._progress = progress
        self._base_momentum = _base_momentum(setup)
        self._sums: Tensor
        self._data_seconds = 0.0
        self._started: float | None = None

    def batches(self, epoch: int, first_step: int) -> Iterator[Tensor]:
        """Yield the positions in train of each batch of an epoch, from a step of it on."""
        pictures, size = self._setup.train, self._setup.config.batch_size
        order = torch.randperm(
            len(pictures), generator=generator("cpu", self._setup.config.seed, "order", epoch)
        ).to(pictures.rows.device)
        for step in range(first_step, self._setup.plan.steps_per_epoch):
            yield order[step * size : (step + 1) * size]

    def begin(self) -> None:
        """Take up the epoch's sums where the progress has them, and start the clock."""
        progress, device = self._progress, self._setup.machine.device
        exact = torch.float32 if device == "mps" else torch.float64
        sums = [progress.loss_sum, progress.num_correct]
        self._sums = torch.tensor(sums, dtype=exact, device=device)
        self._data_seconds, self._started = 0.0, time.perf_counter()

    def end(self) -> None:
        """Put the sums and times back into the progress; waits for the device."""
        progress = self._progress
        loss_sum, num_correct = self._sums.tolist()
        progress.loss_sum, progress.num_correct = loss_sum, int(num_correct)
        progress.data_seconds += self._data_seconds
        now = time.perf_counter()
        if self._started is not None:
            progress.train_seconds += now - self._started
            self._started = now
        self._data_seconds = 0.0

    def stop_clock(self) -> None:
        """Count no time until the next `begin`."""
        self._started = None

    def restart_clock(self) -> None:
        """Leave the time since the last `end` out, if the clock runs."""
        if self._started is not None:
            self._started = time.perf_counter()

    def step(self, epoch: int, chosen: Tensor) -> tuple[Tensor, Rates]:
        """Make one step on the chosen positions of train; return its mean loss and rates."""
        setup, progress = self._setup, self._progress
        progress.step += 1
        before = time.perf_counter()
        images, labels = setup.train.batch(chosen)
        images, targets = setup.augmenter.train_batch(
            images, labels, index=chosen, epoch=epoch, step=progress.step
        )
        self._data_seconds += time.perf_counter() - before
        seed_everything(derive(setup.config.seed, "dropout", progress.step), setup.machine.device)
        with autocast(setup.machine):
            logits: Tensor = setup.model(images)  # (B, K)
        loss = setup.loss(logits, targets)
        rates = self._learn(loss)
        with torch.no_grad():
            correct = (logits.argmax(1) == labels).sum()
            self._sums += torch.stack([loss.detach() * len(chosen), correct]).to(self._sums.dtype)
        progress.num_seen += len(chosen)
        return loss, rates

    def rates(self, step: int) -> Rates:
        """Return the learning rate and momentum of a step, by the schedule."""
        schedule, plan = self._setup.config.schedule, self._setup.plan
        lr = learning_rate(schedule, self._progress.base_lr, step, plan)
        if isinstance(schedule, PlateauSchedule) and self._progress.plateau.factor < 1:
            lr = max(lr * self._progress.plateau.factor, schedule.min_lr)
        return Rates(lr, momentum(schedule, self._base_momentum, step, plan))

    def _learn(self, loss: Tensor) -> Rates:
        setup = self._setup
        rates = self.rates(self._progress.step)
        setup.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        clip_gradients(setup.model.parameters(), setup.config.clip)
        set_rates(setup.optimizer, rates.lr / setup.config.optimizer.lr, rates.momentum)
        setup.optimizer.step()
        if setup.ema is not None:
            setup.ema.update_parameters(setup.model)
        return rates


def _base_momentum(setup: Setup) -> float:
    options = setup.config.optimizer
    return float(getattr(options, "momentum", getattr(options, "beta1", 0.0)))
