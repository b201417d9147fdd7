"""`dli show`: a run's state, settings, curves and results, from its folder and without torch."""

import time
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.text import Text

from engine.config import RunConfig
from engine.errors import ConfigError, unknown
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder
from tui import curves, lines, live
from tui import format as fmt
from tui.charts import Chart
from tui.console import make_console, name_of, shows_color
from tui.labels import label_table
from tui.listing import LIVE, RunRow, row
from tui.setting_list import settings_of
from tui.summary import draw_summary

METRICS: dict[str, Callable[[History], Chart]] = {
    "loss": curves.loss_chart,
    "accuracy": curves.accuracy_chart,
    "lr": curves.lr_chart,
}
_CHART_ROWS = 14
_WIDE = 150  # columns from which on three charts stand in one row
_STATE_STYLES = {"completed": "green", "failed": "red", "interrupted": "yellow"}


def show_run(
    folder: RunFolder, metrics: Sequence[str] | None = None, console: Console | None = None
) -> None:
    """Print a finished, running or interrupted run.

    Args:
        folder: the run's folder.
        metrics: which curves to draw and nothing else; all, with everything else, if none is named.
        console: where to print, stdout by default.

    Raises:
        ConfigError: there is no such curve.
        RunError: the folder cannot be read.
    """
    console = console or make_console()
    history = History.of(replay(folder))
    charts = [_chart(name, history) for name in metrics or METRICS]
    if metrics:
        return _draw_curves(charts, console)
    _draw_head(folder, history, console)
    if len(history.steps) or len(history.epochs):
        console.print()
        _draw_curves(charts, console)
    for remark in lines.remarks(history):
        console.print(Text(lines.told(remark)))
    console.print()
    return draw_summary(folder, history, console)


def _chart(name: str, history: History) -> Chart:
    if name not in METRICS:
        raise ConfigError(unknown("curve", name, METRICS, f"Allowed: {', '.join(METRICS)}."))
    return METRICS[name](history)


def _draw_head(folder: RunFolder, history: History, console: Console) -> None:
    shown = row(folder)
    changed = ", ".join(differences(history.config)) if history.config else ""
    facts: list[tuple[str, str | Text]] = [("state", _state(folder, shown))]
    facts += lines.described(history)
    facts += [("settings", changed or "all at their defaults")]
    console.print(Text(folder.id, style="bold"))
    console.print(label_table(facts))
    if shown.state in LIVE:
        for line in live.bars(history, console.width):
            console.print(line)


def _state(folder: RunFolder, shown: RunRow) -> Text:
    facts, parts = shown.facts, [""]
    if facts is not None:
        parts += [f"epoch {facts.epoch} of {facts.epochs}", fmt.duration(facts.seconds)]
        parts += [f"started {fmt.age(time.time() - facts.started)}"]
        parts += [facts.reason] * bool(facts.reason)
    if shown.can_resume:
        parts.append(f"go on with `dli train --resume {name_of(folder)}`")
    style = _STATE_STYLES.get(shown.state, "cyan")
    return Text.assemble((shown.state, style), ", ".join(parts))


def _draw_curves(charts: list[Chart], console: Console) -> None:
    per_row = 3 if console.width >= _WIDE else 2
    for first in range(0, len(charts), per_row):
        chosen = charts[first : first + per_row]
        shape = (console.width, _CHART_ROWS)
        console.print(curves.side_by_side(chosen, shape, shows_color(console)))


def differences(config: RunConfig) -> list[str]:
    """Return the settings that are not at their defaults, as `--set` takes them."""
    return [f"{each.path}={each.text}" for each in settings_of(config) if each.is_changed]
