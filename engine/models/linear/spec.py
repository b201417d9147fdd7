"""One linear layer on the pixels."""

from typing import Literal

from pydantic import Field

from engine.models.spec import ModelOptions, ModelSpec, PictureShape


class LinearOptions(ModelOptions):
    """Options of `linear`."""

    name: Literal["linear"] = "linear"
    init: Literal["torch", "zeros"] = Field("torch", description="How the weights begin.")


def _refuses(options: LinearOptions, shape: PictureShape) -> str | None:  # noqa: ARG001
    return None


SPEC = ModelSpec(
    name="linear",
    about="one linear layer on the pixels: linear or logistic regression, by the loss",
    options=LinearOptions,
    build="engine.models.linear.net:build",
    refuses=_refuses,
    prefers_bf16=False,
    source="textbook",
)
