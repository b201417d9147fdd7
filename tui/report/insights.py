"""What the study teaches, in sentences."""

from bench.report.types import Report
from tui.report.page import Section, Sentences, Words
from tui.report.words import plural

MOST = 12
_BULLETS = {
    "effect": Words("●", "accent"),
    "interaction": Words("●", "accent"),
    "edge": Words("▲", "warn"),
    "no effect": Words("○", "dim"),
    "note": Words("·", "dim"),
}


def insights_section(report: Report) -> Section | None:
    """Return the insights in the order of the report; of very many, the first."""
    if not report.insights:
        return None
    shown = report.insights[:MOST]
    bullets = [_BULLETS.get(insight.kind, _BULLETS["note"]) for insight in shown]
    lines = [
        [Words(insight.sentence, "dim" if insight.kind == "no effect" else "")] for insight in shown
    ]
    blocks = [Sentences(lines, bullets)]
    if more := len(report.insights) - len(shown):
        rest = f"and {plural(more, 'further insight')}, all of them in --format json"
        blocks.append(Sentences([[Words(rest, "dim")]]))
    return Section("Insights", blocks)
