"""The main loop: `train(config)` yields what happens, and the caller owns the loop.

Imports no torch before the first events are out, so that nobody looks at a blank screen.
"""

import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from engine.config import RunConfig
from engine.control import Control, Stop
from engine.data.load import LoadedData, load
from engine.errors import CheckpointError
from engine.events import Event, RunFinished, RunStarted
from engine.fork import read_fork
from engine.record import acknowledged, has_started
from engine.runs import RunFolder
from engine.steering import Steering, while_importing

if TYPE_CHECKING:
    from engine.trainer import Trainer

Events = Generator[Event, None, None]


def train(
    config: RunConfig,
    folder: RunFolder | None = None,
    control: Control | None = None,
    started: RunStarted | None = None,
) -> Events:
    """Train, validate after each epoch, and test once at the end; yield an event for each fact.

    `events.throw(Stop(reason))` ends the run after the current step with a checkpoint; closing
    the stream does so without a last event, unless losses are still on their way from a GPU.

    Args:
        config: what to do.
        folder: where checkpoints and predictions go, and what an interrupted run goes on from;
            without one, nothing is written.
        control: where commands to a live run come from.
        started: the first event, where it says more than the config (parent, study, trial).

    Raises:
        DliError: anything that a user can mend.
    """
    steering = Steering(control or Control(folder))
    trainer: Trainer | None = None
    interrupted = folder is not None and has_started(folder)
    earlier = acknowledged(folder) if folder is not None else []
    steering.control.done |= {done.command_id for done in earlier}  # the file still holds them
    if interrupted:
        steering.control.forget_earlier()
    try:
        if not interrupted:
            yield started or _started(config, folder)
        data = yield from _load_data(config, steering)
        yield steering.enter("building", what=config.model.name)
        yield from while_importing("engine.trainer", steering)
        trainer = _build_trainer(config, data, folder, steering)
        yield from trainer.resume(interrupted, earlier)
        yield trainer.setup.prepared()
        while trainer.goes_on():
            yield from trainer.train_epoch()
            yield from trainer.validate()
        result = yield from trainer.test()
        yield trainer.finished("completed", trainer.why_complete(), result)
    except Stop as stop:
        if trainer is None:
            yield _finished_early(folder, stop)
        else:
            yield from trainer.save()
            yield trainer.finished(stop.status, stop.reason, None)
    except GeneratorExit:
        if trainer is not None:
            trainer.save_quietly()
        raise


def _started(config: RunConfig, folder: RunFolder | None) -> RunStarted:
    if folder is None:
        return RunStarted(time.time(), "", config)
    try:
        fork = read_fork(folder)
    except CheckpointError:  # told once the model is there, by a run that has begun
        fork = None
    parent, step = (fork.parent, fork.step) if fork else (None, None)
    return RunStarted(time.time(), folder.id, config, parent=parent, parent_step=step)


def _finished_early(folder: RunFolder | None, stop: Stop) -> RunFinished:
    """Return the last event of a run that was stopped before it could train, or train on."""
    before = folder.state() if folder else None
    epoch, step = (before.epoch, before.step) if before else (0, 0)
    return RunFinished(time.time(), stop.status, stop.reason, epoch, step)


def _load_data(config: RunConfig, steering: Steering) -> Generator[Event, None, LoadedData]:
    """Return the data set, passing its progress on; it is prepared here the first time."""
    yield steering.enter("loading data", what=config.dataset)
    loading = load(config.dataset, config.data)
    while True:
        try:
            progress = next(loading)
        except StopIteration as done:
            loaded: LoadedData = done.value
            return loaded
        yield from steering.advance(progress.done, progress.total, progress.what)


def _build_trainer(
    config: RunConfig, data: LoadedData, folder: RunFolder | None, steering: Steering
) -> "Trainer":
    from engine.trainer import Trainer  # brings torch

    return Trainer(config, data, folder, steering)
