"""`dli bench`: how fast training is here, beside a bare loop and the usual notebook loop."""

from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import ConfigError, unknown
from tui.commands.options import AsJson
from tui.output import Column, print_json, print_table, say

if TYPE_CHECKING:
    from bench.speed import Figures, Measurement

_COLUMNS = (
    Column(""),
    Column("median", right=True),
    Column("min", right=True),
    Column("max", right=True),
)


def bench(
    names: Annotated[
        list[str] | None,
        typer.Option("--model", help="Measure only this model; may be repeated.", metavar="NAME"),
    ] = None,
    rounds: Annotated[int, typer.Option(help="How often each loop has its turn.", min=1)] = 5,
    as_json: AsJson = False,
) -> None:
    """Measure training speed against a bare and a notebook loop."""
    from bench.speed import MODELS

    for name in names or ():
        if name not in MODELS:
            raise ConfigError(unknown("model", name, MODELS, f"Measured: {', '.join(MODELS)}."))
    measured = [_measured(name, rounds) for name in names or MODELS]
    if as_json:
        return print_json([measurement.to_dict() for measurement in measured])
    for measurement in measured:
        _print(measurement)
    return None


def _measured(name: str, rounds: int) -> "Measurement":
    """Return the measurement of one model, telling each turn on the way."""
    from bench.speed import Measurement, measure
    from tui.format import rate

    say(f"{name}: building the three loops ...")
    for news in measure(name, rounds):
        if isinstance(news, Measurement):
            return news
        speed = rate(news.images_per_second)
        say(f"{name}: round {news.round} of {rounds}, {news.lane:<8} {speed:>16}")
    raise AssertionError("a measurement ends with its figures")


def _print(found: "Measurement") -> None:
    typer.echo(
        f"{found.model}: batches of {found.batch_size}, {found.rounds} rounds, "
        f"{found.threads} threads, {found.precision} (notebook {found.notebook_precision})"
    )
    rows = [
        ("bare loop, images/s", *_cells(found.bare, ",.0f")),
        ("engine, images/s", *_cells(found.engine, ",.0f")),
        ("notebook loop, images/s", *_cells(found.notebook, ",.0f")),
        ("engine / bare loop", *_cells(found.engine_per_bare, ".3f")),
        ("engine / notebook loop", *_cells(found.engine_per_notebook, ".1f")),
    ]
    print_table(_COLUMNS, rows)
    typer.echo()


def _cells(figures: "Figures", spec: str) -> tuple[str, str, str]:
    return format(figures.median, spec), format(figures.least, spec), format(figures.most, spec)
