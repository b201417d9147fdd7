"""`dli show`: draws the curves of a finished or a running run, and how it ended."""

from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import AsJson, RunsDir
from tui.output import print_json

if TYPE_CHECKING:
    from engine.history import Table
    from engine.record import Events
    from engine.runs import RunFolder


def show(
    run: Annotated[
        str, typer.Argument(help="A run's id, a part of it, a path, or 'last'.", metavar="RUN")
    ] = "last",
    metrics: Annotated[
        list[str] | None,
        typer.Option("--metric", help="Draw only this curve; may be repeated.", metavar="NAME"),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Watch a live run until it ends.")
    ] = False,
    as_json: AsJson = False,
    runs_dir: RunsDir = None,
) -> None:
    """Show a run: its curves, its result, where everything lies."""
    from engine import runs

    folder = runs.find_run(runs.runs_dir(runs_dir), run)
    if follow:
        return _follow(folder, as_json)
    if as_json:
        return _print_json(folder)
    from tui.show import show_run

    return show_run(folder, metrics)


def _follow(folder: "RunFolder", as_json: bool) -> None:
    from tui.console import choose_mode, watch
    from tui.summary import print_summary

    history = watch(_followed(folder), choose_mode(as_json))
    if not as_json:
        print_summary(folder, history)


def _followed(folder: "RunFolder") -> "Events":
    from engine.spawn import follow

    yield from follow(folder)


def _print_json(folder: "RunFolder") -> None:
    """Print the whole history: each column of steps and epochs as a list."""
    from dataclasses import asdict

    from engine.history import History
    from engine.record import replay
    from tui.listing import as_json, row

    history = History.of(replay(folder))
    print_json(
        {
            **as_json(row(folder)),
            "config": folder.config().model_dump(mode="json"),
            "prepared": asdict(history.prepared) if history.prepared else None,
            "steps": _columns(history.steps),
            "epochs": _columns(history.epochs),
            "interventions": [asdict(done) for done in history.interventions],
            "notices": [asdict(notice) for notice in history.notices],
            "finished": asdict(history.finished) if history.finished else None,
        }
    )


def _columns(table: "Table") -> dict[str, list[float]]:
    return {name: table[name].tolist() for name in table.columns}
