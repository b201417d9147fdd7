"""The parts of a run's config: data, augmentation, loss, optimizer, schedule, stopping.

Every field has a one-sentence description with its unit, and its bounds; both are declared here
once and used by `--set`, the forms, the search-space check and the docs. Imports no torch.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, lt=1)]
Rate = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
Nonnegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Channels = Annotated[tuple[float, ...], Field(min_length=1, max_length=4)]
Metric = Literal["val_accuracy", "val_loss"]


class Options(BaseModel):
    """Frozen, and strict about keys: a misspelt key is an error, never ignored."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="constants", protected_namespaces=()
    )


class DataOptions(Options):
    """Which pictures of the set are used, and how they are split and scaled."""

    val_fraction: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.1, description="Part of the training pictures held out as val, stratified by class."
    )
    val_size: Annotated[int, Field(ge=0)] | None = Field(
        None,
        description="Number of pictures in val, instead of val_fraction; 0 is no val: all of train "
        "is trained on, and the last weights count.",
    )
    split_seed: Annotated[int, Field(ge=0)] = Field(
        0,
        description="Seed of every split; the run's own seed never moves pictures between splits.",
    )
    subset: Annotated[int, Field(gt=0)] | None = Field(
        None, description="Use only this many training pictures (train and val), stratified."
    )
    image_size: Annotated[int, Field(ge=4, le=1024)] | None = Field(
        None,
        description="Resize every picture to this many pixels a side (folders of mixed sizes).",
    )
    grayscale: bool = Field(False, description="Turn colour pictures into one channel.")
    mean: Channels | None = Field(
        None, description="Mean per channel, of pixels in [0, 1], that is taken off."
    )
    std: Channels | None = Field(
        None, description="Standard deviation per channel that pixels are divided by."
    )
    normalize: Literal["none", "given", "train"] = Field(
        "none", description="Scaling after [0, 1]: none, by the given mean and std, or by train's."
    )

    @property
    def has_val(self) -> bool:
        """Whether epochs are judged on val pictures; if not, the last weights count."""
        return self.val_size != 0


class AugmentOptions(Options):
    """Random changes to the training pictures, drawn for each picture of each batch."""

    crop_padding: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="Pixels of padding on each side before a random crop of the old size."
    )
    crop_mode: Literal["reflect", "zero"] = Field("reflect", description="What the padding holds.")
    flip: Literal["none", "random", "alternating"] = Field(
        "none", description="Left-right flip: at random, or every other epoch for each picture."
    )
    rotate: Annotated[float, Field(ge=0, le=180)] = Field(
        0.0, description="Largest rotation to either side, degrees."
    )
    shift: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="Largest shift along each axis, as a part of the picture's size."
    )
    shear: Annotated[float, Field(ge=0, le=80)] = Field(
        0.0, description="Largest shear to either side, degrees."
    )
    zoom: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0, description="Zoom factors are drawn per axis from 1 - zoom to 1 + zoom."
    )
    fill: Literal["nearest", "constant"] = Field(
        "nearest", description="What rotate, shift, shear and zoom put outside the picture."
    )
    noise: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="Standard deviation of Gaussian noise on pixels in [0, 1], unclipped."
    )
    cutout: Annotated[int, Field(ge=0, le=1024)] = Field(
        0, description="Side of a square of zeros put over each normalised picture, pixels."
    )
    mixup: Annotated[float, Field(ge=0, le=10)] = Field(
        0.0, description="Alpha of mixup's Beta(alpha, alpha); 0 is off."
    )
    cutmix: Annotated[float, Field(ge=0, le=10)] = Field(
        0.0, description="Alpha of CutMix's Beta(alpha, alpha); 0 is off."
    )
    test_flip: bool = Field(
        False, description="Average the logits of each val and test picture and its mirror image."
    )
    test_shift: Annotated[int, Field(ge=0, le=3)] = Field(
        0,
        description="Average in the logits of each val and test picture moved by so many pixels.",
    )


class LossOptions(Options):
    """What training makes small."""

    name: Literal["cross_entropy", "squared_error"] = Field(
        "cross_entropy",
        description="Cross-entropy, or squared error against one-hot labels (mean over classes).",
    )
    label_smoothing: Fraction = Field(
        0.0, description="Part of each label spread over all classes (cross-entropy only)."
    )


class _OptimizerOptions(Options):
    lr: Rate = Field(1e-3, description="Learning rate before the schedule, per step.")
    weight_decay: Nonnegative = Field(
        0.0, description="Weight decay: coupled L2 in sgd and adam, decoupled in adamw and muon."
    )
    decay_on: Literal["all", "weights"] | tuple[str, ...] = Field(
        "all",
        description="What decays: all, weights (no biases, no norms), or names: ['head.weight'].",
    )


class SgdOptions(_OptimizerOptions):
    """Stochastic gradient descent (`torch.optim.SGD`)."""

    name: Literal["sgd"] = "sgd"
    lr: Rate = Field(0.01, description="Learning rate before the schedule, per step.")
    momentum: Fraction = Field(0.0, description="Momentum; 0 is plain SGD.")
    nesterov: bool = Field(False, description="Nesterov's momentum; needs momentum above 0.")


class AdamOptions(_OptimizerOptions):
    """Adam with coupled L2 (`torch.optim.Adam`)."""

    name: Literal["adam"] = "adam"
    beta1: Fraction = Field(0.9, description="Decay of the running mean of gradients.")
    beta2: Fraction = Field(0.999, description="Decay of the running mean of squared gradients.")
    eps: Rate = Field(1e-8, description="Added to the root of the squared gradients.")


class AdamWOptions(AdamOptions):
    """Adam with decoupled weight decay (`torch.optim.AdamW`)."""

    name: Literal["adamw"] = "adamw"  # type: ignore[assignment]
    weight_decay: Nonnegative = Field(
        0.01, description="Decoupled weight decay, times lr per step."
    )


class MuonOptions(_OptimizerOptions):
    """Muon on hidden kernels (flattened to 2-D), AdamW on all else (`torch.optim.Muon`)."""

    name: Literal["muon"] = "muon"
    lr: Rate = Field(0.02, description="Learning rate of the hidden kernels, per step.")
    momentum: Fraction = Field(0.95, description="Nesterov momentum of the hidden kernels.")
    other_lr: Rate = Field(
        1e-3, description="AdamW's learning rate for biases, norms, stem and head; same schedule."
    )


OptimizerOptions = Annotated[
    SgdOptions | AdamOptions | AdamWOptions | MuonOptions, Field(discriminator="name")
]


class ConstantSchedule(Options):
    """The same learning rate at every step."""

    name: Literal["constant"] = "constant"


class StepSchedule(Options):
    """The learning rate times gamma at the end of each milestone epoch."""

    name: Literal["step"] = "step"
    milestones: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (5,), min_length=1, description="Epochs after which the rate drops."
    )
    gamma: Rate = Field(0.1, description="Factor at each milestone.")


class ExponentialSchedule(Options):
    """The learning rate times gamma after every epoch."""

    name: Literal["exponential"] = "exponential"
    gamma: Annotated[float, Field(gt=0, le=1)] = Field(0.9, description="Factor per epoch.")


class OneCycleSchedule(Options):
    """Up and down once over the whole run; `optimizer.lr` is the peak (`OneCycleLR`)."""

    name: Literal["one_cycle"] = "one_cycle"
    warmup: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.3, description="Part of the run's steps in which the rate rises."
    )
    start_divisor: Rate = Field(25.0, description="The first rate is the peak over this.")
    final_divisor: Rate = Field(1e4, description="The last rate is the first over this.")
    anneal: Literal["cosine", "linear"] = Field("cosine", description="Shape of both ramps.")
    cycle_momentum: bool = Field(
        True, description="Move momentum (or beta1) from high to low and back, against the rate."
    )
    low_momentum: Fraction = Field(0.85, description="Momentum at the peak rate.")
    high_momentum: Fraction = Field(0.95, description="Momentum at the start and the end.")


class CosineSchedule(Options):
    """A linear warm-up, then half a cosine down over the rest of the run."""

    name: Literal["cosine"] = "cosine"
    warmup_epochs: Nonnegative = Field(0.0, description="Epochs of linear warm-up from near 0.")
    final_fraction: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="The last rate as a part of the peak."
    )


class PlateauSchedule(Options):
    """The learning rate times factor when the metric has not improved (`ReduceLROnPlateau`)."""

    name: Literal["plateau"] = "plateau"
    metric: Metric = Field("val_loss", description="What is watched, once an epoch.")
    factor: Annotated[float, Field(gt=0, lt=1)] = Field(0.1, description="Factor at each drop.")
    patience: Annotated[int, Field(ge=0)] = Field(
        10, description="Epochs without improvement that are waited before a drop."
    )
    min_delta: Nonnegative = Field(1e-4, description="Relative improvement that counts as one.")
    min_lr: Nonnegative = Field(0.0, description="The rate never falls below this.")


ScheduleOptions = Annotated[
    ConstantSchedule
    | StepSchedule
    | ExponentialSchedule
    | OneCycleSchedule
    | CosineSchedule
    | PlateauSchedule,
    Field(discriminator="name"),
]


class ClipOptions(Options):
    """Limits on the gradient before each step."""

    value: Rate | None = Field(None, description="Largest size of any one gradient component.")
    norm: Rate | None = Field(None, description="Largest norm of the whole gradient.")


class StopOptions(Options):
    """Early stopping."""

    patience: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Stop after this many epochs without a better value; none is never."
    )
    metric: Metric = Field("val_loss", description="What is watched, once an epoch.")
    min_delta: Nonnegative = Field(0.0, description="Smallest change that counts as better.")
