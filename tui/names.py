"""How data sets and the states of runs are called and marked. Cheap to import."""

from pathlib import Path

from tui.palette import Palette

_SIGNS = {
    "starting": "◌", "running": "●", "paused": "‖", "completed": "✓", "stopped": "■",
    "pruned": "✂", "failed": "✗", "interrupted": "!", "unreadable": "?",
}  # fmt: skip


def short_dataset(dataset: str) -> str:
    """Return a data set's name, of a folder's path only the end."""
    return f"folder:{Path(dataset).name}" if dataset.startswith("folder:") else dataset


def state_color(state: str, palette: Palette) -> str:
    """Return the colour of a run's state: good, to be looked at, bad, or none of these."""
    if state in ("running", "completed"):
        return palette.good
    if state in ("paused", "interrupted", "starting"):
        return palette.warn
    return palette.bad if state in ("failed", "unreadable") else palette.ghost


def state_sign(state: str, ascii_only: bool) -> str:
    """Return a character for a state."""
    return "*" if ascii_only else _SIGNS.get(state, " ")


def unjudged(epoch: int) -> str:
    """Return which weights count in a run without val."""
    return f"of epoch {epoch}, the last: no val to choose by"
