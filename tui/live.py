"""The live view of a run on a terminal: progress, numbers, curves, and how to steer it."""

from rich.console import Group, RenderableType
from rich.text import Text

from engine.events import Intervened, Notice
from engine.history import History
from tui import format as fmt
from tui import lines, progress
from tui.curves import accuracy_chart, loss_chart, lr_chart, side_by_side
from tui.labels import LABEL_WIDTH, labelled
from tui.names import unjudged

SMALLEST = 60, 16  # columns and rows; below that there are only lines
_COUNTS = 34  # what stands right of a bar
_WIDE = 150  # columns from which on the learning rate has a chart too
_TALL = 34  # rows from which on the last epochs are listed
_NUM_EPOCHS_LISTED = 6
_WIDTHS = (5, 10, 11, 12, 15, 10, 10)  # of the columns of that list
_STYLES = {"info": "dim", "warning": "yellow", "error": "red"}


class Dashboard:
    """Draws a run that trains; its charts are kept until there is more to draw.

    Args:
        name: what `dli control` takes for this run; its id if empty.
        color: whether the terminal shows colours.
        interrupts: what ^C does here.
    """

    def __init__(self, name: str, color: bool, interrupts: str) -> None:
        self._name = name
        self._color = color
        self._interrupts = f"^C {interrupts}"
        self._charts: RenderableType = ""
        self._charts_of: object = None

    def __call__(self, history: History, now: float, size: tuple[int, int]) -> RenderableType:
        """Return the view at the time `now` for `size` columns and rows; it never needs more."""
        width, height = size
        top = [*_header(history, now, width), Text(), *bars(history, width), Text()]
        top += [_numbers(history, width), _best(history)]
        bottom = [*_notices(history), *self._footer(history, width)]
        if height >= _TALL:
            top += [Text(), *_last_epochs(history)]
        room = height - len(top) - len(bottom) - 1
        if width < SMALLEST[0] or room < 6:
            return Group(*[clipped(line, width) for line in (top + bottom)[:height]])
        middle = [Text(), self._curves(history, (width, room))]
        return Group(*[clipped(line, width) for line in top], *middle,
                     *[clipped(line, width) for line in bottom])  # fmt: skip

    def _footer(self, history: History, width: int) -> list[Text]:
        """Return how to steer from another terminal and what ^C does, in one line if both fit."""
        paused = history.phase is not None and history.phase.phase == "paused"
        name = self._name or (history.started.run if history.started else "RUN")
        command = f"dli control {name} {'continue' if paused else 'pause'}"
        interrupts = Text(self._interrupts, style="dim")
        for steer in (f"another terminal: {command}", command):
            if len(steer) + interrupts.cell_len + 2 <= width:
                return [spread(Text(steer, style="dim"), interrupts, width)]
        return [Text(command, style="dim"), interrupts]

    def _curves(self, history: History, shape: tuple[int, int]) -> RenderableType:
        seen = (shape, len(history.steps), len(history.epochs), len(history.resumes))
        if seen != self._charts_of:
            charts = [loss_chart(history), accuracy_chart(history)]
            charts += [lr_chart(history)] * (shape[0] >= _WIDE)
            self._charts = side_by_side(charts, shape, self._color)
            self._charts_of = seen
        return self._charts


def clipped(line: Text, width: int) -> Text:
    """Cut a line to the width, in place, and return it."""
    line.no_wrap = True
    line.truncate(width, overflow="ellipsis")
    return line


def _header(history: History, now: float, width: int) -> list[Text]:
    started, config = history.started, history.config
    if started is None or config is None:
        return [Text("starting", style="bold")]
    first = Text(started.run or "a run that is not kept", style="bold")
    return [
        spread(first, Text(fmt.duration(now - started.time), style="dim"), width),
        *[labelled(*fact) for fact in lines.described(history)],
    ]


def spread(left: Text, right: Text, width: int) -> Text:
    """Return one line with `right` at its end, if there is room."""
    space = width - left.cell_len - right.cell_len
    return Text.assemble(left, " " * space, right) if space > 1 else left


def bars(history: History, width: int) -> list[Text]:
    """Return how far the present phase is, and the whole run."""
    return [_phase_bar(history, width), _run_bar(history, width)]


def _phase_bar(history: History, width: int) -> Text:
    """Return the progress of what is being done now."""
    phase = history.phase
    if phase is None:
        return _bar("starting", 0.0, "", width)
    if phase.phase == "training":
        done, total = progress.steps_in_epoch(history)
        speed = fmt.rate(progress.images_per_second(history))
        return _bar(phase.phase, done / max(total, 1), f"{done}/{total} steps  {speed}", width)
    counted = f"{fmt.count(phase.done)}/{fmt.count(phase.total)} " if phase.total else ""
    return _bar(phase.phase, phase.done / max(phase.total, 1), counted + phase.what, width)


def _run_bar(history: History, width: int) -> Text:
    total = history.config.epochs if history.config else 0
    done = progress.epochs_done(history)
    left = progress.remaining_seconds(history)
    text = f"{len(history.epochs)}/{total} epochs"
    text += f"  {fmt.duration(left)} left" if left is not None else ""
    return _bar("run", done / max(total, 1), text, width)


def _bar(label: str, fraction: float, text: str, width: int) -> Text:
    length = max(width - LABEL_WIDTH - _COUNTS - 2, 8)
    filled = round(min(max(fraction, 0.0), 1.0) * length)
    style = "yellow" if label == "paused" else "green"
    return Text.assemble(
        (label.ljust(LABEL_WIDTH), style if label == "paused" else "bold"),
        ("━" * filled, style),
        ("─" * (length - filled), "dim"),
        f"  {text}",
    )


def _numbers(history: History, width: int) -> Text:
    """Return the last figures, as many as fit."""
    steps, epochs = history.steps, history.epochs
    parts = [("loss", fmt.loss(steps["loss"][-1]))] if len(steps) else []
    if len(epochs) and not history.has_val:
        parts.append(("train accuracy", fmt.percent(epochs["train_accuracy"][-1])))
    elif len(epochs):
        parts.append(("val loss", fmt.loss(epochs["val_loss"][-1])))
        parts.append(("val accuracy", fmt.percent(epochs["val_accuracy"][-1])))
    parts += [("lr", fmt.lr(steps["lr"][-1]))] if len(steps) else []
    line = labelled("now", "")
    for name, value in parts:
        if line.cell_len + len(name) + 1 + len(value) <= width:
            line.append_text(Text.assemble((f"{name} ", "dim"), (f"{value}   ", "bold")))
    return line


def _best(history: History) -> Text:
    best, config = history.best_epoch, history.config
    if best is None or config is None:
        return labelled("best", fmt.MISSING)
    if not history.has_val:
        return labelled("weights", f"{unjudged(best)}   {_safe(history)}".rstrip())
    rows = history.epochs["epoch"] == best
    value = fmt.metric(config.best_metric, float(history.epochs[config.best_metric][rows][-1]))
    name = config.best_metric.replace("_", " ")
    return Text.assemble(
        ("best".ljust(LABEL_WIDTH), "dim"), (f"{name} ", "dim"), (value, "bold green"),
        f" at epoch {best}", (f"   {_safe(history)}", "dim"),
    )  # fmt: skip


def _safe(history: History) -> str:
    checkpoint = history.checkpoint
    return f"checkpoint at step {checkpoint.step}" if checkpoint else ""


def _last_epochs(history: History) -> list[Text]:
    """Return a table of the last epochs, of a fixed height."""
    names = ("epoch", "loss", "val loss", "accuracy", "val accuracy", "lr", "time")
    heading = "".join(f"{name:>{width}}" for name, width in zip(names, _WIDTHS, strict=True))
    last = range(len(history.epochs))[-_NUM_EPOCHS_LISTED:]
    rows = [_epoch_row(history, row) for row in last]
    return [Text(heading, style="dim"), *rows, *[Text()] * (_NUM_EPOCHS_LISTED - len(rows))]


def _epoch_row(history: History, row: int) -> Text:
    at = {column: float(history.epochs[column][row]) for column in history.epochs.columns}
    cells = (
        f"{at['epoch']:.0f}",
        fmt.loss(at["train_loss"]),
        fmt.loss(at["val_loss"]) if history.has_val else fmt.MISSING,
        fmt.percent(at["train_accuracy"]),
        fmt.percent(at["val_accuracy"]),
        fmt.lr(at["lr"]),
        fmt.duration(at["seconds"] + at["val_seconds"]),
    )
    text = "".join(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return Text.assemble(text, ("  best" * bool(at["is_best"] and history.has_val), "green"))


def _notices(history: History) -> list[Text]:
    """Return the last two things that a person should know."""
    last = lines.remarks(history)[-2:]
    return [Text(lines.told(event), style=_style_of(event)) for event in last]


def _style_of(event: Notice | Intervened) -> str:
    return _STYLES[event.level] if isinstance(event, Notice) else "cyan"
