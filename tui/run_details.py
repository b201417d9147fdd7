"""What a listing tells of one run besides its line, read from small files and a log's end."""

import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from engine.errors import DliError
from engine.runs import RunFolder, RunState
from tui import format as fmt
from tui.listing import LIVE, RunRow, is_study
from tui.names import short_dataset, state_color, state_sign, unjudged
from tui.runs_columns import TO_ASCII, Look

_LOG_END, _CONSOLE_END = 64 << 10, 4 << 10  # bytes that are read
_NOTICE = b'"event":"Notice"'
_LABEL = 10
_MOST_CHART_ROWS, _ROOM_FOR_CHART = 12, 18
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_TROUBLE = ("failed", "interrupted", "stopped", "pruned", "unreadable")


@dataclass(frozen=True)
class Details:
    """What was read of a run.

    Attributes:
        settings: those that are not at their defaults, as `--set` takes them.
        notices: those at the end of its log.
        last_words: the last line of its console, or why nothing could be read.
        runs: those that a study's row stands for.
    """

    settings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    last_words: str = ""
    runs: tuple[RunRow, ...] = ()


def read_details(folder: RunFolder) -> Details:
    """Return what a run's folder tells cheaply; nothing of what cannot be read."""
    from tui.show import differences

    try:
        settings = tuple(differences(folder.config()))
    except DliError as error:
        return Details(last_words=str(error))
    return Details(settings, tuple(_notices(folder)), _last_words(folder))


def _notices(folder: RunFolder) -> Iterator[str]:
    from engine.events import Notice, from_json
    from tui.lines import told

    for line in _end(folder["events.jsonl"], _LOG_END).splitlines():
        event = from_json(line) if _NOTICE in line[:100] else None
        if isinstance(event, Notice):
            yield told(event)


def _last_words(folder: RunFolder) -> str:
    lines = _end(folder["console.log"], _CONSOLE_END).decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _end(path: os.PathLike[str], size: int) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            file.seek(max(0, os.fstat(file.fileno()).st_size - size))
            return file.read()
    except OSError:
        return b""


def describe(shown: RunRow, known: Details, look: Look, shape: tuple[int, int]) -> Text:
    """Return what fits of a run into (columns, rows), what matters most first."""
    width, height = shape
    drawn = _head(shown, look, width if height > 2 else 0)
    if height > _ROOM_FOR_CHART and shown.facts and not known.runs:
        drawn += _chart(shown.facts, look, (width, min(height // 5, _MOST_CHART_ROWS)))
    entries = list(_entries(shown, known, look))
    if height < 4:  # what went wrong, or else what was trained how
        wanted = ("end", "study", "settings")
        entries = [(label, text) for label, text in entries
                   if label in wanted and text.plain != shown.state][:1]  # fmt: skip
    for label, text in entries:
        drawn += _labelled(label, text, width)
    shortened = [_cut(line, width, look.ascii_only) for line in drawn[:height]]
    return Text("\n", no_wrap=True).join(shortened)


def _head(shown: RunRow, look: Look, width: int) -> list[Text]:
    """Return the run's name and what it trains, on two lines if one is too long for a width."""
    if is_study(shown):
        return [Text(shown.run, "bold")]
    sign = state_sign(shown.state, look.ascii_only)
    name = Text.assemble((f"{sign} ", state_color(shown.state, look.palette)), (shown.run, "bold"))
    facts = shown.facts
    if facts is None:
        return [name]
    what = f"  {short_dataset(facts.dataset)}, {facts.model}"
    if facts.num_parameters:
        what += f", {fmt.count(facts.num_parameters)} parameters"
    fits = not width or name.cell_len + len(what) <= width
    return [name.append(what)] if fits else [name, Text(what)]


def _entries(shown: RunRow, known: Details, look: Look) -> Iterator[tuple[str, Text]]:
    facts = shown.facts
    if known.runs:
        yield from _of_study(known.runs, look)
        return
    yield "end" if shown.state in _TROUBLE else "state", _ended(shown, known, look)
    yield "settings", Text(", ".join(known.settings) or "all at their defaults")
    for notice in known.notices[-2:]:
        yield "notice", Text(notice, look.palette.warn)
    if facts is not None:
        is_unjudged = facts.best_epoch is not None and facts.best_value is None
        yield "weights" if is_unjudged else "best", Text(_best(facts))
        yield "time", Text(_times(facts, look.now))
        if facts.study:
            yield "study", Text(f"{facts.study}, trial {facts.trial}")
        if facts.parent:
            yield "fork of", Text(f"{facts.parent}, step {facts.parent_step}")


def _of_study(runs: Sequence[RunRow], look: Look) -> Iterator[tuple[str, Text]]:
    states = Counter(run.state for run in runs)
    counted = ", ".join(f"{number} {state}" for state, number in states.most_common())
    number = f"{len(runs)} run{'s' * (len(runs) != 1)}"
    yield "study", Text(f"{number}: {counted}; enter opens the study, t shows each")
    having = [run.facts for run in runs if run.facts and run.facts.best_value is not None]
    if having:
        best = max(having, key=lambda facts: facts.best_value or 0.0)
        yield "best", Text(f"{_best(best)} of {best.run}")
    seconds = sum(run.facts.seconds for run in runs if run.facts)
    yield "time", Text(f"{fmt.duration(seconds)} of training", look.palette.ghost)


def _ended(shown: RunRow, known: Details, look: Look) -> Text:
    facts, color = shown.facts, state_color(shown.state, look.palette)
    text = Text(shown.state, color)
    if shown.state == "unreadable":
        return text.append(f": {known.last_words or 'its state.json is not one of ours'}")
    if facts is not None and shown.state in LIVE:
        return text.append(f", {facts.phase}" if facts.phase != shown.state else "")
    if facts is not None and facts.reason:
        text.append(f": {facts.reason}")
    if shown.state == "interrupted":
        text.append(": its process went away")
        text.append(f"; it said: {known.last_words}" if known.last_words else "")
    return text.append("; r resumes it" if shown.can_resume else "")


def _best(facts: RunState) -> str:
    if facts.best_epoch is None:
        return fmt.MISSING
    metric = facts.best_metric.replace("_", " ")
    text = f"{metric} {fmt.metric(facts.best_metric, facts.best_value)} at epoch {facts.best_epoch}"
    if facts.best_value is None:
        text = unjudged(facts.best_epoch)
    return text + f", test {fmt.percent(facts.test_accuracy)}" * (facts.test_accuracy is not None)


def _times(facts: RunState, now: float) -> str:
    done = f"{facts.epoch} of {facts.epochs} epochs in {fmt.duration(facts.seconds)}"
    return f"{done}, begun {fmt.age(now - facts.started)}"


def _labelled(label: str, text: Text, width: int) -> list[Text]:
    """Return the text beside its label, folded below itself."""
    from rich.console import Console

    folded = text.wrap(Console(width=width), max(width - _LABEL, 10))
    return [
        Text.assemble(((label if place == 0 else "").ljust(_LABEL), "dim"), line)
        for place, line in enumerate(folded)
    ]


def _cut(line: Text, width: int, ascii_only: bool) -> Text:
    if line.cell_len > width:
        line = line[: width - 1].append("~" if ascii_only else "…")
    if ascii_only:
        line.plain = line.plain.translate(TO_ASCII)
    return line


def _chart(facts: RunState, look: Look, shape: tuple[int, int]) -> list[Text]:
    """Return bars of the last epochs' val accuracies, between the lowest and the highest."""
    width, height = shape
    values = [value for value in facts.sparkline if math.isfinite(value)]
    if len(values) < 2:
        return []
    low, high = min(values), max(values)
    cells = max(1, min(4, (width - _LABEL) // len(values)))
    scale = (8 * height - 1) / ((high - low) or 1.0)
    tops = [1 + round((value - low) * scale) for value in values]
    rows = []
    for row in reversed(range(height)):
        bars = "".join(_EIGHTHS[min(max(top - 8 * row, 0), 8)] * cells for top in tops)
        label = {height - 1: fmt.percent(high), 0: fmt.percent(low)}.get(row, "")
        rows.append(Text.assemble((label.rjust(_LABEL - 1) + " ", "dim"), (bars, look.palette.val)))
    axis = f"val accuracy, epochs {facts.epoch - len(facts.sparkline) + 1} to {facts.epoch}"
    return [Text(), *rows, Text(" " * _LABEL + axis, "dim"), Text()]
