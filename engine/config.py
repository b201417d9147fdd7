"""`RunConfig`: everything that decides what a run does. Imports no torch.

A config is frozen and complete: the same config on the same machine gives the same run.
"""

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import Discriminator, Field, Tag, ValidationError

from engine.config_errors import sentence, sentences
from engine.errors import ConfigError
from engine.models.registry import family_of, specs
from engine.models.spec import ModelOptions
from engine.options import (
    AugmentOptions,
    ClipOptions,
    DataOptions,
    Fraction,
    LossOptions,
    Metric,
    OneCycleSchedule,
    OptimizerOptions,
    Options,
    PlateauSchedule,
    ScheduleOptions,
    SgdOptions,
    StopOptions,
)

CONFIG_SCHEMA = 1  # raised when a default changes its meaning


def _family_tag(value: object) -> str:
    name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
    return family_of(str(name))


if TYPE_CHECKING:
    AnyModel = ModelOptions
else:
    AnyModel = Annotated[
        Union[tuple(Annotated[s.options, Tag(s.name)] for s in specs().values())],  # noqa: UP007
        Discriminator(_family_tag),
    ]


class RunConfig(Options):
    """One training of one model on one data set with one seed."""

    dataset: str = Field(
        "digits", min_length=1, description="A data set's name, or folder:PATH for your pictures."
    )
    model: AnyModel = Field(
        default_factory=lambda: specs()["cnn"].options(name="cnn"),
        description="The model family, by name, with its options.",
    )
    epochs: Annotated[int, Field(ge=1, le=100_000)] = Field(
        15, description="Passes over train; schedules are built for this length."
    )
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        64, description="Pictures per step."
    )
    drop_last: bool = Field(
        False, description="Leave out an epoch's last batch if it is smaller (or one picture)."
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(
        0, description="Seed of initialisation, order, augmentation and dropout."
    )
    data: DataOptions = Field(DataOptions(), description="Split, subset, size and scaling.")
    augment: AugmentOptions = Field(AugmentOptions(), description="Random changes to pictures.")
    loss: LossOptions = Field(LossOptions(), description="What training makes small.")
    optimizer: OptimizerOptions = Field(
        SgdOptions(lr=0.05, momentum=0.9, nesterov=True), description="The optimizer, by name."
    )
    schedule: ScheduleOptions = Field(
        OneCycleSchedule(), description="How the learning rate moves, by name."
    )
    clip: ClipOptions = Field(ClipOptions(), description="Limits on the gradient.")
    stop: StopOptions = Field(StopOptions(), description="Early stopping.")
    best_metric: Metric = Field(
        "val_accuracy", description="Which val figure chooses the best checkpoint."
    )
    ema: Fraction | None = Field(
        None, description="Decay per step of a running mean of the weights, which is evaluated."
    )
    test: bool = Field(True, description="Read test once at the end, with the best checkpoint.")
    eval_batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        500, description="Pictures per batch of val and test."
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto takes cuda, then mps, then cpu."
    )
    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto", description="Number format; auto is bf16 where machine and model gain from it."
    )
    threads: Annotated[int, Field(ge=1, le=1024)] | None = Field(
        None, description="CPU threads; none is one for each core this process may use."
    )

    def digest(self) -> str:
        """Return 12 hex digits that differ when any setting differs."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def parse(values: object, where: str = "") -> RunConfig:
    """Return the config that nested plain values describe, checked.

    Args:
        values: nested dicts, as from TOML or JSON.
        where: the file they come from, put in front of the error's sentence.

    Raises:
        ConfigError: one sentence that names the key, the value and what is allowed.
    """
    prefix = f"{where}: " if where else ""
    try:
        config = RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(prefix + sentence(error, values, RunConfig)) from None
    problem = _problem(config)
    if problem:
        raise ConfigError(prefix + problem)
    return config


def problems(values: object) -> dict[str, str]:
    """Return a sentence for each setting that is wrong, by its path; none where `parse` works.

    What is wrong between settings is told once each of them is right by itself.
    """
    try:
        config = RunConfig.model_validate(values)
    except ValidationError as error:
        return sentences(error, values, RunConfig)
    problem = _problem(config)
    return {problem.split()[0]: problem} if problem else {}  # each begins with a setting's path


def _problem(config: RunConfig) -> str | None:
    """Return the sentence for what is wrong between settings, or None."""
    return _without_effect(config) or _inconsistent(config) or _watching_nothing(config)


def _inconsistent(config: RunConfig) -> str | None:
    """Return the sentence for settings that contradict each other."""
    data, optimizer = config.data, config.optimizer
    if data.normalize == "given" and (data.mean is None or data.std is None):
        return "data.normalize is 'given', but data.mean and data.std are not both set; set them."
    if data.normalize != "given" and (data.mean is not None or data.std is not None):
        return (
            f"data.mean and data.std have no effect with data.normalize '{data.normalize}'; "
            "set data.normalize=given."
        )
    if data.std is not None and min(data.std) <= 0:
        return f"data.std must be above 0 for every channel, not {list(data.std)}."
    if isinstance(optimizer, SgdOptions) and optimizer.nesterov and optimizer.momentum == 0:
        return "optimizer.nesterov has no effect with optimizer.momentum 0; set a momentum."
    schedule = config.schedule
    if isinstance(schedule, PlateauSchedule) and schedule.min_lr > optimizer.lr:
        return (
            f"schedule.min_lr {schedule.min_lr:g} is above optimizer.lr {optimizer.lr:g}; "
            "set it to at most that."
        )
    if config.augment.mixup and config.augment.cutmix:
        return "augment.mixup and augment.cutmix are both on; choose one."
    return None


def _watching_nothing(config: RunConfig) -> str | None:
    """Return the sentence for a setting that decides by val, where there is none."""
    if config.data.has_val:
        return None
    remedy = "or hold pictures out with data.val_size."
    if isinstance(config.schedule, PlateauSchedule):
        return (
            "schedule.name 'plateau' watches val, and data.val_size 0 leaves none; "
            f"choose another schedule, {remedy}"
        )
    if config.stop.patience is not None:
        return (
            f"stop.patience {config.stop.patience} watches val, and data.val_size 0 leaves none; "
            f"leave it out, {remedy}"
        )
    return None


def _without_effect(config: RunConfig) -> str | None:
    """Return the sentence for a setting that was given but changes nothing."""
    for path, why in _inert(config).items():
        if _was_set(config, path):
            return f"{path} has no effect with {why}; leave it out or change that."
    return None


def _inert(config: RunConfig) -> dict[str, str]:
    """Return the settings that change nothing beside the others, each with why."""
    augment, data = config.augment, config.data
    moved = augment.rotate or augment.shift or augment.shear or augment.zoom
    rules = (
        (config.loss.name == "squared_error", "loss.name 'squared_error'", "loss.label_smoothing"),
        (not augment.crop_padding, "augment.crop_padding 0", "augment.crop_mode"),
        (not moved, "no rotate, shift, shear or zoom", "augment.fill"),
        (data.val_size is not None, "data.val_size set", "data.val_fraction"),
        (not data.has_val, "data.val_size 0", "best_metric"),
        (config.stop.patience is None, "no stop.patience", "stop.metric"),
        (config.stop.patience is None, "no stop.patience", "stop.min_delta"),
    )
    inert = {f"model.{key}": why for key, why in config.model.no_effect().items()}
    return inert | {path: why for holds, why, path in rules if holds}


def _was_set(config: RunConfig, path: str) -> bool:
    """Tell whether the setting was given and differs from its default."""
    section: Any = config
    *parents, key = path.split(".")
    for name in parents:
        section = getattr(section, name)
    default = type(section).model_fields[key].get_default(call_default_factory=True)
    return key in section.model_fields_set and getattr(section, key) != default
