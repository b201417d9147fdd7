"""The three loops that `bench.speed` times on the same model, batch size and picture shape.

`python -m bench.lanes LANE CONFIG ROOT` runs one of them: it reads `{"steps": n}` and answers with
the rate, or `{}` and answers with what it computes with, a JSON line each.
"""

import json
import sys
import time
from collections.abc import Generator
from contextlib import closing
from itertools import cycle
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader, Dataset, Subset

from engine.config import RunConfig
from engine.control import Control
from engine.data.load import LoadedData, cut
from engine.data.spec import PreparedSet, Split
from engine.events import Event, StepCompleted
from engine.memory import keep_freed_memory
from engine.models.registry import build
from engine.models.spec import PictureShape
from engine.precision import autocast, choose
from engine.record import recorded
from engine.runs import create_run
from engine.steering import Steering
from engine.trainer import CHECKPOINT_SECONDS, Trainer
from engine.vision import torchvision

_SIDE, _CLASSES = 32, 10
_EPOCH = 45_000  # pictures of CIFAR-10 without val: how often a checkpoint is due
_FILES = 4_000


def random_pictures(count: int, seed: int = 0) -> Split:
    """Return pictures of noise at CIFAR's shape: speed does not depend on what they show."""
    draw = np.random.default_rng(seed)
    images = draw.integers(0, 256, (count, _SIDE, _SIDE, 3), dtype=np.uint8)
    return Split(images, np.arange(count, dtype=np.int64) % _CLASSES)


class BareLane:
    """(a) The fastest bare loop: ready float tensors, the same precision, nothing else."""

    def __init__(self, config: RunConfig, root: Path) -> None:  # noqa: ARG002  # as every lane
        machine = choose(config.device, config.precision, config.threads, True)
        self._machine, self._size = machine, config.batch_size
        torch.set_num_threads(machine.threads)
        keep_freed_memory()
        layout = torch.channels_last if machine.channels_last else torch.contiguous_format
        model = build(config.model, PictureShape(3, _SIDE, _SIDE), _CLASSES)
        self._model: nn.Module = model.to(machine.device, memory_format=layout)  # type: ignore[call-overload]
        self._optimizer = _adam(self._model, config, fused=True)
        batches = []
        for seed in range(4):
            split = random_pictures(self._size, seed)
            images = torch.from_numpy(split.images).permute(0, 3, 1, 2).float() / 255
            batch = images.to(machine.device, memory_format=layout)
            batches.append((batch, torch.from_numpy(split.labels).to(machine.device)))
        self._batches = cycle(batches)

    def run(self, steps: int) -> float:
        """Make steps; return pictures per second."""
        before = time.perf_counter()
        for _ in range(steps):
            images, labels = next(self._batches)
            with autocast(self._machine):
                loss = nn.functional.cross_entropy(self._model(images), labels)
            self._optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self._optimizer.step()
        _wait(self._machine.device)
        return steps * self._size / (time.perf_counter() - before)

    def about(self) -> dict[str, float | str]:
        """Return what the loop computes with."""
        return {"precision": self._machine.precision, "threads": self._machine.threads}

    def close(self) -> None:
        """Nothing is left behind."""


class EngineLane:
    """(b) The engine as `dli train` runs it: augmentation, events, log, control, checkpoints.

    One run goes on through all rounds. Its own checkpoints fall where they fall; as most turns see
    none, the time of one is also spread over the minute in which one is due, and counted in every
    turn: rather too much than too little.
    """

    def __init__(self, config: RunConfig, root: Path) -> None:
        folder = create_run(root, config)
        self._trainer = Trainer(config, _random_data(config), folder, Steering(Control(folder)))
        list(self._trainer.resume(interrupted=False, earlier=[]))
        before = time.perf_counter()
        list(self._trainer.save())
        self._checkpoint_seconds = time.perf_counter() - before
        self._machine = self._trainer.setup.machine
        self._size = config.batch_size
        self._events = recorded(self._endless(), folder)

    def _endless(self) -> Generator[Event, None, None]:
        while True:
            yield from self._trainer.train_epoch()
            yield from self._trainer.validate()

    def run(self, steps: int) -> float:
        """Pull events until so many steps are done; return pictures per second."""
        before, done = time.perf_counter(), 0
        while done < steps:
            event = next(self._events)
            done += event.count if isinstance(event, StepCompleted) else 0
        _wait(self._machine.device)
        seconds = time.perf_counter() - before
        return done * self._size / (seconds * (1 + self._checkpoint_seconds / CHECKPOINT_SECONDS))

    def about(self) -> dict[str, float | str]:
        """Return what the run computes with, and what one checkpoint costs."""
        return {
            "precision": self._machine.precision,
            "threads": self._machine.threads,
            "checkpoint_seconds": self._checkpoint_seconds,
        }

    def close(self) -> None:
        """End the run."""
        self._events.close()


class NotebookLane:
    """(c) The usual notebook: PNG files, PIL transforms, a DataLoader with two workers, fp32.

    The loop of the CIFAR-10 ResNet notebooks that many courses use. Each turn starts its workers
    anew and leaves their start and the first step out, else they would load ahead in the turns of
    the other lanes; they have a whole epoch before them, so they load on while steps are timed.
    """

    def __init__(self, config: RunConfig, root: Path) -> None:
        device = choose(config.device, "fp32", config.threads, False).device
        self._device, self._size = device, config.batch_size
        model = build(config.model, PictureShape(3, _SIDE, _SIDE), _CLASSES)
        self._model = _activation_first(model).to(device)
        self._optimizer = _adam(self._model, config, fused=None)
        self._schedule = OneCycleLR(self._optimizer, config.optimizer.lr, total_steps=1_000_000)
        self._clip = config.clip.value or 0.0
        self._pictures = _picture_files(config, root / "pictures")

    def run(self, steps: int) -> float:
        """Make a step and then those that count; return pictures per second."""
        rows = torch.arange(_EPOCH) % _FILES
        loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(
            Subset(self._pictures, rows.tolist()), self._size, shuffle=True, num_workers=2
        )
        before = 0.0
        for number, (images, labels) in enumerate(loader):
            logits = self._model(images.to(self._device))
            loss = nn.functional.cross_entropy(logits, labels.to(self._device))
            loss.backward()
            nn.utils.clip_grad_value_(self._model.parameters(), self._clip)
            self._optimizer.step()
            self._optimizer.zero_grad()
            self._schedule.step()
            if number == 0:
                _wait(self._device)
                before = time.perf_counter()
            if number == steps:
                break
        _wait(self._device)
        return steps * self._size / (time.perf_counter() - before)

    def about(self) -> dict[str, float | str]:
        """Return what the loop computes with."""
        return {"precision": "fp32", "threads": torch.get_num_threads()}

    def close(self) -> None:
        """Nothing is left behind."""


def _activation_first(model: nn.Module) -> nn.Module:
    """Put each block's pooling back behind its activation, where notebooks have it."""
    for block in model.modules():
        names = list(dict(block.named_children()))
        if isinstance(block, nn.Sequential) and names[-2:-1] == ["pool"]:
            pool = block.get_submodule("pool")
            del block.pool
            block.add_module("pool", pool)
    return model


def _adam(model: nn.Module, config: RunConfig, fused: bool | None) -> torch.optim.Adam:
    options = config.optimizer
    return torch.optim.Adam(
        model.parameters(), options.lr, weight_decay=options.weight_decay, fused=fused
    )


def _random_data(config: RunConfig) -> LoadedData:
    """Return an epoch of noise; val is as small as may be, since only training is timed."""
    train, test = random_pictures(_EPOCH), random_pictures(_CLASSES)
    classes = tuple(str(label) for label in range(_CLASSES))
    prepared = PreparedSet("noise", classes, "noise", train, test, val=None)
    return cut(prepared, config.data.model_copy(update={"val_size": _CLASSES}))


def _picture_files(config: RunConfig, folder: Path) -> Dataset[tuple[Tensor, Tensor]]:
    """Write PNG files of noise in class folders, and return them as a notebook reads them."""
    split = random_pictures(_FILES)
    for number, (image, label) in enumerate(zip(split.images, split.labels, strict=True)):
        path = folder / str(label) / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path, compress_level=1)
    torchvision()
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import (
        Compose,
        Normalize,
        RandomCrop,
        RandomHorizontalFlip,
        ToTensor,
    )

    changes = Compose(
        [
            RandomCrop(_SIDE, padding=4, padding_mode="reflect"),
            RandomHorizontalFlip(),
            ToTensor(),
            Normalize(config.data.mean, config.data.std),
        ]
    )
    pictures: Dataset[tuple[Tensor, Tensor]] = ImageFolder(str(folder), changes)
    return pictures


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()


LANES: dict[str, type[BareLane | EngineLane | NotebookLane]] = {
    "bare": BareLane,
    "engine": EngineLane,
    "notebook": NotebookLane,
}


def main(name: str, config: str, root: str) -> None:
    """Make the steps that are asked for on stdin until it ends."""
    lane = LANES[name](RunConfig.model_validate_json(config), Path(root))
    with closing(lane):
        for line in sys.stdin:
            steps = json.loads(line).get("steps")
            answer = {"images_per_second": lane.run(steps)} if steps else lane.about()
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
