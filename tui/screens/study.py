"""The Study screen: pick or start a study, watch its trials, and steer the search."""

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import ContentSwitcher
from textual.worker import Worker, WorkerState

from engine.errors import DliError
from tui.screens.base import LabScreen
from tui.screens.study_steering import StudySteering
from tui.study_panels.chosen import ChosenLine, ChosenPanel
from tui.study_panels.head import StudyHead
from tui.study_panels.looking import Looker, Shown
from tui.study_panels.matters import Matters, VerdictPage
from tui.study_panels.multiples import Multiples, MultiplesView
from tui.study_panels.shelf import Shelf
from tui.study_panels.snapshot import StudyView
from tui.study_panels.trials import TrialTable
from tui.study_panels.tuner import Tuner
from tui.study_panels.words import WHAT, activity_style, order_trials

if TYPE_CHECKING:
    from bench.report.types import Report

_NAMES = {
    "table": "trials", "multiples": "small multiples", "matters": "what matters",
    "verdict": "verdict",
}  # fmt: skip
_SECONDS = 1.0  # between looks at the storage
_REPORT_SECONDS = 5.0  # between reports of a search that goes on, at least
_ABOUT = """A study searches for the best configuration by training many trials. The table lists \
them; the small multiples draw the val accuracy of each on the same axes, with what the pruner \
demands; "what matters" shows which settings explain the differences, beside what chance would \
give; the verdict says what to take away. A search runs in processes of its own: closing this \
window leaves it alone. Nothing is called best before the confirm stage has trained it again with \
fresh seeds."""


class StudyScreen(StudySteering, LabScreen):
    """A list of studies, and one study in four views."""

    TITLE = "Study"
    ABOUT = _ABOUT
    CSS_PATH = "../styles/study.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="study.open"),
        Binding("v", "next_view", "View", id="study.view"),
        Binding("t", "start", "Start", id="study.start"),
        Binding("x", "prune", "Prune", id="study.prune"),
        Binding("s", "stop", "Stop", id="study.stop"),
        Binding("n", "neighbour", "Near best", id="study.neighbour"),
        Binding("c", "confirm", "Confirm", id="study.confirm"),
        Binding("g", "go_on", "Go on", id="study.go_on"),
        Binding("escape", "back", "Studies", id="study.back"),
        Binding("o", "order", "Order", id="study.order"),
    ]

    class Looked(Message):
        """A look at the storage is through."""

        def __init__(self, found: Shown | StudyView) -> None:
            super().__init__()
            self.found = found

    def __init__(self) -> None:
        super().__init__()
        self.view: StudyView | None = None
        self.shown: Shown | None = None
        self.tuner: Tuner | None = None
        self.chosen: int | None = None
        self.view_name = "table"
        self.by_value = True
        self._study_id: str | None = None
        self._looker: Looker | None = None
        self._look: Worker[None] | None = None
        self._due = 0.0
        self._report: Report | None = None
        self._report_problem = ""
        self._reported: object = None  # what the report, or the attempt at one, is of
        self._report_due = 0.0

    def body(self) -> ComposeResult:
        """Yield the list and the page of a study."""
        with ContentSwitcher(initial="study-shelf", id="study-places"):
            with Vertical(id="study-shelf"):
                yield Shelf()
            with Vertical(id="study-page"):
                yield StudyHead()
                with ContentSwitcher(initial="table", id="study-views"):
                    with Horizontal(id="table"):
                        with Vertical(id="study-trials"):
                            yield TrialTable()
                            yield ChosenLine()
                            yield MultiplesView(id="study-below")
                        yield ChosenPanel()
                    with Vertical(id="multiples"):
                        yield MultiplesView(id="study-multiples")
                    yield Matters(id="matters")
                    yield VerdictPage(id="verdict")

    # What is looked at, and when

    def tick(self) -> None:
        """Look at the storage again where it is time, and show how old things are."""
        if self.lab.study_id != self._study_id:
            self._open(self.lab.study_id)
        self._tell_heading()
        if (self._look is None or self._look.is_finished) and time.monotonic() >= self._due:
            self._due = time.monotonic() + _SECONDS
            work = partial(self._look_at, self._study_id, self.tuner, self._looked_with())
            self._look = self.run_worker(work, thread=True, group="study-look", exit_on_error=False)
        self._report_if_wanted()

    def look_soon(self) -> None:
        """Look at the storage at once."""
        self._due = 0.0
        self.beat_soon()

    def _looked_with(self) -> Looker:
        if self._looker is None:
            self._looker = Looker(self.lab.root, self.lab.storage)
        return self._looker

    def _look_at(self, study_id: str | None, tuner: Tuner | None, looker: Looker) -> None:
        """In a thread: look, and post what was seen."""
        if study_id is not None or tuner is not None:
            self.post_message(self.Looked(looker.study(study_id or "", tuner)))
            return
        for shown in looker.studies():
            self.post_message(self.Looked(shown))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong where nobody foresaw it."""
        if event.state == WorkerState.ERROR:
            self.tell(f"{type(event.worker.error).__name__}: {event.worker.error}", "error")

    def on_study_screen_looked(self, message: Looked) -> None:
        """Show what was seen, unless one has gone elsewhere since."""
        if isinstance(message.found, Shown):
            self.shown = message.found
            self.query_one(Shelf).show(message.found.studies, message.found.problem)
            return
        view = message.found
        if self._study_id is None and self.tuner is not None and view.study_id:
            self.lab.study_id = self._study_id = view.study_id
            self._due = 0.0
        if view.study_id in ("", self._study_id):
            self._show(view)

    # What is shown

    def _open(self, study_id: str | None) -> None:
        """Go to a study, or to the list."""
        self._study_id = study_id
        self.view, self.chosen, self._due = None, None, 0.0
        self._report, self._reported, self._report_problem = None, None, ""
        self.lay_out_parts()

    def lay_out_parts(self) -> None:
        """Show the right parts, and let the right one have the focus."""
        is_page = self._study_id is not None or self.tuner is not None
        self.query_one("#study-places", ContentSwitcher).current = (
            "study-page" if is_page else "study-shelf"
        )
        self.query_one("#study-views", ContentSwitcher).current = self.view_name
        place = f"#{self.view_name}" if is_page else "#study-shelf"
        focusable = [w for w in self.query(f"{place}, {place} *") if w.focusable]
        if focusable:
            focusable[0].focus()
        self._tell_heading()
        self.refresh_bindings()

    def _show(self, view: StudyView) -> None:
        before, self.view = self.view, view
        if self.chosen is None and view.record is not None and view.record.trials:
            self.chosen = (view.best() or order_trials(view.record.trials, by_value=True)[0]).number
        self.query_one(StudyHead).show(view)
        self.query_one("#study-views").display = view.record is not None
        if view.record is not None and (before is None or before.now is not view.now):
            self._show_views(view)
        if before is None or before.activity != view.activity:
            self.refresh_bindings()
            self._tell_heading()

    def _show_views(self, view: StudyView) -> None:
        """Draw the view that is seen; the others are drawn when it is their turn."""
        trial = view.trial(self.chosen)
        match self.view_name:
            case "table":
                self.query_one(TrialTable).show(view, self.by_value, self.chosen)
                self.query_one(ChosenLine).show(view, trial)
                self.query_one(ChosenPanel).show(view, trial)
                if self.has_class("-tall"):
                    below = self.query_one("#study-below", MultiplesView)
                    below.show(view, self.by_value, self.chosen)
            case "multiples":
                whole = self.query_one("#study-multiples", MultiplesView)
                whole.show(view, self.by_value, self.chosen)
            case "matters":
                self.query_one(Matters).show(view, self._report, self._report_problem)
            case "verdict":
                self.query_one(VerdictPage).show(view, self._report, self._report_problem)

    def show_again(self) -> None:
        """Draw the view that is seen once more."""
        if self.view is not None and self.view.record is not None:
            self._show_views(self.view)

    def _tell_heading(self) -> None:
        view = self.view
        if self._study_id is None and self.tuner is None:
            number = len([s for s in self.shown.studies if s.summary]) if self.shown else 0
            self.heading("Studies", f"{number} in the storage" if self.shown else "reading …")
            return
        left = Text.assemble("Study ", self._study_id or "", ("  " + _NAMES[self.view_name], "dim"))
        right = Text()
        if view is not None:
            right = Text(WHAT[view.activity], activity_style(view.activity, self.lab.palette))
        self.heading(left, right)

    def on_trial_table_chosen(self, message: TrialTable.Chosen) -> None:
        """Show the chosen trial beside the table."""
        self.chosen = message.number
        if self.view is not None:
            trial = self.view.trial(message.number)
            self.query_one(ChosenLine).show(self.view, trial)
            self.query_one(ChosenPanel).show(self.view, trial)

    def on_multiples_chosen(self, message: Multiples.Chosen) -> None:
        """Remember the trial for the other views and the keys."""
        self.chosen = message.number
        self.refresh_bindings()

    # What is worked out elsewhere

    def _report_if_wanted(self) -> None:
        """Have the report made where one looks at it and trials have ended since."""
        view = self.view
        if self.view_name not in ("matters", "verdict") or view is None or view.record is None:
            return
        wanted = view.study_id, view.num_finished()
        if wanted != self._reported and time.monotonic() >= self._report_due:
            self._reported, self._report_due = wanted, float("inf")
            self.run_worker(
                self._make_report(view), group="study-report", exclusive=True, exit_on_error=False
            )

    async def _make_report(self, view: StudyView) -> None:
        from tui.study_panels.reporting import report_of

        began = time.monotonic()
        try:
            report, problem = await report_of(view), ""
        except DliError as error:
            report, problem = None, str(error)
        finally:
            took = time.monotonic() - began
            self._report_due = time.monotonic() + max(_REPORT_SECONDS * view.is_live, 2 * took)
        if view.study_id == self._study_id:
            self._report, self._report_problem = report or self._report, problem
            self.show_again()

    def on_unmount(self) -> None:
        """Let go of the storage; the search goes on."""
        if self._looker is not None:
            self._looker.close()
