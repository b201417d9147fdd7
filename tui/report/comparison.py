"""The page of several studies: their verdicts side by side and their curves on the same axes."""

from collections import Counter
from collections.abc import Sequence

from bench.report.types import Report, Verdict
from tui import format as fmt
from tui.report.accuracy import accuracy_axis, accuracy_cells
from tui.report.page import (
    Cell,
    Column,
    Curve,
    Facts,
    Grid,
    Page,
    Plot,
    Plots,
    Section,
    Sentences,
    Words,
)
from tui.report.progress import best_so_far, counted, floor_of, in_order, time_unit
from tui.report.words import Axis, finite, settings


def comparison_page(reports: Sequence[Report]) -> Page:
    """Return the verdicts, the progress and the recommended settings of several studies."""
    labels = _labels(reports)
    shown = list(zip(labels, reports, strict=True))
    verdicts = Section("Verdicts", [_table(shown), *_cautions(reports)])
    said = [(label, _said(report.verdict)) for label, report in shown]
    chosen = [
        (label, settings(report.verdict.settings, {}, {}) or [Words(fmt.MISSING, "dim")])
        for label, report in shown
    ]
    sections = [verdicts, Section("In words", [Facts(said)]), *_progress(shown)]
    sections.append(Section("Recommended settings", [Facts(chosen)]))
    return Page("Comparison", [[Words(", ".join(labels))]], sections)


def _said(verdict: Verdict) -> list[Words]:
    """Return the kind of a verdict and its first sentence."""
    return [Words(f"{verdict.kind}: ", "strong"), Words(next(iter(verdict.sentences), ""))]


def _labels(reports: Sequence[Report]) -> list[str]:
    """Return the studies' names, with their hashes where two have the same."""
    names = Counter(report.name for report in reports)
    return [report.name if names[report.name] == 1 else report.id for report in reports]


def _table(shown: Sequence[tuple[str, Report]]) -> Grid:
    columns = [
        Column("study"),
        Column("validation (95 %)"),
        Column("", spare=True),
        Column("test", right=True),
        Column("trials", right=True),
        Column("epochs", right=True),
        Column("time", right=True),
    ]
    axis = accuracy_axis(report.verdict.recommended for _, report in shown)
    rows = [[Words(label, "strong"), *_row(report, axis)] for label, report in shown]
    return Grid(columns, rows)


def _row(report: Report, axis: Axis) -> list[Cell]:
    best, audit = report.verdict.recommended, report.pruner
    trials = sum(
        report.counts.get(state, 0) for state in ("complete", "pruned", "infeasible", "failed")
    )
    return [
        *accuracy_cells(best, axis),
        Words(fmt.count(trials)),
        Words(fmt.count(audit.epochs_full - audit.epochs_saved)),
        Words(fmt.duration(sum(finite(one.busy_seconds for one in report.workers)))),
    ]


def _cautions(reports: Sequence[Report]) -> list[Sentences]:
    """Return a warning where the studies were not judged on the same val pictures."""
    keys = ("data_digest", "data")
    seen = {(report.num_val, *(str(report.facts.get(key)) for key in keys)) for report in reports}
    if len(seen) == 1:
        return []
    text = "These studies were not judged on the same pictures: do not compare their accuracies."
    return [Sentences([[Words(text, "warn")]])]


def _progress(shown: Sequence[tuple[str, Report]]) -> list[Section]:
    """Return the best so far of those studies in which something was reached."""
    known = [(label, report) for label, report in shown if finite(_bests(report))]
    if not known:
        return []
    seconds = [point.finished_seconds for _, report in known for point in report.progress]
    divisor, unit = time_unit(seconds)
    floor = min(floor_of(report.progress) for _, report in known)
    by_trial = [
        Curve(label, counted(report), best_so_far(report.progress), "steps")
        for label, report in known
    ]
    in_time = [_over_time(label, report, divisor) for label, report in known]
    plots = [
        Plot("over trials", "trials", by_trial, floor),
        Plot("over time", unit, in_time, floor),
    ]
    return [Section("Best so far", [Plots(plots)], note="val accuracy")]


def _bests(report: Report) -> list[float | None]:
    return [point.best for point in report.progress]


def _over_time(label: str, report: Report, divisor: float) -> Curve:
    points = in_order(report.progress)
    times = [point.finished_seconds / divisor for point in points]
    return Curve(label, times, best_so_far(points), "steps")
