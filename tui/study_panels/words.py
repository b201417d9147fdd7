"""How the Study screen writes states, trials and settings."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from bench.records import StudyRecord, TrialRecord
from bench.report.words import short
from tui import format as fmt
from tui.palette import Palette
from tui.report.page import printable

if TYPE_CHECKING:
    from tui.study_panels.snapshot import Activity

STATES = ("complete", "pruned", "infeasible", "failed", "running", "waiting")
_GLYPHS = {
    "complete": "●", "pruned": "◌", "infeasible": "∅", "failed": "×", "running": "▶",
    "waiting": "·",
}  # fmt: skip
_ASCII = {
    "complete": "o", "pruned": "-", "infeasible": "0", "failed": "x", "running": ">",
    "waiting": ".",
}  # fmt: skip
_BLOCKS = "▁▂▃▄▅▆▇█"
_TO_ASCII = str.maketrans({
    "━": "=", "╍": "-", "╌": ".", "─": "-", "┊": "|", "●": "*", "○": "o", "◌": "-", "★": "*",
    "≈": "~", "▲": "^", "▼": "v", "–": "-", "…": "~", "×": "x", "±": "+", "·": ".", "−": "-",
    "∅": "0", "▶": ">", "│": "|", "┃": "|", "▁": "_", "▂": "_", "▃": "-", "▄": "-", "▅": "=",
    "▆": "=", "▇": "#", "█": "#", "\u00a0": " ",
})  # fmt: skip
WHAT: Mapping["Activity", str] = {
    "preparing": "preparing",
    "searching": "searching",
    "confirming": "confirming",
    "stopping": "stopping",
    "interrupted": "interrupted",
    "stopped": "stopped",
    "unconfirmed": "not confirmed",
    "finished": "finished",
}


def state_of(trial: TrialRecord) -> str:
    """Return a trial's state; one that broke a limit or diverged is infeasible."""
    return "infeasible" if trial.state == "pruned" and not trial.feasible else trial.state


def state_style(state: str, palette: Palette) -> str:
    """Return the colour of a trial's state."""
    return {
        "complete": palette.good,
        "pruned": palette.ghost,
        "infeasible": palette.warn,
        "failed": palette.bad,
        "running": palette.accent,
    }.get(state, "dim")


def activity_style(activity: "Activity", palette: Palette) -> str:
    """Return the colour of what a study does."""
    if activity in ("preparing", "searching", "confirming"):
        return palette.accent
    if activity in ("stopping", "stopped", "interrupted", "unconfirmed"):
        return palette.warn
    return palette.good


def glyph(state: str, ascii_only: bool) -> str:
    """Return the character of a trial's state."""
    return (_ASCII if ascii_only else _GLYPHS)[state]


def in_ascii(text: Text) -> Text:
    """Return a text with each character that ASCII lacks replaced by one that looks alike."""
    plain = text.plain.translate(_TO_ASCII)
    changed = text.copy()
    changed.plain = plain.encode("ascii", "replace").decode()
    return changed


def order_trials(trials: Sequence[TrialRecord], by_value: bool) -> list[TrialRecord]:
    """Return trials as a table shows them, what runs first.

    By value, what was trained to the end stands before what was pruned: their values do not
    compare. By number, the newest is first.
    """
    if not by_value:
        return sorted(trials, key=lambda trial: -trial.number)
    ranks = {"running": 0, "complete": 1, "pruned": 2, "infeasible": 3, "failed": 4, "waiting": 5}

    def rank(trial: TrialRecord) -> tuple[int, float, int]:
        return ranks[state_of(trial)], -(trial.value or 0.0), trial.number

    return sorted(trials, key=rank)


def strip_of(curve: Sequence[float], low: float, high: float) -> str:
    """Return a curve as blocks; where all share low and high, they compare."""
    levels = [(value - low) / max(high - low, 1e-9) * len(_BLOCKS) for value in curve]
    return "".join(
        _BLOCKS[min(max(int(level), 0), len(_BLOCKS) - 1)] if math.isfinite(level) else " "
        for level in levels
    )


def value_of(trial: TrialRecord) -> float | None:
    """Return a trial's value; of one that runs, the last epoch's."""
    if trial.value is None and trial.state == "running" and trial.curve:
        return trial.curve[-1]
    return trial.value


def settings(trial: TrialRecord, record: StudyRecord) -> str:
    """Return a trial's settings: `lr 0.0134  width 24  batch_norm true`."""
    parts = [
        f"{short(d.path, record.space)} {fmt.setting(trial.params[d.path])}"
        for d in record.space
        if d.path in trial.params
    ]
    return printable("  ".join(parts))


def why(trial: TrialRecord) -> str:
    """Return why a trial is infeasible or failed."""
    if state_of(trial) not in ("infeasible", "failed"):
        return ""
    cause = printable(trial.cause) or "unknown"
    message = printable(trial.message).strip()
    return f"{cause}: {message}" if message else cause


def named(trial: TrialRecord) -> str:
    """Return how a sentence calls a trial."""
    return f"trial {trial.number}" + (f" (baseline {trial.baseline})" if trial.baseline else "")


def why_not_pruned(trial: TrialRecord | None, is_live: bool) -> str:
    """Return why a trial cannot be pruned now.

    Args:
        trial: the chosen one, if any.
        is_live: whether somebody works on its study.
    """
    if trial is None:
        return "no trial is chosen"
    if trial.state == "waiting":
        return f"trial {trial.number} waits for a worker" + ("" if is_live else "; g trains it")
    if trial.state == "running":
        what = "has just begun" if is_live else "is trained by nobody now; g goes on with it"
        return f"trial {trial.number} {what}"
    return f"trial {trial.number} is {trial.state}"


def why_no_run(trial: TrialRecord) -> str:
    """Return why a trial has no run."""
    if trial.state == "waiting":
        return "it waits for a worker"
    return "it has just begun" if trial.state == "running" else "it was refused before training"
