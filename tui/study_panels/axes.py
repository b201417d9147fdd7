"""The axes that all trials share, and a trial's curve on them with what the pruner demands."""

import math

import numpy as np

from bench.records import TrialRecord
from tui.palette import Palette
from tui.plot import Bounds, Curve
from tui.study_panels.demands import demand_curve
from tui.study_panels.snapshot import StudyView
from tui.study_panels.words import state_of

_LEAST_SPAN = 0.02  # of the y axis, in accuracy
_FLOOR = 0.25  # the share of trials whose last value may lie below the y axis


def trial_curves(
    trial: TrialRecord, view: StudyView, palette: Palette, is_best: bool
) -> list[Curve]:
    """Return a trial's val accuracy by epoch, over what the pruner demands."""
    demanded = demand_curve(view, palette.mark)
    color = palette.good if is_best else {
        "complete": palette.train, "running": palette.val,
    }.get(state_of(trial), palette.ghost)  # fmt: skip
    epochs = np.arange(1, len(trial.curve) + 1)
    curve = Curve(f"trial {trial.number}", epochs, np.asarray(trial.curve, float), color)
    return [curve] if demanded is None else [demanded, curve]


def shared_bounds(view: StudyView) -> Bounds:
    """Return axes for all trials: all epochs, and values from the lower quarter of the last up."""
    assert view.now is not None
    record = view.now.record
    last = [trial.curve[-1] for trial in record.trials if trial.curve]
    tops = [max(trial.curve) for trial in record.trials if trial.curve]
    known = np.asarray([value for value in last if math.isfinite(value)])
    demanded = [one.value for one in view.now.demands]
    epochs = float(max(record.epochs, 2))
    if not len(known):
        return Bounds(1.0, epochs, 0.0, 1.0)
    low = float(min([np.quantile(known, _FLOOR), *demanded]))
    high = max([value for value in tops if math.isfinite(value)], default=1.0)
    low = min(low, high - _LEAST_SPAN)
    margin = 0.05 * (high - low)
    return Bounds(1.0, epochs, max(low - margin, 0.0), min(high + margin, 1.0))
