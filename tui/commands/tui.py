"""`dli tui`: the lab in the terminal, where runs are started, watched, steered and compared."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import ConfigError, DliError, MachineError, unknown
from tui.commands import options
from tui.output import say

Run = Annotated[
    str | None,
    typer.Argument(help="Open this run: its id, a part of it, a path, or 'last'.", metavar="RUN"),
]
Ascii = Annotated[bool, typer.Option("--ascii", help="Draw with ASCII characters alone.")]
ThemeName = Annotated[
    str | None, typer.Option("--theme", help="A theme, like dli-light or nord.", metavar="NAME")
]
Keys = Annotated[bool, typer.Option("--keys", help="Print all keys with their ids, and exit.")]


def tui(
    run: Run = None,
    *,
    ascii_only: Ascii = False,
    theme: ThemeName = None,
    keys: Keys = False,
    storage: options.Storage = None,
    runs_dir: options.RunsDir = None,
) -> None:
    """Start, watch, steer and compare runs, live in the terminal."""
    from engine import runs
    from tui import preferences
    from tui.app import DliApp

    chosen = preferences.load()
    if keys:
        return preferences.print_keys(chosen)
    _require_terminal()
    root = runs.runs_dir(runs_dir)
    app = DliApp(
        root, storage, ascii_only=ascii_only, keys=chosen.keys, theme=theme or chosen.theme,
        first=runs.find_run(root, run) if run is not None else None,
    )  # fmt: skip
    if theme is not None and theme not in app.available_themes:
        raise ConfigError(unknown("theme", theme, app.available_themes, "Ctrl+P lists them."))
    app.redraws_per_second = chosen.redraws_per_second
    app.run()
    _say_what_goes_on(app.root)
    if app.return_code:
        sys.exit(app.return_code)
    return None


def _require_terminal() -> None:
    """Refuse early where nothing could be drawn or typed: Textual itself starts anywhere."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise MachineError(
            "dli tui needs a terminal for its input and its screen, and here is none; "
            "use `dli runs`, `dli show` or `dli watch`."
        )
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise MachineError(
            f"the terminal says it is '{os.environ.get('TERM', '')}', which cannot draw; "
            "set TERM, for example to xterm-256color."
        )


def _say_what_goes_on(root: Path) -> None:
    """Tell which runs train on without this window."""
    from engine.runs import list_runs

    try:
        alive = [folder.id for folder in list_runs(root) if folder.is_alive()]
    except DliError:
        return
    if alive:
        names = ", ".join(alive[-3:])
        many = f"{len(alive)} runs train" if len(alive) > 1 else "1 run trains"
        say(f"{many} on: {names}. `dli tui` shows it all again; `dli control RUN stop` stops one.")
