"""Everything that a run computes with, built once: pictures, model, optimizer, machine."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from engine.augment import Augmenter, Scaling
from engine.config import RunConfig
from engine.data.load import LoadedData, Part, normalisation
from engine.ema import make_ema
from engine.errors import ConfigError
from engine.events import RunPrepared
from engine.loss import Targets, loss_function
from engine.memory import keep_freed_memory
from engine.models.registry import begin_from_pictures, build, find
from engine.optim import Optimizer, build_optimizer
from engine.precision import Machine, choose
from engine.randomness import derive
from engine.schedule import Plan

_SAMPLE = 2000  # pictures that a net may set its first layer by
_DEVICE_SHARE = 0.5  # of the free device memory that a part of a data set may take


@dataclass(frozen=True)
class Pictures:
    """One part of a data set as tensors.

    On a GPU `images` (N, H, W, C) holds just this part; on the CPU it is the memory-mapped cache
    of the whole set, and `rows` tells which of it belong here. `labels` (M,) go with `rows` (M,).
    """

    images: Tensor
    labels: Tensor
    rows: Tensor
    device: str

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Return uint8 images (B, H, W, C) and labels (B,) of the chosen positions."""
        images = self.images.index_select(0, self.rows[chosen])
        labels = self.labels[chosen]
        if images.device.type == labels.device.type == torch.device(self.device).type:
            return images, labels
        return images.to(self.device), labels.to(self.device)


def pictures(part: Part, device: str) -> Pictures:
    """Return a part as tensors: on the GPU if it fits there, else where it lies."""
    index = torch.from_numpy(part.index)
    labels = torch.from_numpy(part.labels[part.index].astype(np.int64))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the cache is read-only, and only read
        images = torch.from_numpy(part.images)
    if device.startswith("cuda") and _fits(part):
        mine = images.index_select(0, index).to(device)
        return Pictures(mine, labels.to(device), torch.arange(len(index), device=device), device)
    return Pictures(images, labels, index, device)


def _fits(part: Part) -> bool:
    size = len(part.index) * part.images[0].nbytes
    free, _ = torch.cuda.mem_get_info()
    return bool(size < _DEVICE_SHARE * free)


@dataclass
class Setup:
    """What training, validation and testing work with."""

    config: RunConfig
    machine: Machine
    plan: Plan
    data: LoadedData
    model: nn.Module
    ema: AveragedModel | None
    optimizer: Optimizer
    loss: Callable[[Tensor, Targets], Tensor]
    augmenter: Augmenter
    train: Pictures
    val: Pictures

    @property
    def evaluated(self) -> nn.Module:
        """The weights that val and test judge: their running mean where there is one."""
        return self.model if self.ema is None else self.ema.module

    @property
    def num_classes(self) -> int:
        """How many classes the data set has."""
        return len(self.data.prepared.classes)

    def prepared(self) -> RunPrepared:
        """Return the event that tells what was built."""
        shape = self.data.prepared.shape
        return RunPrepared(
            time=time.time(),
            classes=self.data.prepared.classes,
            picture_shape=(shape.channels, shape.height, shape.width),
            num_train=len(self.train),
            num_val=len(self.val),
            num_test=len(self.data.test.index),
            num_parameters=sum(p.numel() for p in self.model.parameters() if p.requires_grad),
            steps_per_epoch=self.plan.steps_per_epoch,
            data_digest=self.data.prepared.digest,
            device=self.machine.device,
            precision=self.machine.precision,
            threads=self.machine.threads,
        )


def build_setup(config: RunConfig, data: LoadedData) -> Setup:
    """Choose the machine, build the model from the run's seed, and bring the pictures near it.

    Raises:
        MachineError: the device or precision asked for is not there.
        ModelError: the model cannot take these pictures.
        ConfigError: a batch is larger than train with `drop_last`, or a name decays nothing.
    """
    spec = find(config.model.name)
    machine = choose(config.device, config.precision, config.threads, spec.prefers_bf16)
    torch.set_num_threads(machine.threads)
    if machine.device == "cpu":
        keep_freed_memory()
    torch.backends.cudnn.deterministic = True
    train = pictures(data.train, machine.device)
    augmenter = Augmenter(config.augment, Scaling(*normalisation(data, config.data)), config.seed)
    model = _build_model(config, data, machine)
    if spec.from_pictures:  # large pictures take much memory, and few nets ask for any
        begin_from_pictures(model, config.model, augmenter.eval_batch(_spread(train)))
    return Setup(
        config=config,
        machine=machine,
        plan=Plan(_steps_per_epoch(len(data.train.index), config), config.epochs),
        data=data,
        model=model,
        ema=None if config.ema is None else make_ema(model, config.ema),
        optimizer=build_optimizer(model, config.optimizer),
        loss=loss_function(config.loss, len(data.prepared.classes)),
        augmenter=augmenter,
        train=train,
        val=pictures(data.val, machine.device),
    )


def _spread(train: Pictures) -> Tensor:
    """Return uint8 pictures (M, H, W, C) from all over train: a folder's lie class by class."""
    places = torch.linspace(0, len(train) - 1, min(len(train), _SAMPLE), device=train.rows.device)
    return train.batch(places.long())[0]


def _build_model(config: RunConfig, data: LoadedData, machine: Machine) -> nn.Module:
    torch.manual_seed(derive(config.seed, "initialisation"))
    model = build(config.model, data.prepared.shape, len(data.prepared.classes))
    layout = torch.channels_last if machine.channels_last else torch.contiguous_format
    # nn.Module.to has no overload for a layout alone
    return model.to(device=machine.device, memory_format=layout)  # type: ignore[call-overload,no-any-return]


def _steps_per_epoch(num_train: int, config: RunConfig) -> int:
    steps, rest = divmod(num_train, config.batch_size)
    if rest > 1 and not config.drop_last:  # batch norm cannot learn from a single picture
        steps += 1
    if steps == 0:
        raise ConfigError(
            f"batch_size {config.batch_size} leaves no whole batch of {num_train} training "
            f"pictures; set batch_size to at most {num_train}, or drop_last=false."
        )
    return steps
