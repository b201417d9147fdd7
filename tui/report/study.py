"""The page of one study: every section that has something to say, in the order of the report."""

from bench.report.types import Report
from tui import format as fmt
from tui.report.costs import pareto_section
from tui.report.health import health_section
from tui.report.insights import insights_section
from tui.report.page import Page, Section, Words
from tui.report.progress import progress_section
from tui.report.repeat import repeat_section
from tui.report.settings import importance_section, rails_section, slices_section
from tui.report.top import top_section
from tui.report.verdict import verdict_section
from tui.report.words import plural


def study_page(report: Report) -> Page:
    """Return the report of a study, the verdict first."""
    sections: list[Section | None] = [
        verdict_section(report),
        top_section(report),
        insights_section(report),
        progress_section(report),
        importance_section(report),
        slices_section(report),
        rails_section(report),
        pareto_section(report),
        health_section(report),
        repeat_section(report),
    ]
    about = [[Words(report.about)]] * bool(report.about)
    about.append([Words(_counts(report), "dim")])
    shown = [section for section in sections if section is not None]
    return Page(report.name, about, shown, report.id)


def verdict_page(report: Report) -> Page:
    """Return the verdict alone."""
    shown = verdict_section(report)
    return Page(report.name, [], [shown] if shown is not None else [], report.id)


def _counts(report: Report) -> str:
    total = sum(report.counts.values())
    states = ", ".join(f"{fmt.count(n)} {state}" for state, n in report.counts.items() if n)
    parts = [plural(total, "trial") + f" ({states})" * bool(states)]
    parts += [f"{plural(report.epochs, 'epoch')} each", f"{plural(report.num_val, 'val picture')}"]
    return ", ".join(parts)
