"""What every model family says of itself without torch: its options and the pictures it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.options import Options


class ModelOptions(Options):
    """Base of every family's options; `name` picks the family."""

    name: str

    def no_effect(self) -> dict[str, str]:
        """Return the fields that do nothing here, each with the reason, for an error's sentence."""
        return {}


@dataclass(frozen=True)
class PictureShape:
    """Channels, height and width of one picture."""

    channels: int
    height: int
    width: int

    def __str__(self) -> str:
        return f"{self.channels}x{self.height}x{self.width}"


@dataclass(frozen=True)
class ModelSpec:
    """A registry entry: `build` names a function as `module:function`, imported when needed.

    `refuses(options, shape)` returns the sentence why these pictures cannot be taken, or None.
    `from_pictures` names a function of the net and of some scaled training pictures
    `(N, C, H, W)` that sets what depends on them, before the first step.
    `prefers_bf16` is measured: whether bf16 with channels_last trains this family faster.
    """

    name: str
    about: str
    options: type[ModelOptions]
    build: str
    refuses: Callable[[Any, PictureShape], str | None]
    prefers_bf16: bool
    source: str = ""
    from_pictures: str = ""
