"""`dli studies`: which studies there are, and `dli studies show NAME`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.errors import ConfigError, DliError
from tui.commands.options import AsJson
from tui.format import MISSING
from tui.output import Column, print_json, print_table, say

if TYPE_CHECKING:
    from bench.estimate import Estimate
    from bench.spec import StudyFile
    from bench.study import Study

studies = typer.Typer(
    name="studies",
    help="List the studies, or show one and how long it takes here.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
_SEARCHED = (
    Column("study"),
    Column("data"),
    Column("searched", right=True),
    Column("about"),
    Column("model"),
    Column("baselines", right=True),
)
_RECIPES = (Column("recipe"), Column("data"), Column("about"), Column("model"))


@studies.callback()
def list_all(context: typer.Context, as_json: AsJson = False) -> None:
    """List the studies, or show one and how long it takes here."""
    if context.invoked_subcommand is not None:
        return None
    from bench import catalog

    rows = [row for name in catalog.names() if (row := _row(name)) is not None]
    if as_json:
        return print_json(rows)
    print_table(_SEARCHED, _cells(
        [row for row in rows if row["dimensions"]],
        ("name", "dataset", "dimensions", "about", "model", "baselines"),
    ))  # fmt: skip
    recipes = [row for row in rows if not row["dimensions"]]
    typer.echo()
    print_table(_RECIPES, _cells(recipes, ("name", "dataset", "about", "model")))
    return say(
        "`dli tune --study NAME` searches a study, `dli train NAME` trains its base or a recipe, "
        "and `dli studies show NAME` says more."
    )


def _cells(rows: "list[dict[str, Any]]", keys: tuple[str, ...]) -> list[list[str]]:
    return [[str(row[key] or MISSING) for key in keys] for row in rows]


def _row(name: str) -> dict[str, Any] | None:
    """Return what the listing says of a study; a broken file is told on stderr instead."""
    from bench import catalog
    from bench.resolve import resolve

    try:
        file = catalog.find(name)
        study = resolve(file)
    except DliError as error:
        say(f"note: study '{name}' cannot be used: {error}")
        return None
    _say_if_it_hides(file)
    return {
        "name": study.name,
        "about": file.about,
        "dataset": study.config.dataset,
        "model": study.config.model.name,
        "dimensions": len(study.space),
        "baselines": len(study.baselines),
        "path": file.path,
        "shadows_shipped": file.shadows_shipped,
    }


def _say_if_it_hides(file: "StudyFile") -> None:
    if file.shadows_shipped:
        say(f"note: {file.path} hides the shipped study '{file.name}'.")


@studies.command()
def show(
    name: Annotated[str, typer.Argument(help="A study's name, or its TOML file.", metavar="STUDY")],
    *,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, help="Processes (default: one per GPU, else per core).", metavar="N"
        ),
    ] = None,
    no_timing: Annotated[
        bool, typer.Option("--no-timing", help="Do not time steps for the expected time.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a study: its base, its space, and how long it takes on this machine."""
    from bench.catalog import find
    from bench.resolve import resolve

    study = resolve(find(name))
    _say_if_it_hides(study.file)
    for warning in study.warnings:
        say(f"note: {warning}")
    if not as_json:
        from tui.study import print_study

        print_study(study)
    if not no_timing:
        found, problem = _expected(study, workers)
    else:
        found, problem = None, "--no-timing was given."
    if as_json:
        from tui.study import as_dict

        return print_json(as_dict(study, found, problem))
    return _print_expected(study, found, problem)


def _expected(study: "Study", workers: int | None) -> "tuple[Estimate | None, str]":
    """Return how long trials take here, or why that is not known."""
    from bench.estimate import estimate
    from engine.cores import gpus, usable_cores
    from tui.waiting import wait_for

    number = workers or (len(gpus()) if study.config.device != "cpu" else 0) or usable_cores()
    try:
        return wait_for(estimate(study, number, max(1, usable_cores() // number))), ""
    except ConfigError:
        raise
    except DliError as error:
        return None, str(error)


def _print_expected(study: "Study", found: "Estimate | None", problem: str) -> None:
    from tui.expected import expected_lines

    typer.echo("\nexpected time on this machine")
    if found is None:
        return typer.echo(f"  unknown: {problem}")
    for line in expected_lines(study, found, study.file.search.trials):
        typer.echo(f"  {line}")
    return None
