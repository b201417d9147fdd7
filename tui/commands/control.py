"""`dli control`: steers a run that another process trains."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import ConfigError
from tui.commands.options import RunName, RunsDir

if TYPE_CHECKING:
    from engine.control import Command
    from engine.events import Intervened
    from engine.runs import RunFolder

_PATIENCE = 2.0  # seconds; a trainer looks for commands every 50 ms, and between steps
_DONE = {
    "pause": "paused",
    "continue": "goes on",
    "stop": "stops, with a checkpoint,",
    "prune": "ends as pruned",
    "pause_after_epoch": "will pause at the end of its epoch; heard",
}


def control(
    run: RunName,
    command: Annotated[
        str,
        typer.Argument(
            help="pause, pause_after_epoch, continue, stop, prune, or set.", metavar="COMMAND"
        ),
    ],
    setting: Annotated[
        str | None,
        typer.Argument(help="For set: optimizer.lr=0.01.", metavar="KEY=VALUE"),
    ] = None,
    runs_dir: RunsDir = None,
) -> None:
    """Pause, continue, stop or prune a live run, or set its lr."""
    from engine import runs
    from engine.control import make_command, send
    from engine.overrides import parse_setting

    if (command == "set") != (setting is not None):
        raise ConfigError(
            "'set' needs a setting and no other command takes one: "
            f"dli control {run} set optimizer.lr=0.01."
        )
    order = make_command(command, parse_setting(setting) if setting else None)
    folder = runs.find_run(runs.runs_dir(runs_dir), run)
    start = _size(folder)
    send(folder, order)
    done = _acknowledgement(folder, order, start)
    typer.echo(f"{folder.id} {_told(order, done)}")


def _size(folder: "RunFolder") -> int:
    log = folder["events.jsonl"]
    return log.stat().st_size if log.exists() else 0


def _acknowledgement(folder: "RunFolder", order: "Command", start: int) -> "Intervened | None":
    """Return the event that says that the command took effect, if it comes in time."""
    from engine.events import Intervened, from_json

    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for line in _lines(folder, start):
            event = from_json(line) if order.id.encode() in line else None
            if isinstance(event, Intervened):
                return event
        time.sleep(0.02)
    return None


def _lines(folder: "RunFolder", start: int) -> list[bytes]:
    try:
        with folder["events.jsonl"].open("rb") as log:
            log.seek(start)
            return log.readlines()
    except FileNotFoundError:
        return []


def _told(order: "Command", done: "Intervened | None") -> str:
    if done is None:
        return f"was sent '{order.verb}', but has not taken it up yet; it looks between steps."
    if order.verb == "set":
        return f"has {done.key} = {done.value:g} after step {done.step}."
    return f"{_DONE[order.verb]} after step {done.step}."
