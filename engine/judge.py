"""What a validation decides: whether it is the best so far, and whether training goes on."""

import math

from engine.checkpoint import Progress
from engine.config import RunConfig
from engine.errors import DivergedError
from engine.evaluate import Evaluation
from engine.options import Metric, PlateauSchedule


def value_of(result: Evaluation, metric: Metric) -> float:
    """Return the figure that a metric's name stands for."""
    return result.accuracy if metric == "val_accuracy" else result.loss


def check_val(result: Evaluation, progress: Progress) -> None:
    """Raise a `DivergedError` if the loss on val is not finite."""
    if not math.isfinite(result.loss):
        raise DivergedError(
            f"the validation loss became {result.loss} after epoch {progress.epochs_done + 1}, "
            f"step {progress.step}: training diverged. The last checkpoint before it is kept; "
            "try a lower optimizer.lr or clip.norm=1."
        )


def is_better(value: float, than: float | None, metric: Metric, min_delta: float = 0.0) -> bool:
    """Tell whether a value beats the best by more than `min_delta`; accuracy up, loss down."""
    if than is None:
        return True
    gain = value - than if metric == "val_accuracy" else than - value
    return gain > min_delta


def take_in(result: Evaluation, progress: Progress, config: RunConfig) -> bool:
    """Move `progress` past a validated epoch; return whether it is the best so far.

    Of two equal accuracies the earlier epoch stays the best; without val the last one is.
    """
    progress.epochs_done += 1
    if not config.data.has_val:
        progress.best_epoch = progress.epochs_done
        return True
    value = value_of(result, config.best_metric)
    best = is_better(value, progress.best_value, config.best_metric)
    if best:
        progress.best_value, progress.best_epoch = value, progress.epochs_done
    _watch_for_stop(result, progress, config)
    if isinstance(config.schedule, PlateauSchedule):
        watched = value_of(result, config.schedule.metric)
        progress.plateau = progress.plateau.update(config.schedule, watched)
    return best


def _watch_for_stop(result: Evaluation, progress: Progress, config: RunConfig) -> None:
    stop = config.stop
    value = value_of(result, stop.metric)
    if is_better(value, progress.stop_value, stop.metric, stop.min_delta):
        progress.stop_value, progress.epochs_without_better = value, 0
    else:
        progress.epochs_without_better += 1


def stops_early(progress: Progress, config: RunConfig) -> bool:
    """Tell whether early stopping ends the run here."""
    patience = config.stop.patience
    return patience is not None and progress.epochs_without_better >= patience
