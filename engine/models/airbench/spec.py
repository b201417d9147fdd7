"""The net of the CIFAR-10 speed records: whitened stem, few wide blocks, scaled logits."""

from typing import Annotated, Literal

from pydantic import Field

from engine.models.options import Activation, Size, too_small
from engine.models.spec import ModelOptions, ModelSpec, PictureShape
from engine.options import Rate


class AirbenchOptions(ModelOptions):
    """Options of `airbench`."""

    name: Literal["airbench"] = "airbench"
    filters: Annotated[tuple[Size, ...], Field(min_length=1, max_length=6)] = Field(
        (64, 256, 256), description="Channels of each block; every block halves the maps."
    )
    convs_per_block: Annotated[int, Field(ge=1, le=4)] = Field(
        2, description="Convolutions in each block; the pooling follows the first."
    )
    whiten_size: Literal[2, 3] = Field(
        2, description="Side of the patches that the fixed first layer whitens, pixels."
    )
    whiten_stride: Literal[1, 2] = Field(
        1, description="Steps between patches, pixels; 2 is four times cheaper and blunter."
    )
    whiten_bias: bool = Field(
        True, description="Learn a bias of the first layer; without one its gradient is spared."
    )
    activation: Activation = Field("gelu", description="Function after each layer but the head.")
    norm_momentum: Annotated[float, Field(gt=0, le=1)] = Field(
        0.4, description="Weight of the newest batch in batch norm's running statistics."
    )
    logit_scale: Rate = Field(1 / 9, description="Factor on the logits.")


def _refuses(options: AirbenchOptions, shape: PictureShape) -> str | None:
    side = 2 ** len(options.filters) * options.whiten_stride + options.whiten_size - 1
    return too_small(shape, side, f"its {len(options.filters)} poolings need")


SPEC = ModelSpec(
    name="airbench",
    about="a whitened first layer and few wide blocks, made to be good after few epochs",
    options=AirbenchOptions,
    build="engine.models.airbench.net:build",
    refuses=_refuses,
    prefers_bf16=True,
    source="K. Jordan, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, 2024 (arXiv:2404.00498)",
    from_pictures="engine.models.airbench.net:whiten",
)
