"""The Runs screen: every run of the folder, live, and what can be done with them."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click

from engine.runs import RunFolder
from tui import actions
from tui.listing import RunRow, is_study
from tui.panels.rows import Rows
from tui.screens.dialogs import Ask
from tui.screens.runs_list import RunsListScreen

_MOST_COMPARED = 8
_MOST_NAMED = 8  # runs that the question before deleting names


class RunsScreen(RunsListScreen):
    """Every run with its state and results; the place from which to go to one."""

    TITLE = "Runs"
    ABOUT = (
        "Every run of the runs folder, whoever trains it, the newest first; live ones move. The "
        "best val accuracy on each data set is set off. The trials of a study are one line (t "
        "shows them all). Enter opens the run under the cursor. Space marks runs: c compares two "
        "to eight of them, d moves them to the trash, from which u takes them back. A run whose "
        "process was killed is interrupted: r goes on from its last checkpoint. A fork (f) is a "
        "new run that begins with another's settings and weights. Click a title to sort by it."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="runs.open"),
        Binding("n", "new", "New", id="runs.new"),
        Binding("slash", "filter", "Filter", id="runs.filter"),
        Binding("space", "mark", "Mark", id="runs.mark"),
        Binding("c", "compare", "Compare", id="runs.compare"),
        Binding("f", "fork", "Fork", id="runs.fork"),
        Binding("r", "resume", "Resume", id="runs.resume"),
        Binding("d", "delete", "Delete", id="runs.delete"),
        Binding("o", "next_order", "Sort", id="runs.sort"),
        Binding("t", "fold", "Trials", id="runs.trials"),
        Binding("p", "replay", "Replay", id="runs.replay"),
        Binding("u", "undo", "Undelete", id="runs.undo"),
        Binding("O", "reverse", "Sort the other way", show=False, id="runs.reverse"),
        Binding("R", "resume_fallen", "Resume the run that died last", show=False,
                id="runs.resume_fallen"),
        Binding("escape", "clear", "Clear the filter, then the marks", show=False,
                id="runs.clear"),
        Binding("g", "to_end(0)", "First run", show=False, id="runs.first"),
        Binding("G", "to_end(-1)", "Last run", show=False, id="runs.last"),
    ]  # fmt: skip

    _fallen: RunRow | None = None
    _trash: list[list[actions.Deleted]]

    def on_mount(self) -> None:
        """Begin without anything in the trash that could be taken back."""
        super().on_mount()
        self._trash = []

    def tick(self) -> None:
        """Look at what changed, and say which runs died."""
        super().tick()
        while self.source.died:
            self._say_died(self.source.died.pop(0))
        self.lab.told_deaths.difference_update(shown.run for shown in self.source.live)

    def _say_died(self, shown: RunRow) -> None:
        facts = shown.facts
        if facts is None or facts.study:
            return  # a search puts its own trials back
        self._fallen = shown
        if shown.run in self.lab.told_deaths:
            return  # seen in the Run screen
        self.lab.told_deaths.add(shown.run)
        key = "r" if self.chosen and self.chosen.run == shown.run else "R"
        self.tell(
            f"{shown.run} died in epoch {min(facts.epoch + 1, facts.epochs)} of {facts.epochs}: "
            f"its process is gone. {key} resumes it.",
            "warning",
        )

    def _chosen_or_told(self) -> RunRow | None:
        """Return the row under the cursor, or say why there is none."""
        if self.chosen is None:
            if self.source.rows:
                self.tell("No run is shown that matches the filter; esc clears it.")
            else:
                self.tell("There is no run here yet; n makes one.")
        return self.chosen

    def _single(self) -> RunRow | None:
        """Return the run under the cursor; of a study's line say how to get at its runs."""
        shown = self._chosen_or_told()
        if shown is not None and is_study(shown):
            self.tell(f"This line stands for {len(self.runs_of(shown))} runs; t shows each.")
            return None
        return shown

    @on(Click, "Rows")
    def _double_clicked(self, event: Click) -> None:
        if event.chain == 2:
            self.action_open()

    def action_open(self) -> None:
        """Go to the run under the cursor, or to the study."""
        shown = self._chosen_or_told()
        if shown is None:
            return
        if is_study(shown) and shown.facts is not None and shown.facts.study:
            self.lab.open_study(shown.facts.study.partition("/")[0])
        else:
            self.lab.open_run(_folder(shown))

    def action_new(self) -> None:
        """Make a run."""
        self.lab.action_go("new")

    def action_replay(self) -> None:
        """Play the run again."""
        if shown := self._single():
            self.lab.open_replay(_folder(shown))

    def action_fork(self) -> None:
        """Fill the form with the run's settings."""
        shown = self._single()
        config = self.attempt(_folder(shown).config) if shown else None
        if shown and config:
            self.lab.open_form(config, _folder(shown))

    def action_mark(self) -> None:
        """Mark the run or take its mark away, and go on to the next."""
        shown = self._single()
        if shown is None:
            return
        marked = [run for run in self.lab.marked if run != shown.run]
        self.lab.marked = [*marked, shown.run] if len(marked) == len(self.lab.marked) else marked
        self.query_one(Rows).action_go(1)
        self.show_list()

    def _marked(self) -> list[RunRow]:
        """Return the marked runs that are still there."""
        rows = self.source.rows
        return [rows[run] for run in self.lab.marked if run in rows]

    def action_compare(self) -> None:
        """Compare the marked runs."""
        runs = [shown.run for shown in self._marked()]
        if 2 <= len(runs) <= _MOST_COMPARED:
            self.lab.open_comparison(runs)
        else:
            self.tell(
                f"Mark two to eight runs with space, then press c; {len(runs) or 'none'} "
                f"{'is' if len(runs) < 2 else 'are'} marked now."
            )

    def action_resume(self) -> None:
        """Go on with the run under the cursor."""
        if shown := self._single():
            self._resume(shown)

    def action_resume_fallen(self) -> None:
        """Go on with the run whose death was told last."""
        if self._fallen is None:
            self.tell("No run died while this list was open; r resumes the one under the cursor.")
        else:
            self._resume(self._fallen)

    def _resume(self, shown: RunRow) -> None:
        self.attempt(actions.resume, _folder(shown))
        self.source.reread(shown.run)
        self.show_list()

    def action_delete(self) -> None:
        """Move the marked runs, or those under the cursor, to the trash, if that is meant."""
        marked = self._marked()
        shown = None if marked else self._chosen_or_told()
        doomed = self.runs_of(shown) if shown else marked
        if not doomed:
            return
        number = len(doomed)
        what = f"{number} {'marked ' * bool(marked)}runs" if number > 1 else doomed[0].run
        names = [shown.run for shown in doomed[:_MOST_NAMED]] if number > 1 else []
        names += ["..."] * (number > _MOST_NAMED)
        lost = "A study's report and its confirm stage need its runs.\n"
        detail = "\n".join([*names, ""]) + lost * any(s.facts and s.facts.study for s in doomed)
        self.app.push_screen(
            Ask(f"Move {what} to the trash?", f"{detail}u takes back what was deleted.", "Delete"),
            lambda yes: self._delete(doomed) if yes else None,
        )

    def _delete(self, doomed: list[RunRow]) -> None:
        deleted = self.attempt(actions.delete, [_folder(shown) for shown in doomed])
        if deleted is None:
            return
        self._trash.append(deleted)
        gone = {shown.run for shown in doomed}
        self.lab.marked = [run for run in self.lab.marked if run not in gone]
        number = len(deleted)
        self._look_again(f"{number} run{'s' * (number != 1)} moved to the trash; u takes back.")

    def action_undo(self) -> None:
        """Take back what was deleted last."""
        if not self._trash:
            self.tell("Nothing was deleted since this list was opened.")
            return
        back = self.attempt(actions.undo_delete, self._trash.pop())
        if back is not None:
            for folder in back:
                self.source.reread(folder.id)
            self._look_again(f"{len(back)} run{'s' * (len(back) != 1)} taken back.")
            self.go_to_run(back[0].id)

    def _look_again(self, text: str) -> None:
        self.tell(text)
        self.source.forget()
        self.beat_soon()


def _folder(shown: RunRow) -> RunFolder:
    return RunFolder(Path(shown.path))
