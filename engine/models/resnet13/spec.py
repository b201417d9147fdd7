"""A residual net of thirteen layers."""

from typing import Annotated, Literal

from pydantic import Field

from engine.models.options import too_small
from engine.models.spec import ModelOptions, ModelSpec, PictureShape
from engine.options import Fraction


class Resnet13Options(ModelOptions):
    """Options of `resnet13`."""

    name: Literal["resnet13"] = "resnet13"
    width: Annotated[int, Field(ge=1, le=1024)] = Field(
        64, description="Channels of the first convolution; the last has 8 times as many."
    )
    head_dropout: Fraction = Field(0.0, description="Rate of dropout before the head.")


def _refuses(options: Resnet13Options, shape: PictureShape) -> str | None:  # noqa: ARG001
    return too_small(shape, 8, "its three poolings need")


SPEC = ModelSpec(
    name="resnet13",
    about="twelve convolutions with four residual sums, elsewhere passed off as a ResNet-18",
    options=Resnet13Options,
    build="engine.models.resnet13.net:build",
    refuses=_refuses,
    prefers_bf16=True,
    source="a deeper ResNet-9, after D. Page, How to train your ResNet, 2018",
)
