"""What the form shows beside itself: facts, the schedule, layers, and augmented pictures."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from rich.text import Text

from engine.config import RunConfig
from engine.data.spec import Progress
from engine.errors import ConfigError, DliError
from engine.options import PlateauSchedule
from engine.schedule import Plan, learning_rate
from tui import format as fmt
from tui.form.asking import Asker, Found
from tui.helper import pictures_in
from tui.pictures import characters, half_blocks
from tui.plot import Curve

_POINTS = 400  # of the schedule's curve
_ROOM_FOR_BOTH = 14  # lines
_SMALLEST = 6  # columns of a picture
_TITLES = {1: "train pictures as augmented", 2: "train pictures, and below as augmented"}
_GUESSED_STEPS = 100  # in an epoch, where nothing is known of the pictures


def facts(config: RunConfig | None, asker: Asker, dash: str) -> list[tuple[str, str]]:
    """Return what is known of the config's cost: (name, value) each."""
    names = "parameters", "FLOPs", "speed", "an epoch", "the run"
    if config is None:
        return [(name, dash) for name in names]
    model, speed = (
        asker.answer(what, config) or ({} if asker.is_asking(what, config) else None)
        for what in ("summary", "speed")
    )
    run = _number(speed, "epoch_seconds", lambda seconds: _about(config.epochs * seconds), dash)
    values = (
        _number(model, "num_parameters", fmt.count, dash),
        _number(model, "flops", _per_picture, dash),
        _number(speed, "images_per_second", fmt.rate, dash) + _busy(speed),
        _number(speed, "epoch_seconds", _about, dash),
        f"{run} for {config.epochs} epoch{'s' * (config.epochs != 1)}"
        if speed and isinstance(speed, dict)
        else run,
    )
    return list(zip(names, values, strict=True))


def _busy(speed: Found | None) -> str:
    """Return a warning where something else kept the machine from showing how fast it is."""
    return " (busy)" if isinstance(speed, dict) and speed.get("is_busy") else ""


def _per_picture(flops: int) -> str:
    return f"{fmt.short_count(flops)} a picture"


def _about(seconds: float) -> str:
    return f"~{fmt.duration(seconds)}"


def _number(found: Found | None, key: str, written: Callable[[Any], str], dash: str) -> str:
    """Return a number of an answer; an empty one is still to come."""
    if found is None or isinstance(found, DliError):
        return dash
    return written(found[key]) if found else "..."


def facts_line(parts: Sequence[tuple[str, str]], width: int, dot: str) -> Text:
    """Return the facts in one line, as many as fit; the whole run's time is never left out."""
    values = dict(parts)
    run = values.pop("the run").partition(" for ")[0]
    texts = [
        f"{values['parameters']} parameters",
        f"{run} in all",
        f"{values['an epoch']} an epoch",
        values["speed"],
        f"{values['FLOPs'].partition(' a ')[0]} FLOPs",
    ]
    line = texts[0]
    for text in texts[1:]:
        if len(line) + len(dot) + len(text) <= width:
            line += dot + text
    return Text(line, no_wrap=True)


def plan_of(config: RunConfig, speed: Mapping[str, Any] | None) -> Plan:
    """Return how many steps a run takes, by what was timed or else by the data set's size."""
    if speed is not None:
        return Plan(int(speed["steps_per_epoch"]), config.epochs)
    return Plan(_steps_of(config), config.epochs)


def _steps_of(config: RunConfig) -> int:
    from engine.data.registry import find

    try:
        size = config.data.subset or find(config.dataset).train_size
    except ConfigError:
        return _GUESSED_STEPS  # a folder: nobody has counted yet
    held = config.data.val_size
    if held is None:
        held = round(config.data.val_fraction * size)
    return max(1, -(-max(size - held, 1) // config.batch_size))


def schedule_curve(config: RunConfig, plan: Plan, color: str) -> tuple[str, Curve]:
    """Return a title, and the learning rate over the epochs of the run."""
    steps = np.unique(np.linspace(1, plan.total_steps, _POINTS).round().astype(int))
    rates = [learning_rate(config.schedule, config.optimizer.lr, int(step), plan) for step in steps]
    title = str(config.schedule.name)
    if isinstance(config.schedule, PlateauSchedule):
        title += f", x{config.schedule.factor:g} when {config.schedule.metric} stalls"
    elif min(rates) == max(rates):
        title += f" {fmt.lr(rates[0])}"
    else:
        epoch = steps[int(np.argmax(rates))] / plan.steps_per_epoch
        title += f", {fmt.lr(max(rates))} at epoch {epoch:.1f}"
    return title, Curve("lr", (steps - 1) / plan.steps_per_epoch, rates, color)


def samples(found: Mapping[str, Any], size: tuple[int, int], in_colour: bool) -> list[Text]:
    """Return lines of pictures of train, and below each what augmentation made of it.

    Where two rows of them would be too small to see anything, only the augmented ones are shown.

    Args:
        found: the answer to `augment`.
        size: columns and lines.
        in_colour: draw half-blocks, else characters.
    """
    width, height = size
    images = pictures_in(found, "originals"), pictures_in(found, "images")
    shown = images if height >= _ROOM_FOR_BOTH else images[1:]
    ratio = images[0].shape[1] / images[0].shape[2]
    tile = _tile_width(width, (height - 1) // len(shown), ratio)
    columns = max(1, (width + 1) // (tile + 1))
    draw = half_blocks if in_colour else characters
    lines = [Text(_TITLES[len(shown)], "dim", no_wrap=True)]
    for first in range(0, len(images[0]), columns):
        rows = range(first, min(first + columns, len(images[0])))
        block = [Text() for _ in range(bool(lines[1:]))]
        names = [found["classes"][found["labels"][row]] for row in rows]
        for which in shown:
            block += _beside([draw(which[row], tile) for row in rows], tile)
            if which is shown[0]:  # between the two rows, so that they are told apart
                block.append(Text(" ".join(name[:tile].ljust(tile) for name in names), "dim"))
        if len(lines) + len(block) > height and first:
            break
        lines += block
    return lines[:height]


def _tile_width(width: int, height: int, ratio: float) -> int:
    """Return the widest tile that is no higher than that, with no fewer than four in a row."""
    tile = min((width - 3) // 4, 24)
    while tile > _SMALLEST and round(ratio * tile / 2 + 0.5) + 1 > height:
        tile -= 1
    return max(tile, 4)


def _beside(tiles: Sequence[Sequence[Text]], width: int) -> list[Text]:
    lines = []
    for parts in zip(*tiles, strict=True):
        line = Text(no_wrap=True)
        for number, part in enumerate(parts):
            cell = part.copy()
            cell.align("left", width)
            line.append(" " * bool(number)).append_text(cell)
        lines.append(line)
    return lines


def progress_text(progress: Progress) -> str:
    """Return how far a data set is that is being prepared."""
    done = fmt.percent(progress.done / progress.total, 0) if progress.total else ""
    return f"{progress.what} {done}".strip()
