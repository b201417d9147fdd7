"""What `dli report` shows: a study, or several side by side, on a screen, in a pipe, in a file."""

from collections.abc import Sequence
from typing import Literal

from bench.report.types import Report
from tui.report.comparison import comparison_page
from tui.report.data import as_csv, as_json
from tui.report.html import html
from tui.report.markdown import markdown
from tui.report.page import Page
from tui.report.screen import draw_page, report_console
from tui.report.study import study_page, verdict_page

Format = Literal["md", "html", "json", "csv"]


def print_report(report: Report) -> None:
    """Print a study's report on stdout."""
    draw_page(study_page(report), report_console())


def print_verdict(report: Report) -> None:
    """Print what to take away, on stdout."""
    draw_page(verdict_page(report), report_console())


def print_comparison(reports: Sequence[Report]) -> None:
    """Print several studies side by side on stdout."""
    draw_page(comparison_page(reports), report_console())


def render(report: Report, format: Format) -> str:  # noqa: A002  # the option's own name
    """Return a study's report as Markdown, as a page of HTML, as JSON or as CSV."""
    if format == "json":
        return as_json(report)
    return as_csv([report]) if format == "csv" else _written(study_page(report), format)


def render_comparison(reports: Sequence[Report], format: Format) -> str:  # noqa: A002
    """Return several studies side by side, in the same formats."""
    if format == "json":
        return as_json(reports)
    return as_csv(reports) if format == "csv" else _written(comparison_page(reports), format)


def _written(page: Page, format: Literal["md", "html"]) -> str:  # noqa: A002
    return markdown(page) if format == "md" else html(page)
