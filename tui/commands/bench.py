"""`dli bench`: how fast training is here, beside a bare loop and the usual notebook loop."""

from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import ConfigError, unknown
from tui.commands.options import AsJson
from tui.output import Column, print_json, print_table, say

if TYPE_CHECKING:
    from bench.speed import Figures, Measurement
    from bench.ui_cost import UiCost

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
    rounds: Annotated[
        int | None,
        typer.Option(
            help="How often each loop has its turn [default: 5; 7 with --ui].", min=1, metavar="N"
        ),
    ] = None,
    ui: Annotated[
        bool, typer.Option("--ui", help="Measure what `dli tui` costs a training that it shows.")
    ] = False,
    seconds: Annotated[
        float | None,
        typer.Option(
            help="With --ui: how long each window is [default: 20].", min=1, metavar="SECONDS"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure training against a bare and a notebook loop, or the UI."""
    if ui:
        if names:
            raise ConfigError("--ui trains its own model; leave --model out.")
        return _measure_ui(rounds or 7, seconds or 20.0, as_json)
    if seconds is not None:
        raise ConfigError("--seconds belongs to --ui; add that, or leave it out.")
    return _measure_speed(names, rounds or 5, as_json)


def _measure_speed(names: list[str] | None, rounds: int, as_json: bool) -> None:
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


def _measure_ui(rounds: int, seconds: float, as_json: bool) -> None:
    from bench.ui_cost import UiCost
    from tui.ui_cost import measure

    say(f"a training with and without the UI, {rounds} rounds of 2 x {seconds:g} s ...")
    for number, news in enumerate(measure(rounds, seconds), 1):
        if isinstance(news, UiCost):
            return print_json(news.to_dict()) if as_json else _print_ui(news)
        say(
            f"round {number} of {rounds}: {news.without:,.0f} images/s alone, {news.with_ui:,.0f} "
            f"under the UI, which uses {100 * news.cpu_share:.1f} % of a core"
        )
    raise AssertionError("a measurement ends with its figures")


def _print_ui(found: "UiCost") -> None:
    from bench.ui_cost import BARS

    typer.echo(
        f"{found.model} on {found.dataset}, {found.threads} threads, {found.rounds} rounds of "
        f"2 x {found.seconds:g} s; the Run screen live at 160x50"
    )
    scales = {
        "ratio": ("images/s under the UI / alone", 1.0, ".3f", ">="),
        "cpu_share": ("the UI's part of a core, %", 100.0, ".1f", "<="),
        "latency": ("event to screen, ms", 1000.0, ".0f", "<="),
        "lag": ("event-loop lag at p99, ms", 1000.0, ".1f", "<="),
    }
    rows = []
    for name, (label, scale, spec, sign) in scales.items():
        figures, bar = getattr(found, name), f"{sign} {scale * BARS[name]:g}"
        cells = (figures.median, figures.least, figures.most)
        verdict = "holds" if found.holds(name) else "does not hold"
        rows.append((label, *(format(scale * cell, spec) for cell in cells), bar, verdict))
    print_table((*_COLUMNS, Column("bar", right=True), Column("")), rows)


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
