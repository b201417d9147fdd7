"""A stack of dense layers."""

from typing import Annotated, Literal

from pydantic import Field

from engine.models.options import Activation, Init, Size
from engine.models.spec import ModelOptions, ModelSpec, PictureShape
from engine.options import Fraction


class MlpOptions(ModelOptions):
    """Options of `mlp`: sizes by `hidden`, or by `width` and `depth`."""

    name: Literal["mlp"] = "mlp"
    hidden: Annotated[tuple[Size, ...], Field(min_length=1, max_length=32)] | None = Field(
        None, description="Features of each hidden layer, in place of width and depth."
    )
    width: Size | None = Field(None, description="Features of every hidden layer; none is 128.")
    depth: Annotated[int, Field(ge=1, le=32)] | None = Field(
        None, description="Number of hidden layers; none is 2."
    )
    activation: Activation = Field("relu", description="Function after each hidden layer.")
    dropout: Fraction = Field(0.0, description="Rate of dropout after each hidden layer.")
    batch_norm: bool = Field(False, description="Batch norm after each activation.")
    init: Init = Field("torch", description="Whose initialisation and batch-norm constants.")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Features of each hidden layer."""
        return self.hidden or (self.width or 128,) * (self.depth or 2)

    def no_effect(self) -> dict[str, str]:
        """Return width and depth where `hidden` gives the sizes."""
        if self.hidden is None:
            return {}
        return dict.fromkeys(("width", "depth"), "model.hidden set")


def _refuses(options: MlpOptions, shape: PictureShape) -> str | None:  # noqa: ARG001
    return None


SPEC = ModelSpec(
    name="mlp",
    about="dense layers on the pixels: a multilayer perceptron",
    options=MlpOptions,
    build="engine.models.mlp.net:build",
    refuses=_refuses,
    prefers_bf16=False,
    source="textbook",
)
