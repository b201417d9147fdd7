"""What the pruner demands, as a curve among those of trials, and in words."""

import math
from typing import TYPE_CHECKING

from tui import format as fmt
from tui.plot import Curve
from tui.study_panels.snapshot import StudyView

if TYPE_CHECKING:
    from bench.thresholds import Demand

_HALF = 0.45  # epochs to either side that a demand's line reaches


def demand_curve(view: StudyView, color: str) -> Curve | None:
    """Return a short line for each epoch at which the pruner judges now; None without any.

    Between these epochs nothing is demanded, so nothing is drawn.
    """
    found = view.now.demands if view.now else ()
    if not found:
        return None
    x = [at for one in found for at in (one.epoch - _HALF, one.epoch + _HALF, one.epoch + 0.5)]
    y = [value for one in found for value in (one.value, one.value, math.nan)]
    return Curve("pruner", x, y, color)


def demand_words(view: StudyView) -> str:
    """Return what the pruner demands now: `pruned below 96.06 % after epoch 3 (halving)`."""
    assert view.now is not None
    record, found = view.now.record, view.now.demands
    name = str(record.facts.get("pruner", "none"))
    if name == "none":
        return "every trial is trained to the end"
    if not found:
        return f"the pruner ({name}) has seen too few trials to demand anything yet"
    if name == "halving":
        rungs = ", ".join(f"{fmt.percent(one.value)} after epoch {one.epoch}" for one in found)
        return f"the pruner demands {rungs} (the best third so far)"
    return f"the pruner demands the median of {_most(found)} complete trials, by epoch"


def _most(found: "tuple[Demand, ...]") -> str:
    return fmt.count(max(one.rests_on for one in found))
