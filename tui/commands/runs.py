"""`dli runs`: the runs that there are, and `dli runs clean`."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import ConfigError, RunError
from tui.commands.options import AsJson, RunsDir
from tui.output import Column, print_json, print_table, say

if TYPE_CHECKING:
    from engine.runs import RunFolder
    from tui.listing import RunRow

runs = typer.Typer(
    name="runs",
    help="List the runs, the newest last, or clean up among them.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
_COLOURS = {
    "running": "green",
    "paused": "yellow",
    "failed": "red",
    "interrupted": "yellow",
    "unreadable": "red",
}
_COLUMNS = (
    Column("state", styles=_COLOURS),
    Column("run"),
    Column("data"),
    Column("model"),
    Column("best val", right=True),
    Column("test", right=True),
    Column("epochs", right=True),
    Column("time", right=True),
    Column("started", right=True),
    Column("val accuracy"),
)


@runs.callback()
def list_all(
    context: typer.Context,
    study: Annotated[
        str | None,
        typer.Option(help="List each run of this study, by name or id.", metavar="NAME"),
    ] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = None,
) -> None:
    """List the runs, the newest last, or clean up among them; a study's runs are one line."""
    if context.invoked_subcommand is not None:
        context.obj = runs_dir
        return
    from engine import runs as folders
    from tui.listing import as_json as flat
    from tui.listing import folded, of_study, row

    root = folders.runs_dir(runs_dir)
    rows = [row(folder) for folder in folders.list_runs(root)]
    if study is not None:
        rows = of_study(rows, study)
    elif not as_json:
        rows = folded(rows)
    if as_json:
        print_json([flat(shown) for shown in rows])
    elif rows:
        print_table(_COLUMNS, [_cells(shown) for shown in rows])
    else:
        say(f"There are no runs in {root.resolve()}; `dli train` starts one.")


def _cells(shown: "RunRow") -> tuple[str, ...]:
    from tui.format import age, duration, metric, percent, sparkline
    from tui.listing import state_word

    facts = shown.facts
    if facts is None:
        return (shown.state, shown.run, *[""] * (len(_COLUMNS) - 2))
    return (
        state_word(shown),
        shown.run,
        facts.dataset,
        facts.model,
        metric(facts.best_metric, facts.best_value),
        percent(facts.test_accuracy),
        f"{facts.epoch}/{facts.epochs}",
        duration(facts.seconds),
        age(time.time() - facts.started),
        sparkline(facts.sparkline, width=16),
    )


@runs.command()
def clean(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Runs to delete, by id.", metavar="RUN")
    ] = None,
    *,
    failed: Annotated[bool, typer.Option("--failed", help="Delete the failed runs.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Delete every run that is not being trained.")
    ] = False,
    trash: Annotated[
        bool, typer.Option("--trash", help="Empty the trash, where `dli tui` puts deleted runs.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    runs_dir: RunsDir = None,
) -> None:
    """Delete failed and lost runs, or those named, or empty the trash.

    Without arguments the failed ones go, and the interrupted ones that cannot be resumed.
    """
    from engine import runs as folders
    from tui.actions import trashed
    from tui.listing import row

    if sum((bool(names), failed, everything, trash)) > 1:
        raise ConfigError("choose one of RUN, --failed, --all and --trash.")
    root = folders.runs_dir(runs_dir or context.obj)
    if trash:
        doomed = [row(folder) for folder in trashed(root)]
    elif names:
        chosen = {folder.id: folder for folder in (folders.find_run(root, n) for n in names)}
        doomed = [_named(folder) for folder in chosen.values()]
    else:
        doomed = _chosen(folders.list_runs(root), failed, everything)
    if not doomed:
        return say("There is nothing to delete.")
    if not yes:
        _ask(doomed)
    for shown in doomed:
        folders.delete_run(folders.RunFolder(Path(shown.path)))
    return say(f"Deleted {len(doomed)} run{'s' * (len(doomed) != 1)}.")


def _named(folder: "RunFolder") -> "RunRow":
    from tui.listing import LIVE, row

    shown = row(folder)
    if shown.state in LIVE:
        raise RunError(
            f"run '{shown.run}' is {shown.state}; "
            f"stop it first with `dli control {shown.run} stop`."
        )
    return shown


def _chosen(found: "list[RunFolder]", failed: bool, everything: bool) -> "list[RunRow]":
    from tui.listing import LIVE, row

    def is_doomed(shown: "RunRow") -> bool:
        if everything:
            return shown.state not in LIVE
        lost = shown.state == "interrupted" and not shown.can_resume
        return shown.state == "failed" or (lost and not failed)

    return [shown for shown in map(row, found) if is_doomed(shown)]


def _ask(doomed: "list[RunRow]") -> None:
    """List what would go, and leave unless the answer is yes."""
    for shown in doomed:
        say(f"  {shown.run} ({shown.state}{', can be resumed' * shown.can_resume})")
    if not sys.stdin.isatty():
        raise ConfigError("nobody is there to be asked; add --yes to delete these runs.")
    typer.confirm(f"Delete {len(doomed)} run(s) for good?", abort=True, err=True)
