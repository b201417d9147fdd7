"""What a study teaches: its course, what matters beside chance, what failed, and the verdict."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from bench.report.operations import failures
from bench.report.types import Report
from tui.palette import palette_of
from tui.plot import Plot
from tui.report.health import failures_grid, health_section
from tui.report.insights import insights_section
from tui.report.page import Section, Sentences, Words
from tui.report.repeat import repeat_section
from tui.report.settings import importance_section, rails_section
from tui.report.top import top_section
from tui.report.verdict import verdict_section
from tui.study_panels.curves import best_curves
from tui.study_panels.pages import drawn
from tui.study_panels.snapshot import StudyView
from tui.study_panels.words import in_ascii
from tui.ticks import percent_text

_WIDEST = 120
_WORKING = "Working out what matters beside chance: resampling the trials takes a few seconds."


class _Page(VerticalScroll):
    """Text that scrolls, drawn again only when what it depends on changed."""

    DEFAULT_CSS = """
    _Page { padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    _Page > Static { height: auto; margin-right: 1; }
    """

    _seen: object = None

    def compose(self) -> ComposeResult:
        """Make the text."""
        yield Static()

    @property
    def columns(self) -> int:
        """How wide the text is."""
        return max(min(self.query_one(Static).size.width, _WIDEST), 40)

    def show(self, view: StudyView, report: Report | None, problem: str) -> None:
        """Show a study.

        Args:
            view: the study now.
            report: its report, perhaps of a moment ago; None while there is none.
            problem: why there is none.
        """
        seen = (view.now, report, problem, self.columns, self.app.theme)
        if view.record is None or seen == self._seen:
            return
        self._seen = seen
        text = self.text(view, report, problem)
        self.query_one(Static).update(in_ascii(text) if self.app.has_class("-ascii") else text)

    def text(self, view: StudyView, report: Report | None, problem: str) -> Text:
        """Return what to show."""
        raise NotImplementedError


class Matters(_Page):
    """What matters, with its noise floor; the course of the search above, failures below."""

    DEFAULT_CSS = """
    Matters > Plot { height: 10; margin-right: 1; }
    """

    def compose(self) -> ComposeResult:
        """Put the course above the text."""
        yield Plot()
        yield Static()

    def text(self, view: StudyView, report: Report | None, problem: str) -> Text:
        """Draw the course, and return the sections."""
        assert view.record is not None
        palette = palette_of(self.app.current_theme)
        curves, floor = best_curves(view.record, palette)
        self.query_one(Plot).draw(
            "best so far", curves, x_label="trials", y_text=percent_text, y_bounds=(floor, 1.0)
        )
        if report is None:
            return drawn(
                [_waiting("What matters", problem), _failures(view)], self.columns, palette
            )
        sections = (importance_section, insights_section, rails_section, health_section)
        return drawn([section(report) for section in sections], self.columns, palette)


class VerdictPage(_Page):
    """The verdict, the top configurations, and how to repeat it."""

    def text(self, view: StudyView, report: Report | None, problem: str) -> Text:
        """Return the sections."""
        palette = palette_of(self.app.current_theme)
        if report is None:
            return drawn([_waiting("Verdict", problem)], self.columns, palette)
        sections = (verdict_section, top_section, repeat_section)
        text = drawn([section(report) for section in sections], self.columns, palette)
        if view.is_live:
            text = Text.assemble(("So far; the study goes on.", palette.warn), "\n\n", text)
        return text


def _waiting(title: str, problem: str) -> Section:
    said = Words(problem, "bad") if problem else Words(_WORKING, "dim")
    return Section(title, [Sentences([[said]])])


def _failures(view: StudyView) -> Section | None:
    """Return what failed or was infeasible so far, by cause."""
    assert view.record is not None
    found = failures(view.record)
    return Section("Failures by cause", [failures_grid(found)]) if found else None
