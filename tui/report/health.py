"""How the search went: what early stopping saved, why trials failed, how busy the workers were."""

from collections.abc import Sequence

from bench.report.types import Failure, Report, WorkerUse
from tui import format as fmt
from tui.report.page import Block, Cell, Column, Grid, Section, Sentences, Strip, Words
from tui.report.words import shortened, some

_MOST_CAUSES, _LONGEST = 10, 160


def health_section(report: Report) -> Section | None:
    """Return the pruner's audit, the failures by cause and the use of the workers."""
    blocks: list[Block] = []
    if report.pruner.sentence:
        blocks.append(Sentences([[Words(report.pruner.sentence)]]))
    blocks += [failures_grid(report.failures)] * bool(report.failures)
    blocks += [_workers(report.workers)] * bool(report.workers)
    return Section("How the search went", blocks) if blocks else None


def failures_grid(failures: Sequence[Failure]) -> Grid:
    """Return what failed as a table: how often, by which cause, which trials, and an example."""
    columns = [
        Column("ended", right=True),
        Column("by"),
        Column("trials"),
        Column("for example", wraps=True),
    ]
    rows: list[list[Cell]] = [
        [Words(fmt.count(one.count), "bad"), Words(one.cause), Words(some(one.trials, 3), "dim"),
         Words(shortened(one.example, _LONGEST))]
        for one in failures[:_MOST_CAUSES]
    ]  # fmt: skip
    return Grid(columns, rows)


def _workers(workers: Sequence[WorkerUse]) -> Grid:
    columns = [
        Column("worker"),
        Column("trials", right=True),
        Column("busy", right=True),
        Column(""),
        Column("of", right=True),
    ]
    return Grid(columns, [_worker_row(one) for one in workers])


def _worker_row(one: WorkerUse) -> list[Cell]:
    share = one.busy_seconds / one.span_seconds if one.span_seconds > 0 else None
    return [
        Words(one.worker),
        Words(fmt.count(one.trials)),
        Words(fmt.percent(share, 0)),
        Strip(
            bar=share,
            sure=share,
            reach=1.0,
            least=16,
            most=28,
            about=f"{fmt.percent(share, 0)} busy",
        ),
        Words(fmt.duration(one.span_seconds), "dim"),
    ]
