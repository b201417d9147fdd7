"""Blocks of convolutions, then dense layers: the classic convolutional net."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from engine.models.options import Activation, Init, Size
from engine.models.spec import ModelOptions, ModelSpec, PictureShape
from engine.options import Fraction

Padding = Literal["same", "valid"]


class CnnOptions(ModelOptions):
    """Options of `cnn`: a block for each of `filters`, or by `width`, `growth` and `depth`."""

    name: Literal["cnn"] = "cnn"
    filters: Annotated[tuple[Size, ...], Field(min_length=1, max_length=8)] | None = Field(
        None, description="Channels of each block, in place of width, growth and depth."
    )
    width: Size | None = Field(None, description="Channels of the first block; none is 32.")
    growth: Annotated[float, Field(ge=0.25, le=4)] | None = Field(
        None, description="Factor from one block's channels to the next's; none is 2."
    )
    depth: Annotated[int, Field(ge=1, le=8)] | None = Field(
        None, description="Number of blocks; none is 3."
    )
    convs_per_block: Literal[1, 2] = Field(1, description="Convolutions in each block.")
    kernel_size: Literal[1, 3, 5, 7] = Field(3, description="Side of each kernel, pixels.")
    first_padding: Padding = Field(
        "same", description="Padding of a block's first convolution: half a kernel, or none."
    )
    second_padding: Padding = Field(
        "same", description="Padding of a block's second convolution: half a kernel, or none."
    )
    batch_norm: bool = Field(True, description="Batch norm with each convolution.")
    order: Literal["conv_act_norm", "conv_norm_act"] = Field(
        "conv_norm_act", description="Whether batch norm comes after or before the activation."
    )
    downsample: Literal["pool", "stride"] = Field(
        "pool", description="What halves a block's maps: max-pool 2, or its last conv's stride 2."
    )
    conv_dropout: Fraction = Field(0.0, description="Rate of dropout after each block.")
    flatten_dropout: Fraction = Field(0.0, description="Rate of dropout after the last block.")
    dense: Annotated[tuple[Size, ...], Field(max_length=8)] = Field(
        (), description="Features of each dense layer between the blocks and the head."
    )
    dense_batch_norm: bool = Field(False, description="Batch norm after each dense layer.")
    head_dropout: Fraction | tuple[Fraction, ...] = Field(
        0.0, description="Rate of dropout after each dense layer: one for all, or one for each."
    )
    activation: Activation = Field("relu", description="Function after each layer but the head.")
    init: Init = Field("torch", description="Whose initialisation and batch-norm constants.")

    @field_validator("head_dropout")
    @classmethod
    def _one_rate_per_dense_layer(
        cls, rates: float | tuple[float, ...], info: ValidationInfo
    ) -> float | tuple[float, ...]:
        layers = len(info.data.get("dense", ()))
        if isinstance(rates, tuple) and len(rates) != layers:
            raise ValueError(f"give one rate, or one for each of the {layers} model.dense layers")
        return rates

    @property
    def sizes(self) -> tuple[int, ...]:
        """Channels of each block."""
        width, growth = self.width or 32, self.growth or 2.0
        grown = (max(1, round(width * growth**block)) for block in range(self.depth or 3))
        return self.filters or tuple(grown)

    @property
    def paddings(self) -> tuple[Padding, ...]:
        """Padding of each convolution of a block."""
        return (self.first_padding, self.second_padding)[: self.convs_per_block]

    @property
    def strides(self) -> tuple[int, ...]:
        """Stride of each convolution of a block."""
        last = 2 if self.downsample == "stride" else 1
        return (1, last)[-self.convs_per_block :]

    @property
    def dense_dropouts(self) -> tuple[float, ...]:
        """Rate of dropout after each dense layer."""
        if isinstance(self.head_dropout, tuple):
            return self.head_dropout
        return (self.head_dropout,) * len(self.dense)

    def after_block(self, side: int) -> int:
        """Return the side of the maps that a block makes of maps of this side; below 1 is none."""
        for padding, stride in zip(self.paddings, self.strides, strict=True):
            shrink = self.kernel_size - 1 if padding == "valid" else 0
            side = (side - shrink - 1) // stride + 1
        return side // 2 if self.downsample == "pool" else side

    def no_effect(self) -> dict[str, str]:
        """Return the options that others make idle."""
        idle: dict[str, str] = {}
        if self.depth == 1:
            idle["growth"] = "model.depth 1"
        if self.filters is not None:
            idle |= dict.fromkeys(("width", "growth", "depth"), "model.filters set")
        if self.convs_per_block == 1:
            idle["second_padding"] = "model.convs_per_block 1"
        if self.kernel_size == 1:
            idle |= dict.fromkeys(("first_padding", "second_padding"), "model.kernel_size 1")
        if not self.batch_norm:
            idle["order"] = "model.batch_norm false"
        if not self.dense:
            idle |= dict.fromkeys(("head_dropout", "dense_batch_norm"), "no model.dense layers")
        return idle


def _refuses(options: CnnOptions, shape: PictureShape) -> str | None:
    height, width = shape.height, shape.width
    for block in range(1, len(options.sizes) + 1):
        before = f"{height}x{width}"
        height, width = options.after_block(height), options.after_block(width)
        if min(height, width) < 1:
            fewer = f"at most {block - 1} blocks, " if block > 1 else ""
            return (
                f"block {block} leaves nothing of its {before} maps; use {fewer}'same' padding "
                "or larger pictures (data.image_size)."
            )
    return None


SPEC = ModelSpec(
    name="cnn",
    about="blocks of convolutions, then dense layers",
    options=CnnOptions,
    build="engine.models.cnn.net:build",
    refuses=_refuses,
    prefers_bf16=True,
    source="LeCun et al. 1998, with ReLU, batch norm and dropout",
)
