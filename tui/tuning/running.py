"""The trainings that run now: how far each is, its val accuracy so far, and its settings."""

from collections.abc import Mapping
from pathlib import Path

from rich.text import Text

from bench.tuning_events import TrialBegan
from engine.runs import RunFolder, RunState
from tui import format as fmt
from tui.tuning.session import Session
from tui.tuning.words import described, pair

States = Mapping[int, RunState | None]
_WIDE = 110  # columns from which on there is room for longer curves
_MOST_WORKER = 14


def read_states(session: Session, root: Path) -> States:
    """Return how far each running training is, by number, as its run folder says.

    Reads the small `state.json` of each and never a log, so that it costs the same at any length.
    """
    return {
        number: RunFolder(root / began.run).state() for number, began in session.running.items()
    }


def running_table(session: Session, states: States, width: int, room: int) -> list[Text]:
    """Return the running trainings under a heading; of more than `room` lines, how many more."""
    began = [session.running[number] for number in sorted(session.running)]
    if not began:
        is_over = session.finished >= session.target
        return [Text(f"workers are {'ending' if is_over else 'starting'}", style="dim")]
    names = {one.number: _name(one) for one in began}
    workers = _workers([one.worker for one in began])
    heading = "trial seed" if session.is_confirming else "trial"
    widths = (
        max(len(heading), *map(len, names.values())),
        max(6, *(len(worker) for worker in workers.values())),
        7,
        24 if width >= _WIDE else 12,
    )
    shown = began if len(began) < room else began[: max(room - 2, 0)]
    lines = [Text(_heading(heading, widths), style="dim")]
    for one in shown:
        cells = names[one.number], workers[one.worker], states.get(one.number)
        lines.append(_row(*cells, widths).append(f"  {_settings(one, session)}"))
    if len(shown) < len(began):
        lines.append(Text(f"and {len(began) - len(shown)} more", style="dim"))
    return lines[:room]


def _name(began: TrialBegan) -> str:
    if began.stage == "search":
        return str(began.number)
    candidate, seed = pair(began)
    return f"{candidate:>5} {seed:>4}"


def _workers(names: list[str]) -> dict[str, str]:
    """Return a short name for each worker: its process, and its machine where there are several."""
    parts = {name: name.rpartition(":") for name in names}
    if len({host for host, _, _ in parts.values()}) == 1:
        return {name: process for name, (_, _, process) in parts.items()}
    return {name: name[-_MOST_WORKER:] for name in names}


def _heading(name: str, widths: tuple[int, int, int, int]) -> str:
    titles = (name, "worker", "epoch")
    cells = [f"{title:>{width}}" for title, width in zip(titles, widths, strict=False)]
    return "  ".join([*cells, "val".ljust(widths[3]), "    last", "settings"])


def _row(name: str, worker: str, state: RunState | None, widths: tuple[int, int, int, int]) -> Text:
    epoch, curve, last = "", "starting", fmt.MISSING
    if state is not None:
        epoch = f"{state.epoch}/{state.epochs}"
        curve = fmt.sparkline(state.sparkline, widths[3]) or state.phase
        last = fmt.percent(state.sparkline[-1] if state.sparkline else None)
    is_drawn = state is not None and bool(state.sparkline)
    return Text.assemble(
        (f"{name:>{widths[0]}}", "bold"),
        (f"  {worker:>{widths[1]}}", "dim"),
        f"  {epoch:>{widths[2]}}  ",
        (f"{curve[: widths[3]]:{widths[3]}}", "cyan" if is_drawn else "dim"),
        f"  {last:>8}",
    )


def _settings(began: TrialBegan, session: Session) -> str:
    params = began.params if began.stage == "search" else session.params_of(pair(began)[0])
    return ("again: " if began.again else "") + described(params, session)
