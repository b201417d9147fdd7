"""ResNet-9, made for small colour pictures."""

from typing import Annotated, Literal

from pydantic import Field

from engine.models.options import too_small
from engine.models.spec import ModelOptions, ModelSpec, PictureShape
from engine.options import Fraction


class Resnet9Options(ModelOptions):
    """Options of `resnet9`."""

    name: Literal["resnet9"] = "resnet9"
    width: Annotated[int, Field(ge=1, le=1024)] = Field(
        64, description="Channels of the first convolution; the last has 8 times as many."
    )
    head_dropout: Fraction = Field(0.0, description="Rate of dropout before the head.")


def _refuses(options: Resnet9Options, shape: PictureShape) -> str | None:  # noqa: ARG001
    return too_small(shape, 8, "its three poolings need")


SPEC = ModelSpec(
    name="resnet9",
    about="eight convolutions with two residual sums: fast and good on 32x32 pictures",
    options=Resnet9Options,
    build="engine.models.resnet9.net:build",
    refuses=_refuses,
    prefers_bf16=True,
    source="D. Page, How to train your ResNet, 2018",
)
