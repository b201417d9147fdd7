"""Option types and checks that several families' `spec.py` share. Imports no torch."""

from typing import Annotated, Literal

from pydantic import Field

from engine.models.spec import PictureShape

Activation = Literal["relu", "gelu", "leaky_relu", "silu", "tanh"]
Init = Literal["torch", "keras"]
Size = Annotated[int, Field(ge=1, le=8192)]


def too_small(shape: PictureShape, side: int, why: str) -> str | None:
    """Return the sentence for pictures with a side under `side` pixels, or None."""
    if min(shape.height, shape.width) >= side:
        return None
    return f"{why} at least {side}x{side} pixels; set data.image_size to {side} or more."
