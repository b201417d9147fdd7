"""ResNet-18 with a stem for small pictures."""

from typing import Annotated, Literal

from pydantic import Field

from engine.models.spec import ModelOptions, ModelSpec, PictureShape


class Resnet18Options(ModelOptions):
    """Options of `resnet18`."""

    name: Literal["resnet18"] = "resnet18"
    width: Annotated[int, Field(ge=1, le=1024)] = Field(
        64, description="Channels of the first stage; the last has 8 times as many."
    )


def _refuses(options: Resnet18Options, shape: PictureShape) -> str | None:  # noqa: ARG001
    return None


SPEC = ModelSpec(
    name="resnet18",
    about="ResNet-18 with a 3x3 stem of stride 1 and no max-pool, as is usual on 32x32 pictures",
    options=Resnet18Options,
    build="engine.models.resnet18.net:build",
    refuses=_refuses,
    prefers_bf16=True,
    source="He et al., Deep Residual Learning for Image Recognition, 2015 (arXiv:1512.03385)",
)
