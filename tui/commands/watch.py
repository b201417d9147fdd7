"""`dli watch`: a run in one line, for a small pane or the status line of tmux."""

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import INTERRUPTED_EXIT_CODE, ConfigError, RunError
from tui.commands.options import AsJson, RunsDir

if TYPE_CHECKING:
    from tui.glance import Glance, Glances

_SECONDS = 0.25
_HIDE_CURSOR, _SHOW_CURSOR, _ERASE = "\x1b[?25l", "\x1b[?25h", "\x1b[K"


def watch(
    run: Annotated[
        str, typer.Argument(help="A run's id, a part of it, a path, or 'last'.", metavar="RUN")
    ] = "last",
    *,
    once: Annotated[bool, typer.Option("--once", help="Print one line and exit.")] = False,
    width: Annotated[
        int | None,
        typer.Option(
            help="Columns of the line (default: the terminal's; all in a pipe).", min=1, metavar="N"
        ),
    ] = None,
    ascii_only: Annotated[bool, typer.Option("--ascii", help="Use ASCII characters only.")] = False,
    as_json: AsJson = False,
    runs_dir: RunsDir = None,
) -> None:
    """Watch a run in one line until it ends.

    In the status line of tmux: #(dli watch --once --width 60). Exit code 5 where the run failed or
    was interrupted.
    """
    from engine import runs
    from tui.glance import Glances

    if as_json and not once:
        raise ConfigError(
            "--json needs --once; `dli show --follow --json` prints all events as they come."
        )
    glances = Glances(runs.find_run(runs.runs_dir(runs_dir), run))
    if once:
        return _print_once(glances.look(), width, ascii_only, as_json)
    try:
        last = _watch(glances, width, ascii_only)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED_EXIT_CODE) from None
    if not last.is_well:
        raise typer.Exit(RunError.exit_code)
    return None


def _print_once(glance: "Glance", width: int | None, ascii_only: bool, as_json: bool) -> None:
    from tui.glance import line_of

    if as_json:
        from dataclasses import asdict

        from tui.output import print_json

        return print_json(asdict(glance))
    if width is None and sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
    return typer.echo(line_of(glance, width, ascii_only))


def _watch(glances: "Glances", width: int | None, ascii_only: bool) -> "Glance":
    """Show the run until it ends, in place on a terminal, else a line for each epoch."""
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return _watch_in_place(glances, width, ascii_only)
    return _watch_in_lines(glances, width, ascii_only)


def _watch_in_lines(glances: "Glances", width: int | None, ascii_only: bool) -> "Glance":
    from tui.glance import line_of

    told: object = None
    while True:
        glance = glances.look()
        facts = (glance.state, glance.epoch, glance.phase if not glance.epoch else "")
        if facts != told:
            told = facts
            typer.echo(line_of(glance, width, ascii_only))
            sys.stdout.flush()
        if not glance.is_live:
            return glance
        time.sleep(_SECONDS)


def _watch_in_place(glances: "Glances", width: int | None, ascii_only: bool) -> "Glance":
    drawn = ""
    sys.stdout.write(_HIDE_CURSOR)
    try:
        while True:
            glance = glances.look()
            line = _coloured(glance, _room(width), ascii_only)
            if line != drawn:
                sys.stdout.write(f"\r{line}{_ERASE}")
                sys.stdout.flush()
                drawn = line
            if not glance.is_live:
                return glance
            time.sleep(_SECONDS)
    finally:
        sys.stdout.write(f"\n{_SHOW_CURSOR}")
        sys.stdout.flush()


def _room(width: int | None) -> int:
    """Return the columns to fill; a terminal's last one is left free, as writing there may wrap."""
    room = shutil.get_terminal_size().columns - 1
    return max(min(room, width or room), 1)


def _coloured(glance: "Glance", width: int, ascii_only: bool) -> str:
    from tui.glance import parts_of

    parts = parts_of(glance, width, ascii_only)
    if os.environ.get("NO_COLOR"):
        return "  ".join(part.text for part in parts)
    return "  ".join(_styled(part.text, part.style) for part in parts)


def _styled(text: str, style: str) -> str:
    if not style:
        return text
    return typer.style(text, bold=True) if style == "bold" else typer.style(text, fg=style)
