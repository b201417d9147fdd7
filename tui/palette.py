"""The colours that mean something, in a dark and a light form; told apart by the colour-blind."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.theme import Theme


@dataclass(frozen=True)
class Palette:
    """Colours by meaning; `runs` are for up to eight runs on the same axes."""

    dark: bool
    train: str
    val: str
    rate: str
    ghost: str
    mark: str
    good: str
    warn: str
    bad: str
    accent: str
    runs: tuple[str, ...]


DARK = Palette(
    dark=True,
    train="#56b4e9",
    val="#f0a030",
    rate="#35c49a",
    ghost="#8a8f98",
    mark="#c58fd0",
    good="#4fc38a",
    warn="#e8b339",
    bad="#f2777a",
    accent="#7cc4ff",
    runs=(
        "#56b4e9", "#f0a030", "#35c49a", "#e58fc0", "#f0e442", "#7b9cff", "#f2777a", "#b8b8b8",
    ),
)  # fmt: skip
LIGHT = Palette(
    dark=False,
    train="#0063a8",
    val="#b85400",
    rate="#007a55",
    ghost="#7d828a",
    mark="#8a3fa0",
    good="#1b7a45",
    warn="#8f6400",
    bad="#c0272d",
    accent="#005a9e",
    runs=(
        "#0063a8", "#b85400", "#007a55", "#a83a7c", "#8f7a00", "#4747c9", "#c0272d", "#55595f",
    ),
)  # fmt: skip


def themes() -> tuple["Theme", ...]:
    """Return our own themes, as Textual has them."""
    from textual.theme import Theme  # the command line has no need of it

    return (
        Theme(
            name="dli-dark", dark=True, primary="#7cc4ff", secondary="#f0a030", accent="#7cc4ff",
            success=DARK.good, warning=DARK.warn, error=DARK.bad, foreground="#d6dae0",
            background="#14171c", surface="#1b1f26", panel="#262b34",
            variables={"block-cursor-background": "#2f4a66", "block-cursor-foreground": "#ffffff",
                       "block-cursor-blurred-background": "#28333f"},
        ),
        Theme(
            name="dli-light", dark=False, primary="#005a9e", secondary="#b85400", accent="#005a9e",
            success=LIGHT.good, warning=LIGHT.warn, error=LIGHT.bad, foreground="#20242a",
            background="#fbfbfa", surface="#f2f2ef", panel="#e4e5e2",
            variables={"block-cursor-background": "#bcd9f2", "block-cursor-foreground": "#0b1a29",
                       "block-cursor-blurred-background": "#dbe6ef"},
        ),
    )  # fmt: skip


def palette_of(theme: "Theme") -> Palette:
    """Return the colours for a theme."""
    return DARK if theme.dark else LIGHT
