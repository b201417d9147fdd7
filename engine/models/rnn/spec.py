"""A recurrent net that reads a picture row by row."""

from typing import Annotated, Literal

from pydantic import Field

from engine.models.options import Size
from engine.models.spec import ModelOptions, ModelSpec, PictureShape
from engine.options import Fraction


class RnnOptions(ModelOptions):
    """Options of `rnn`."""

    name: Literal["rnn"] = "rnn"
    cell: Literal["lstm", "gru", "rnn"] = Field("lstm", description="Kind of recurrent cell.")
    layers: Annotated[int, Field(ge=1, le=16)] = Field(
        2, description="Recurrent layers, each reading the one below."
    )
    width: Size = Field(128, description="Features of each layer's state, in each direction.")
    bidirectional: bool = Field(False, description="Read the rows upwards too.")
    dropout: Fraction = Field(0.0, description="Rate of dropout between recurrent layers.")

    def no_effect(self) -> dict[str, str]:
        """Return dropout where there is nothing between layers."""
        return {"dropout": "model.layers 1"} if self.layers == 1 else {}


def _refuses(options: RnnOptions, shape: PictureShape) -> str | None:  # noqa: ARG001
    return None


SPEC = ModelSpec(
    name="rnn",
    about="LSTM, GRU or plain recurrent cells over the rows of the picture",
    options=RnnOptions,
    build="engine.models.rnn.net:build",
    refuses=_refuses,
    prefers_bf16=True,
    source="Le, Jaitly, Hinton 2015 (arXiv:1504.00941) read pixels; here a step is a row",
)
