"""The verdict: what to take away, in sentences, and the configurations that it speaks of."""

from bench.report.types import Candidate, Report, Verdict
from tui import format as fmt
from tui.report.accuracy import accuracy_axis, accuracy_cells, parameters
from tui.report.page import Block, Cell, Column, Grid, Section, Sentences, Tone, Words

_TONES: dict[str, Tone] = {
    "better": "good",
    "not enough evidence": "warn",
    "not confirmed": "warn",
    "nothing finished": "dim",
}


def verdict_section(report: Report) -> Section:
    """Return the verdict: its sentences, the first one strong, then its figures."""
    verdict = report.verdict
    first, *others = [Words(sentence) for sentence in verdict.sentences] or [Words("")]
    said = Sentences([[Words(first.text, "strong")], *([sentence] for sentence in others)])
    shown = _shown(verdict)
    blocks: list[Block] = [said, *[_figures(shown)] * bool(shown)]
    return Section("Verdict", blocks, note=verdict.kind, frame=_TONES.get(verdict.kind, "warn"))


def _shown(verdict: Verdict) -> dict[str, Candidate]:
    """Return the configurations that the verdict compares, each once, by what it is."""
    baseline, runner_up = verdict.best_baseline, verdict.runner_up
    roles = {
        "recommended" if verdict.kind == "better" else "ahead": verdict.recommended,
        "runner-up": runner_up if not _is_same(runner_up, baseline) else None,
        "best baseline": baseline if not _is_same(baseline, verdict.recommended) else None,
    }
    return {role: candidate for role, candidate in roles.items() if candidate is not None}


def _is_same(one: Candidate | None, other: Candidate | None) -> bool:
    return one is not None and other is not None and one.trial == other.trial


def _figures(shown: dict[str, Candidate]) -> Grid:
    columns = [
        Column(""),
        Column("trial", right=True),
        Column("validation (95 %)"),
        Column("", spare=True),
        Column("test", right=True),
        Column("params", right=True),
        Column("time", right=True),
    ]
    axis = accuracy_axis(shown.values())
    rows: list[list[Cell]] = [
        [
            Words(role, "dim"),
            Words(str(candidate.trial), "strong"),
            *accuracy_cells(candidate, axis),
            Words(parameters(candidate)),
            Words(fmt.duration(candidate.seconds)),
        ]
        for role, candidate in shown.items()
    ]
    return Grid(columns, rows)
