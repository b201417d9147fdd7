"""The top configurations: what search and fresh seeds saw of them, what they cost and are."""

from bench.report.types import Candidate, Report
from tui import format as fmt
from tui.report.accuracy import accuracy_axis, accuracy_cells, parameters
from tui.report.page import Block, Cell, Column, Grid, Section, Sentences, Words
from tui.report.words import EDGES, RECOMMENDED, TIED, Axis, settings, short_names, shortened

_STARRED = {"better": "recommended", "not confirmed": "best of the search"}  # else only ahead


def top_section(report: Report) -> Section | None:
    """Return the best configurations, the best first; below each what is its own."""
    if not report.top:
        return None
    names, epochs = short_names(report), {candidate.epochs for candidate in report.top}
    columns = [
        Column("trial", right=True),
        Column(""),
        Column("search", right=True),
        Column("confirmed (95 %)"),
        Column("● confirmed  ○ search", spare=True),
        Column("test", right=True),
        Column("params", right=True),
        Column("time", right=True),
        *[Column("epochs", right=True)] * (len(epochs) > 1),
        Column("seeds", right=True),
    ]
    axis = accuracy_axis(report.top, with_search=True)
    rows = [_row(candidate, report, axis, len(epochs) > 1) for candidate in report.top]
    below = [_below(candidate, names) for candidate in report.top]
    note = f"{epochs.pop()} epochs each" if len(epochs) == 1 and min(epochs) else ""
    blocks: list[Block] = [Grid(columns, rows, below, under="settings"), _legend(report)]
    return Section("Top configurations", blocks, note=note)


def _row(candidate: Candidate, report: Report, axis: Axis, with_epochs: bool) -> list[Cell]:
    return [
        Words(str(candidate.trial), "strong"),
        _mark(candidate, report),
        Words(fmt.percent(candidate.search_value), "dim"),
        *accuracy_cells(candidate, axis, with_search=True),
        Words(parameters(candidate)),
        Words(fmt.duration(candidate.seconds)),
        *[Words(str(candidate.epochs))] * with_epochs,
        Words(str(len(candidate.confirm_values))),
    ]


def _mark(candidate: Candidate, report: Report) -> Words:
    best = report.verdict.recommended
    if best is not None and candidate.trial == best.trial:
        return Words(RECOMMENDED, "good")
    return Words(TIED if candidate.trial in report.verdict.tied else "", "accent")


def _below(candidate: Candidate, names: dict[str, str]) -> list[Words]:
    words = settings(candidate.params, names, candidate.at_edge)
    if not candidate.baseline:
        return words
    return [
        Words(shortened(candidate.baseline), "accent"),
        *[Words(": ", "dim")] * bool(words),
        *words,
    ]


def _legend(report: Report) -> Sentences:
    star = _STARRED.get(report.verdict.kind, "ahead")
    parts = [f"{RECOMMENDED} {star}"] * (report.verdict.recommended is not None)
    parts += [f"{TIED} cannot be told apart from it"] * bool(report.verdict.tied)
    if any(candidate.at_edge for candidate in report.top):
        parts.append(f"{EDGES['low']}{EDGES['high']} at the end of its range")
    return Sentences([[Words("   ".join(parts), "dim")]] if parts else [])
