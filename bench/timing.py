"""The child of `bench.estimate`: times a few training and validation steps of several configs.

`python -m bench.timing` reads a list of configs from stdin, the base first, and answers in JSON
lines: how far it is, and at last the seconds of a full trial of each config.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

from engine.checkpoint import Progress as RunProgress
from engine.config import RunConfig
from engine.control import Control
from engine.data.load import LoadedData, load
from engine.data.spec import Progress
from engine.errors import DliError
from engine.evaluate import evaluate
from engine.models.summary import summarize
from engine.setup import Pictures, Setup, build_setup
from engine.steering import Steering
from engine.stepper import Stepper

_ALL_SECONDS = 10.0  # for everything; what is not reached is scaled by its FLOPs
_EACH_SECONDS = 0.4  # of steps, after one that is not counted
_LONG_SECONDS = 1.0  # a step that takes as long counts itself
_JUDGED = 200  # pictures of val
_MOST_WORK = 20  # times the base's; what is heavier is scaled by its FLOPs


def main() -> None:
    """Time what stdin asks for; a user's mistake is an answer too."""
    configs = [RunConfig.model_validate(values) for values in json.load(sys.stdin)]
    try:
        _answer({"seconds": list(_trial_seconds(configs))})
    except DliError as error:
        _answer({"error": str(error), "kind": type(error).__name__})


def _answer(values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _tell(progress: Progress) -> None:
    _answer(asdict(progress))


def _trial_seconds(configs: list[RunConfig]) -> Iterator[float]:
    """Yield the seconds of each config's trial: timed, or scaled from the base by FLOPs."""
    data = _loaded(configs[0])
    work = {_key(config): _work(config, data) for config in configs}
    found: dict[str, float] = {}
    base = configs[0]
    by_work = sorted(configs, key=lambda config: work[_key(config)])
    order = [base, by_work[-1], by_work[0], *reversed(configs)]
    deadline = time.perf_counter() + _ALL_SECONDS
    for config in order:
        if _key(config) in found or (found and time.perf_counter() > deadline):
            continue
        if work[_key(config)] > _MOST_WORK * work[_key(base)]:
            continue  # a single step of it could take minutes
        _tell(Progress("timing steps", len(found), len(work)))
        found[_key(config)] = _timed(config, data)
    rate = found[_key(base)] / work[_key(base)]
    for config in configs:
        yield found.get(_key(config), rate * work[_key(config)])


def _loaded(config: RunConfig) -> LoadedData:
    loading = load(config.dataset, config.data)
    while True:
        try:
            _tell(next(loading))
        except StopIteration as done:
            data: LoadedData = done.value
            return data


def _key(config: RunConfig) -> str:
    """Return what configs have in common that take the same time."""
    parts = {"model", "batch_size", "augment", "data", "ema"}
    return f"{config.model_dump_json(include=parts)} {config.optimizer.name}"


def _work(config: RunConfig, data: LoadedData) -> float:
    """Return the FLOPs of one picture, and of a step's fixed cost that its pictures share."""
    shape = data.prepared.shape
    return summarize(config.model, shape, len(data.prepared.classes)).flops * (
        1 + 4 / config.batch_size
    )


def _timed(config: RunConfig, data: LoadedData) -> float:
    """Return the seconds of a full trial, from a few of its steps."""
    setup = build_setup(config, data)
    stepper = Stepper(setup, RunProgress(base_lr=config.optimizer.lr))
    batches = stepper.batches(epoch=1, first_step=0)
    setup.model.train()
    stepper.begin()
    step = _repeated(
        lambda: stepper.step(1, next(batches))[0].detach().item(), setup.plan.steps_per_epoch
    )
    some = _some(setup.val, _JUDGED)
    judged = _repeated(lambda: _judge(setup, some), 3) * len(setup.val) / len(some)
    return config.epochs * (setup.plan.steps_per_epoch * step + judged)


def _some(pictures: Pictures, count: int) -> Pictures:
    return Pictures(
        pictures.images, pictures.labels[:count], pictures.rows[:count], pictures.device
    )


def _judge(setup: Setup, part: Pictures) -> None:
    for _ in evaluate(setup, part, Steering(Control(None))):
        pass


def _repeated(action: Callable[[], object], most: int) -> float:
    """Return the mean seconds of an action; the first time is left out, unless it is long."""
    before = time.perf_counter()
    action()
    first = time.perf_counter() - before
    if first > _LONG_SECONDS or most == 1:
        return first
    started, done = time.perf_counter(), 0
    while done < most - 1 and time.perf_counter() - started < _EACH_SECONDS:
        action()
        done += 1
    return (time.perf_counter() - started) / done


if __name__ == "__main__":
    main()
