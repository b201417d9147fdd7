"""How fast a config trains on this machine, from a few of its steps."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from torch import Tensor

from engine.checkpoint import Progress
from engine.config import RunConfig
from engine.control import Control
from engine.data.load import LoadedData
from engine.evaluate import evaluate
from engine.setup import Pictures, Setup, build_setup
from engine.steering import Steering
from engine.stepper import Stepper

_EACH_SECONDS = 0.4  # of steps, after those that are not counted
_LONG_SECONDS = 0.8  # a step that takes as long counts itself
_FEW = 8  # pictures that a first look at a step takes
_TIMES_MORE = 4  # pictures in a second look, where the first says that a whole step is long
_MOST_JUDGED = 500  # pictures of val


@dataclass(frozen=True)
class Pace:
    """Seconds of one step and of judging val once, and how many steps an epoch has.

    `is_rough` tells that a step was too long to be timed whole, so that it is scaled from a small
    batch.
    """

    step_seconds: float
    val_seconds: float
    steps_per_epoch: int
    batch_size: int
    is_rough: bool

    @property
    def epoch_seconds(self) -> float:
        """Seconds of one epoch, validation included."""
        return self.steps_per_epoch * self.step_seconds + self.val_seconds

    @property
    def images_per_second(self) -> float:
        """Training pictures per second of training."""
        return self.batch_size / self.step_seconds


def measure(config: RunConfig, data: LoadedData) -> Generator[None, None, Pace]:
    """Return the pace of a config, from about a second of its steps; yields between them.

    What the caller does meanwhile is not counted.

    Raises:
        DliError: the config cannot be built for this machine or these pictures.
    """
    setup = build_setup(config, data)
    progress = Progress(base_lr=config.optimizer.lr)
    stepper = Stepper(setup, progress)
    setup.model.train()
    stepper.begin()
    batch = min(config.batch_size, len(setup.train))
    step_seconds, is_rough = yield from _step_seconds(stepper, progress, batch)
    val_seconds = yield from _val_seconds(setup, step_seconds / batch)
    return Pace(step_seconds, val_seconds, setup.plan.steps_per_epoch, batch, is_rough)


def _step_seconds(
    stepper: Stepper, progress: Progress, batch: int
) -> Generator[None, None, tuple[float, bool]]:
    """Return the seconds of a step, and whether they are scaled from a small batch."""

    def step(chosen: Tensor) -> None:
        stepper.step(1, chosen)[0].detach().item()  # waits for the device

    few = next(stepper.batches(epoch=1, first_step=0))[:_FEW]
    for _ in range(2):
        look = _seconds(lambda: step(few))  # the first one pays for what is built once
        yield
        if look > 3 * _LONG_SECONDS:
            break
    progress.step = 0
    if look * batch / len(few) > _LONG_SECONDS:
        if look > _LONG_SECONDS:
            return look * batch / len(few), True
        # a step costs something however few its pictures, most of all on a busy machine
        part = few.repeat(max(_TIMES_MORE, int(_LONG_SECONDS / look)))[:batch]
        longer = _seconds(lambda: step(part))
        yield
        each = max(longer - look, 0.0) / max(len(part) - len(few), 1)
        return longer + each * (batch - len(part)), True
    batches = _endless(stepper, progress)
    each = yield from _repeated(lambda: step(next(batches)))
    return each, False


def _endless(stepper: Stepper, progress: Progress) -> Iterator[Tensor]:
    while True:
        progress.step = 0
        yield from stepper.batches(epoch=1, first_step=0)


def _val_seconds(setup: Setup, step_seconds: float) -> Generator[None, None, float]:
    """Return the seconds of judging val once; `step_seconds` are those of a picture in a step."""
    if not len(setup.val):
        return 0.0
    affordable = int(_EACH_SECONDS / step_seconds)
    count = max(1, min(affordable, len(setup.val), _MOST_JUDGED))
    part = _some(setup.val, count)
    each = yield from _repeated(lambda: _judge(setup, part), most=3)
    return each * len(setup.val) / count


def _some(pictures: Pictures, count: int) -> Pictures:
    return Pictures(
        pictures.images, pictures.labels[:count], pictures.rows[:count], pictures.device
    )


def _judge(setup: Setup, part: Pictures) -> None:
    for _ in evaluate(setup, part, Steering(Control(None))):
        pass


def _repeated(action: Callable[[], object], most: int = 1_000_000) -> Generator[None, None, float]:
    """Return the mean seconds of an action; the first time is left out, unless it is long."""
    first = _seconds(action)
    yield
    if first > _LONG_SECONDS / 2:
        return first
    total, done = 0.0, 0
    while done < most and total < _EACH_SECONDS:
        total += _seconds(action)
        done += 1
        yield
    return total / done


def _seconds(action: Callable[[], object]) -> float:
    before = time.perf_counter()
    action()
    return time.perf_counter() - before
