"""A run as lines of text, for a pipe or a log: one line an epoch, aligned, no control codes."""

from engine.config import RunConfig
from engine.events import (
    EpochCompleted,
    Event,
    Intervened,
    Notice,
    PhaseChanged,
    RunFinished,
    RunPrepared,
    RunResumed,
    RunStarted,
)
from engine.history import History
from tui import format as fmt
from tui.names import short_dataset, unjudged


def line(event: Event, history: History) -> str | None:
    """Return what to print for an event, or None.

    Args:
        event: what just happened.
        history: all that happened, this event included.
    """
    match event:
        case RunStarted():
            return f"{'run':8} {event.run}"
        case RunPrepared():
            return "\n".join(f"{label:8} {text}" for label, text in described(history))
        case RunResumed():
            return f"resumed after epoch {event.epoch}, at step {event.step}"
        case PhaseChanged():
            return _phase(event)
        case EpochCompleted():
            return _epoch(event, history.config)
        case Intervened() | Notice():
            return told(event)
        case RunFinished():
            return finished(event)
        case _:
            return None


def described(history: History) -> list[tuple[str, str]]:
    """Return what is known of the data, the model and the training, each with its label."""
    config, prepared = history.config, history.prepared
    if config is None:
        return []
    data, model, training = [short_dataset(config.dataset)], [config.model.name], _training(config)
    if prepared is not None:
        data.append(parts_of(prepared))
        model.append(_size(prepared))
        training += f", {_machine(prepared)}"
    facts = [("data", "  ".join(data)), ("model", "  ".join(model)), ("training", training)]
    started = history.started
    if started is not None and started.study is not None:
        facts.append(("study", f"{started.study}, trial {started.trial}, seed {config.seed}"))
    if started is not None and started.parent is not None:
        facts.append(("fork of", _parent(started)))
    return facts


def _parent(started: RunStarted) -> str:
    when = "" if started.parent_step is None else f" at step {started.parent_step}"
    return f"{started.parent}{when}"


def parts_of(event: RunPrepared) -> str:
    """Return how many pictures each part has: `1,293 train, 144 val, 360 test`."""
    parts = ((event.num_train, "train"), (event.num_val, "val"), (event.num_test, "test"))
    return ", ".join(f"{fmt.count(number) if number else 'no'} {part}" for number, part in parts)


def _size(event: RunPrepared) -> str:
    channels, height, width = event.picture_shape
    parameters = fmt.count(event.num_parameters)
    return f"{channels}x{height}x{width} to {len(event.classes)} classes, {parameters} parameters"


def _training(config: RunConfig) -> str:
    parts = [f"{config.optimizer.name} lr {config.optimizer.lr:g}"]
    parts += [config.schedule.name] * (config.schedule.name != "constant")
    return ", ".join([*parts, f"batch {config.batch_size}"])


def _machine(event: RunPrepared) -> str:
    threads = f" {event.threads} thread{'s' * (event.threads != 1)}"
    threads = threads if event.device == "cpu" else ""
    return f"{event.device}{threads} {event.precision}"


def _phase(event: PhaseChanged) -> str | None:
    if event.done or event.phase not in ("loading data", "testing"):
        return None
    return f"{event.phase}: {event.what}" if event.what else event.phase


def _epoch(event: EpochCompleted, config: RunConfig | None) -> str:
    return "  ".join(epoch_parts(event, config))


def epoch_parts(event: EpochCompleted, config: RunConfig | None) -> list[str]:
    """Return what is told of an epoch, aligned, in the order of what matters; `best` comes last.

    Of an epoch that was not judged on val, the accuracy on train is told.
    """
    total = config.epochs if config else event.epoch
    is_judged = config is None or config.data.has_val
    judged = [f"train accuracy {fmt.percent(event.train_accuracy):>8}"]
    if is_judged:
        judged = [
            f"val loss {fmt.loss(event.val_loss):>6}",
            f"val accuracy {fmt.percent(event.val_accuracy):>8}",
        ]
    parts = [
        f"epoch {event.epoch:>{len(str(total))}}/{total}",
        f"loss {fmt.loss(event.train_loss):>6}",
        *judged,
        f"lr {fmt.lr(event.lr)}",
        f"{fmt.rate(event.images_per_second):>14}",
        f"{fmt.duration(event.seconds + event.val_seconds):>6}",
    ]
    return parts + ["best"] * (event.is_best and is_judged)


def remarks(history: History) -> list[Intervened | Notice]:
    """Return the notices and the commands from outside, in the order they came."""
    both: list[Intervened | Notice] = [*history.notices, *history.interventions]
    return sorted(both, key=lambda event: event.time)


def told(event: Intervened | Notice) -> str:
    """Return a notice, or what a command from outside did, and when."""
    if isinstance(event, Notice):
        return f"{event.level}: {event.text}" if event.level != "info" else event.text
    verb = event.command.replace("pause_after_epoch", "pause after the epoch, asked")
    what = f"{verb} {event.key} {event.value:g}" if event.value else verb
    when = f"at step {event.step}" if event.step else f"while {event.phase}"
    return f"{what} {when}, by hand"


def finished(event: RunFinished) -> str:
    """Return how the run ended. Why it failed is said by the error itself."""
    ended = f"{event.status} after epoch {event.epoch}, step {event.step}"
    return f"{ended}: {event.reason}" if event.reason and event.status != "failed" else ended


def best(epoch: int, value: float | None, config: RunConfig | None) -> str:
    """Return the best epoch with its value: `best val accuracy 97.42 % at epoch 12`."""
    if config is not None and not config.data.has_val:
        return f"weights {unjudged(epoch)}"
    metric = config.best_metric if config else "val_accuracy"
    return f"best {metric.replace('_', ' ')} {fmt.metric(metric, value)} at epoch {epoch}"
