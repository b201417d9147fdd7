"""One run's training: an epoch, a validation, the test, and the checkpoints in between."""

import time
from collections.abc import Generator
from typing import Literal

import torch

from engine import predictions
from engine.checkpoint import Progress, load_weights, save_weights
from engine.config import RunConfig
from engine.data.load import LoadedData
from engine.environment import write_environment
from engine.evaluate import Evaluation, evaluate, unjudged
from engine.events import (
    CheckpointSaved,
    EpochCompleted,
    Event,
    Intervened,
    RunFinished,
    RunResumed,
    Status,
    TestResult,
)
from engine.inherit import take_weights
from engine.judge import check_val, stops_early, take_in
from engine.meter import LossMeter, check_finite
from engine.resume import progress_from, save_state
from engine.runs import RunFolder
from engine.setup import build_setup, pictures
from engine.steering import Steering
from engine.stepper import Stepper

Events = Generator[Event, None, None]
CHECKPOINT_SECONDS = 60.0  # of training, between two checkpoints within an epoch


class Trainer:
    """What `train` calls, named after what it does.

    Wherever a method yields, the state is whole: a checkpoint taken there continues exactly.

    Args:
        config: what to do.
        data: the pictures and their split.
        folder: where checkpoints and predictions go; None keeps all in memory.
        steering: commands to the live run.
    """

    def __init__(
        self, config: RunConfig, data: LoadedData, folder: RunFolder | None, steering: Steering
    ) -> None:
        self.setup = build_setup(config, data)
        self._config, self._folder, self._steering = config, folder, steering
        self._progress = Progress(base_lr=config.optimizer.lr)
        self._best_weights: dict[str, torch.Tensor] = {}
        self._unsaved_seconds = 0.0
        self._rebuild()
        steering.on_pause = self.save
        steering.on_continue = self._restart_clocks

    def _rebuild(self) -> None:
        """Make the parts that begin from the progress."""
        self._stepper = Stepper(self.setup, self._progress)
        self._meter = LossMeter(
            self.setup.plan.steps_per_epoch,
            self._config.batch_size,
            self._progress.pending_losses,
            self.setup.machine.device,
        )
        self._stepper.begin()

    def _restart_clocks(self) -> None:
        """Leave a pause out of the times and rates."""
        self._meter.restart_clock()
        self._stepper.restart_clock()

    def resume(self, interrupted: bool, earlier: list[Intervened]) -> Events:
        """Set the folder up, and take up its checkpoint if the run was interrupted before.

        A fork without a checkpoint takes its parent's weights: before anything is told, so that no
        checkpoint is ever without them. Of the commands obeyed earlier, those that came after the
        checkpoint are done again.
        """
        if self._folder is None:
            return
        write_environment(self._folder, self.setup.machine)
        data = self.setup.data
        predictions.write_split(
            self._folder,
            val_index=data.val.index,
            val_labels=data.val.labels[data.val.index],
            test_index=data.test.index,
            test_labels=data.test.labels[data.test.index],
        )
        forked = None
        if not self._folder["checkpoint.pt"].exists():
            forked = take_weights(self._folder, self.setup)
        if interrupted:
            yield self._resumed(self._folder, earlier)
        if forked is not None:
            yield forked

    def _resumed(self, folder: RunFolder, earlier: list[Intervened]) -> RunResumed:
        self._progress = progress = progress_from(folder, self.setup)
        self._rebuild()
        self._steering.step = progress.step
        redo = [
            done
            for done in earlier
            if done.command == "set" and done.command_id not in progress.done_commands
        ]
        self._steering.redo = sorted(redo, key=lambda done: done.step)
        return RunResumed(time.time(), progress.step, progress.epochs_done)

    def goes_on(self) -> bool:
        """Tell whether there is another epoch to train or to validate."""
        progress, plan = self._progress, self.setup.plan
        unfinished = progress.step > progress.epochs_done * plan.steps_per_epoch
        return unfinished or (
            progress.epochs_done < plan.epochs and not stops_early(progress, self._config)
        )

    def train_epoch(self) -> Events:
        """Make the rest of the current epoch's steps."""
        progress, steps = self._progress, self.setup.plan.steps_per_epoch
        epoch = progress.epochs_done + 1
        done = progress.step - progress.epochs_done * steps
        yield self._steering.enter("training", steps)
        self.setup.model.train()
        self._meter.restart_clock()
        self._stepper.begin()
        for chosen in self._stepper.batches(epoch, done):
            yield from self._steering.check()
            self._obey()
            before = time.perf_counter()
            loss, rates = self._stepper.step(epoch, chosen)
            self._steering.step = progress.step
            told = self._meter.add(epoch, progress.step, loss, rates)
            self._unsaved_seconds += time.perf_counter() - before
            yield from told
            if self._unsaved_seconds > CHECKPOINT_SECONDS:
                yield from self.save()
        yield from self._meter.flush()
        self._stepper.end()
        self._stepper.stop_clock()

    def _obey(self) -> None:
        if self._steering.new_lr is not None:
            self._progress.base_lr, self._steering.new_lr = self._steering.new_lr, None

    def validate(self) -> Events:
        """Judge the weights on val, keep them if they are the best, and checkpoint.

        Without val the weights of each epoch take the place of those before.
        """
        progress, before = self._progress, time.perf_counter()
        result = unjudged(self.setup.num_classes)
        if self._config.data.has_val:
            yield self._steering.enter("validating", len(self.setup.val))
            result = yield from evaluate(self.setup, self.setup.val, self._steering)
            check_val(result, progress)
        lr = self._stepper.rates(progress.step).lr  # before the plateau moves it
        best = take_in(result, progress, self._config)
        if best:
            self._keep_best()
        if self._folder is not None and len(result.labels):
            records = predictions.pack(result.predicted, result.confidence)
            predictions.write_epoch(self._folder, progress.epochs_done, records)
        spent = time.perf_counter() - before if len(result.labels) else 0.0
        event = self._epoch_completed(result, best, lr, spent)
        self._forget_epoch()
        yield event
        if best and self._folder is not None:
            yield self._saved("best")
        yield from self.save()
        self._steering.epoch_ended()

    def _epoch_completed(
        self, result: Evaluation, best: bool, lr: float, val_seconds: float
    ) -> EpochCompleted:
        progress = self._progress
        seen = max(progress.num_seen, 1)
        return EpochCompleted(
            time=time.time(),
            epoch=progress.epochs_done,
            step=progress.step,
            train_loss=progress.loss_sum / seen,
            train_accuracy=progress.num_correct / seen,
            val_loss=result.loss,
            val_accuracy=result.accuracy,
            lr=lr,
            is_best=best,
            counts=result.counts,
            seconds=progress.train_seconds,
            val_seconds=val_seconds,
            data_seconds=progress.data_seconds,
            images_per_second=progress.num_seen / max(progress.train_seconds, 1e-9),
        )

    def _forget_epoch(self) -> None:
        progress = self._progress
        progress.loss_sum = progress.train_seconds = progress.data_seconds = 0.0
        progress.num_correct = progress.num_seen = 0
        self._stepper.begin()

    def _keep_best(self) -> None:
        weights = self.setup.evaluated.state_dict()
        if self._folder is None:
            self._best_weights = {name: value.clone() for name, value in weights.items()}
            return
        about: dict[str, object] = {
            "config": self._config.model_dump(mode="json"),
            "classes": self.setup.data.prepared.classes,
            "epoch": self._progress.best_epoch,
        }
        save_weights(weights, about, self._folder["best.safetensors"])

    def test(self) -> Generator[Event, None, TestResult | None]:
        """Return what the best weights reach on test, or None where the config forbids a look."""
        if not self._config.test:
            return None
        setup = self.setup
        part = pictures(setup.data.test, setup.machine.device)
        yield self._steering.enter("testing", len(part))
        best = (
            self._best_weights
            if self._folder is None
            else load_weights(self._folder["best.safetensors"])[0]
        )
        setup.evaluated.load_state_dict(best)
        result = yield from evaluate(setup, part, self._steering)
        if self._folder is not None:
            records = predictions.pack(result.predicted, result.confidence)
            predictions.write_test(self._folder, records)
        return TestResult(
            result.loss, result.accuracy, result.num_correct, len(part), result.counts
        )

    def why_complete(self) -> str:
        """Return why no further epoch is trained."""
        if self._progress.epochs_done < self._config.epochs:
            stop = self._config.stop
            return f"early stopping: no better {stop.metric} for {stop.patience} epochs"
        return f"all {self._config.epochs} epochs done"

    def finished(self, status: Status, reason: str, test: TestResult | None) -> RunFinished:
        """Return the last event."""
        progress = self._progress
        return RunFinished(
            time=time.time(),
            status=status,
            reason=reason,
            epoch=progress.epochs_done,
            step=progress.step,
            best_epoch=progress.best_epoch,
            best_value=progress.best_value,
            test=test,
        )

    def save(self) -> Events:
        """Tell what is on its way from the device, then write the full state."""
        yield from self._meter.flush()
        if self._write_checkpoint():
            yield self._saved("last")

    def save_quietly(self) -> None:
        """Write the full state where nothing can be told, unless that would lose events."""
        if not self._meter.on_the_way:
            self._write_checkpoint()

    def _write_checkpoint(self) -> bool:
        """Write the state; not while testing, when the best weights stand in for the last."""
        if self._folder is None or self._steering.phase == "testing":
            return False
        self._obey()
        self._stepper.end()
        pending = self._meter.pending()
        for loss in pending:  # off the CPU they were not looked at yet
            check_finite(loss, self._progress.epochs_done + 1, self._progress.step)
        self._progress.pending_losses = pending
        self._progress.done_commands = self._steering.obeyed()
        save_state(self._folder, self.setup, self._progress)
        self._unsaved_seconds = 0.0
        return True

    def _saved(self, kind: Literal["last", "best"]) -> CheckpointSaved:
        return CheckpointSaved(time.time(), self._progress.step, self._progress.epochs_done, kind)
