"""The net of 403 thousand parameters for MNIST."""

from typing import Literal

from pydantic import Field

from engine.models.options import too_small
from engine.models.spec import ModelOptions, ModelSpec, PictureShape
from engine.options import Fraction


class Mnist403kOptions(ModelOptions):
    """Options of `mnist403k`."""

    name: Literal["mnist403k"] = "mnist403k"
    dropout: Fraction = Field(0.4, description="Rate of dropout after each of the two stages.")


def _refuses(options: Mnist403kOptions, shape: PictureShape) -> str | None:  # noqa: ARG001
    return too_small(shape, 13, "its four unpadded convolutions and their strides need")


SPEC = ModelSpec(
    name="mnist403k",
    about="seven convolutions with GELU and strides for pooling: 403,338 parameters on MNIST",
    options=Mnist403kOptions,
    build="engine.models.mnist403k.net:build",
    refuses=_refuses,
    prefers_bf16=True,
    source="a public Keras model for MNIST, with Keras' initialisation and batch norm",
)
