"""`dli results`: what is kept of the studies' runs beside what is claimed, and `add` keeps one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.commands.options import AsJson, RunsDir
from tui.output import Column, print_json, print_table, say

if TYPE_CHECKING:
    from bench.results.result import Result
    from bench.results.standing import Standing

results = typer.Typer(
    name="results",
    help="List the kept results beside what is claimed, or keep a run's.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
_COLUMNS = (
    Column("id"),
    Column("study", yields=True),
    Column("claimed", right=True),
    Column("test", right=True),
    Column("verdict", styles={"met": "green"}),
    Column("95 % interval"),
    Column("data"),
    Column("seeds", right=True),
    Column("epochs", right=True),
)
_FOLDER = "Folder of the results (default: studies/results of the checkout, or of this folder)."


@results.callback()
def list_all(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Option("--from", help=_FOLDER, metavar="FOLDER")] = None,
    as_json: AsJson = False,
) -> None:
    """List the kept results beside what is claimed, or keep a run's."""
    if context.invoked_subcommand is not None:
        return None
    from bench.results.keep import default_folder, read_all
    from bench.results.standing import standings

    files = read_all(folder or default_folder())
    found = standings(files.values())
    if as_json:
        names = {id(result): path for path, result in files.items()}
        return print_json([_as_dict(standing, names) for standing in found])
    print_table(_COLUMNS, [_cells(standing) for standing in found])
    return say("`dli results add RUN` keeps a run of a study.")


def _cells(standing: "Standing") -> tuple[str, ...]:
    from tui import claims
    from tui.format import MISSING, percent

    claim = standing.claim
    reached, _, interval = claims.reached(standing).partition(" (")
    return (
        "" if standing.variant else claim.id if claim else MISSING,
        f"  {standing.variant}" if standing.variant else standing.study.name,
        "" if standing.variant else percent(claim.accuracy if claim else None),
        reached,
        claims.verdict(standing),
        interval.rstrip(")"),
        standing.data,
        str(len(standing.used)),
        claims.epochs(standing),
    )


def _as_dict(standing: "Standing", names: dict[int, Path]) -> dict[str, Any]:
    """Return a standing as plain data, with the files that its figures come from."""
    known, claim = standing.accuracy, standing.claim
    return {
        "study": standing.study.name,
        "variant": standing.variant,
        "data": standing.data,
        "claim": claim.model_dump() if claim else None,
        "split": standing.split if known else None,
        "accuracy": known.value if known else None,
        "low": known.low if known else None,
        "high": known.high if known else None,
        "gap": standing.gap,
        "met": standing.is_met if standing.is_own_data else None,
        "files": [str(names[id(result)]) for result in standing.used],
        "results": [result.model_dump(mode="json") for result in standing.used],
    }


@results.command()
def add(
    names: Annotated[
        list[str],
        typer.Argument(help="Runs by id, a part of it, a path, or 'last'.", metavar="RUN"),
    ],
    *,
    folder: Annotated[Path | None, typer.Option("--to", help=_FOLDER, metavar="FOLDER")] = None,
    shared: Annotated[
        bool,
        typer.Option("--shared", help="Other work ran beside them: times are upper bounds."),
    ] = False,
    bare_cnn: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Images/s of the bare `cnn` of `dli bench` in the same minute.",
            metavar="NUMBER",
        ),
    ] = None,
    runs_dir: RunsDir = None,
) -> None:
    """Save the summaries of runs, in place of earlier ones of the same run.

    If any of them belongs to no study, nothing is written.
    """
    from bench.results.keep import default_folder, write
    from bench.results.summary import summarise
    from engine import runs

    root = runs.runs_dir(runs_dir)
    given = {"shared": shared, "bare_cnn_images_per_second": bare_cnn}
    found = [summarise(runs.find_run(root, name)).model_copy(update=given) for name in names]
    for result in found:
        typer.echo(write(result, folder or default_folder()))
        say(_told(result))


def _told(result: "Result") -> str:
    """Return what was kept in a sentence."""
    from tui.format import percent

    words = [result.study, *[result.variant] * bool(result.variant), result.data]
    what = f"{', '.join(words)}, seed {result.seed}"
    if result.test and result.is_complete:
        return f"Kept {what}: test accuracy {percent(result.test.accuracy)}."
    done = f"{result.ending.epochs} of {result.ending.planned} epochs"
    val = percent(result.ending.best_val_accuracy)
    return f"Kept {what}: {done}, not tested, best val accuracy {val}."
