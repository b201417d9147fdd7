"""What the keys of the Study screen do."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bench.records import Params, TrialRecord
from engine.errors import DliError
from engine.runs import RunFolder
from tui.screens.base import LabScreen
from tui.screens.dialogs import Ask, Enter
from tui.study_panels.orders import TuneOrder, order_again
from tui.study_panels.snapshot import ListedStudy, StudyView
from tui.study_panels.tuner import Tuner, start
from tui.study_panels.words import named, settings, why_no_run, why_not_pruned

if TYPE_CHECKING:
    from tui.study_panels.looking import Shown

VIEWS = ("table", "multiples", "matters", "verdict")
_MORE = 10  # trials that are offered when a search goes on
T = TypeVar("T")


class StudySteering(LabScreen):
    """The actions of the screen; what it shows stands in `tui.screens.study`."""

    view: StudyView | None
    shown: "Shown | None"
    tuner: Tuner | None
    chosen: int | None
    view_name: str
    by_value: bool

    def show_again(self) -> None:
        """Draw the view that is seen once more."""
        raise NotImplementedError

    def lay_out_parts(self) -> None:
        """Show the right parts, and let the right one have the focus."""
        raise NotImplementedError

    def look_soon(self) -> None:
        """Look at the storage at once."""
        raise NotImplementedError

    @property
    def picked(self) -> ListedStudy | None:
        """The study that is chosen in the list."""
        from tui.study_panels.shelf import Shelf

        return self.query_one(Shelf).picked

    @property
    def is_page(self) -> bool:
        """Whether one study is shown, and not the list."""
        return self.lab.study_id is not None or self.tuner is not None

    @property
    def chosen_trial(self) -> TrialRecord | None:
        """The chosen trial."""
        return self.view.trial(self.chosen) if self.view else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Hide the keys that mean nothing here; grey those that mean nothing now."""
        if action in ("next_view", "order", "back", "neighbour"):
            return self.is_page
        if action == "start":
            return not self.is_page
        is_live = self.view is not None and self.view.is_live
        if action == "stop":
            return self.is_page and is_live
        if action == "prune":  # it says what else can be done with a trial that is not trained
            trial = self.chosen_trial
            is_open = trial is not None and trial.state in ("running", "waiting")
            return self.is_page and (is_live or is_open)
        if action in ("confirm", "go_on"):
            return self.is_page and self.view is not None and not is_live
        return True

    # Going about

    def action_open(self) -> None:
        """Open the chosen study, or the run of the chosen trial."""
        if not self.is_page:
            study = self.picked
            if study is not None and study.summary is not None:
                self.lab.study_id = study.summary.id
                self.beat_soon()
            else:
                self.action_start()
            return
        trial = self.chosen_trial
        if trial is None:
            return
        folder = RunFolder(self.lab.root / trial.run)
        if not trial.run:
            self.tell(f"Trial {trial.number} has no run: {why_no_run(trial)}.", "warning")
        elif not folder["config.json"].is_file():
            self.tell(
                f"The run {trial.run} does not lie in {self.lab.root}: it was trained on another "
                "machine, or deleted.", "warning",
            )  # fmt: skip
        else:
            self.lab.open_run(folder)

    def action_back(self) -> None:
        """Go back to the list, to the study one comes from."""
        from tui.study_panels.shelf import Shelf

        if self.lab.study_id is not None:
            self.query_one(Shelf).come_back_to(self.lab.study_id)
        self.lab.study_id, self.tuner, self.view = None, None, None
        self.lay_out_parts()
        self.look_soon()

    def action_next_view(self) -> None:
        """Show the next view."""
        self.view_name = VIEWS[(VIEWS.index(self.view_name) + 1) % len(VIEWS)]
        self.lay_out_parts()
        self.call_after_refresh(self.show_again)

    def action_order(self) -> None:
        """Order the trials by value or by number."""
        self.by_value = not self.by_value
        self.show_again()
        self.tell("Ordered by value." if self.by_value else "Ordered by number, the newest first.")

    # Starting

    def action_start(self) -> None:
        """Ask for a search of the chosen study, and start it."""
        from tui.study_panels.start_form import StartForm

        listed = self.picked
        if listed is None:
            return
        file = listed.study.file
        defaults = self.attempt(_defaults, file.name)
        if defaults is not None:
            place = self.lab.root, self.lab.storage
            form = StartForm(file.name, file.about, defaults, place)
            self.app.push_screen(form, self._start)

    def _start(self, order: TuneOrder | None) -> None:
        """Start a search, and show how it comes up."""
        if order is None:
            return
        tuner = self.attempt(start, order, self.lab.root, self.lab.storage)
        if tuner is None:
            return
        self.tuner = tuner
        self.lay_out_parts()
        self.look_soon()
        self.tell(f"Started: {order.command(self.lab.root, self.lab.storage)}")

    def action_go_on(self) -> None:
        """Ask how many trials there should be, and go on with the search."""
        view = self.view
        if view is None or view.now is None:
            return
        before = view.num_ended()
        target = max(view.now.target, before)
        wanted = target if before < target else target + _MORE
        hint = f"{before} of {target} were tried. How many configurations should there be in all?"

        def take(text: str | None) -> None:
            if text is not None and view.record is not None:
                self._start(replace(order_again(view.record), trials=int(text)))

        dialog = Enter("Go on with the search", str(wanted), partial(_check_more, before), hint)
        self.app.push_screen(dialog, take)

    def action_confirm(self) -> None:
        """Train the best again, with fresh seeds."""
        view = self.view
        if view is None or view.now is None or view.record is None:
            return
        waiting = sum(run.state == "waiting" for run in view.record.confirms)
        if not view.record.complete():
            self.tell("There is nothing to confirm: no trial was trained to its end.", "warning")
        elif view.record.confirms and not waiting + view.now.to_confirm:
            self.tell("The best are confirmed: v shows the verdict.")
        else:
            self._start(replace(order_again(view.record), confirm_only=True))

    # Steering

    def action_prune(self) -> None:
        """End the chosen running trial, after asking."""
        trial = self.chosen_trial
        assert self.view is not None
        if trial is None or trial.state != "running" or not trial.run or not self.view.is_live:
            reason = why_not_pruned(trial, self.view.is_live)
            self.tell(f"Only a trial that runs can be pruned: {reason}.", "warning")
            return
        assert self.view.record is not None
        detail = (
            f"{settings(trial, self.view.record)}\nAfter epoch {trial.epochs} of "
            f"{self.view.record.epochs}. It counts as pruned, and the next trial begins."
        )

        def take(yes: bool | None) -> None:
            if yes:
                self._prune(trial)

        self.app.push_screen(Ask(f"Prune trial {trial.number} now?", detail, "Prune"), take)

    def _prune(self, trial: TrialRecord) -> None:
        """Ask a trial to end; one that ended while the question stood is left alone."""
        from bench.steering import prune

        folder = RunFolder(self.lab.root / trial.run)

        def work() -> str:
            state = folder.state()
            if not folder.is_alive() and state is not None and state.status:
                return f"Trial {trial.number} has just finished: there is nothing to prune."
            prune(folder)
            return f"Trial {trial.number} ends after this step."

        self._do(work, lambda text: text)

    def action_stop(self) -> None:
        """Let the search end after the trials that run."""
        from bench.steering import ask_to_stop

        if self.view is not None:
            work = partial(ask_to_stop, self.view.url, self.view.study_id)
            said = "The search ends after the trials that run; g goes on with it later."
            if self.view.is_confirming:
                said = "The confirm stage ends after the runs that train; c goes on with it later."
            self._do(work, lambda _: said)

    def action_neighbour(self) -> None:
        """Queue an untried neighbour of the best."""
        from tui.study_panels.looking import queue_neighbour

        view = self.view
        if view is None or view.record is None:
            return
        record, best = view.record, view.best()
        if best is None:
            self.tell("There is no best trial yet to try the neighbours of.", "warning")
            return

        def said(params: Params) -> str:
            text = settings(replace(best, params=params), record)
            is_searched = view.is_live and not view.is_confirming
            later = "it is tried next" if is_searched else "it waits; g trains it"
            return f"Queued beside {named(best)}: {text}; {later}."

        self._do(partial(queue_neighbour, view.url, record), said)

    def _do(self, work: Callable[[], T], said: Callable[[T], str]) -> None:
        """Do what waits for the storage in a thread, and tell what came of it."""

        def do() -> None:
            try:
                text, severity = said(work()), "information"
            except DliError as error:
                text, severity = str(error), "error"
            self.app.call_later(self.tell, text, severity)
            self.app.call_later(self.look_soon)

        self.run_worker(do, thread=True, group="study-steer", exit_on_error=False)


def _defaults(name: str) -> dict[str, str]:
    """Return what the fields of the form are where they are left empty.

    Raises:
        ConfigError: there is no such study any more, or its file is wrong.
    """
    from bench.catalog import find
    from engine.cores import gpus, usable_cores

    file = find(name)
    devices = gpus() if file.config.device != "cpu" else ()
    return {
        "trials": str(file.search.trials),
        "workers": str(len(devices) or usable_cores()),
        "epochs": str(file.config.epochs),
        "subset": str(file.config.data.subset or "all"),
        "dataset": file.config.dataset,
        "minutes": "no limit",
    }


def _check_more(before: int, text: str) -> str | None:
    if text.strip().isdecimal() and int(text) > before:
        return None
    return f"It must be a whole number above {before}: so many were tried."
