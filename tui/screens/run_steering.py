"""What can be done to the run that a screen shows: steer it, resume, fork, mark or replay it."""

from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from engine.history import History
from engine.runs import list_runs
from tui import actions, diagnosis
from tui.screens.base import LabScreen
from tui.screens.dialogs import Ask, Enter
from tui.sources import RunView


class SteeringScreen(LabScreen):
    """A screen with a run in `view`, and keys for what can be done to it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause", id="run.pause"),
        Binding("e", "pause_after_epoch", "Epoch, pause", id="run.pause_after_epoch"),
        Binding("S", "stop", "Stop", id="run.stop"),
        Binding("L", "set_lr", "Set lr", id="run.set_lr"),
        Binding("R", "resume", "Resume", id="run.resume"),
        Binding("F", "fork", "Fork", id="run.fork"),
        Binding("a", "remedy", "Apply remedy", id="run.remedy"),
        Binding("P", "replay", "Replay", id="run.replay"),
        Binding("m", "mark", "Mark", id="run.mark"),
        Binding("K", "kill", "Kill", id="run.kill"),
        Binding("N", "neighbour(1)", "Newer run", show=False, id="run.newer"),
        Binding("B", "neighbour(-1)", "Older run", show=False, id="run.older"),
    ]

    view: RunView | None = None

    def check_action(
        self,
        action: str,
        parameters: tuple[object, ...],  # noqa: ARG002
    ) -> bool | None:
        """Grey out what cannot be done now."""
        view = self.view
        live = view is not None and view.is_live
        if action in ("pause", "pause_after_epoch", "stop", "set_lr", "kill"):
            return True if live else None
        if action == "resume":
            over = ("stopped", "failed", "interrupted")
            return True if view is not None and view.row.state in over else None
        if action == "remedy":
            return True if view is not None and diagnosis.findings(view.history) else None
        return True

    def word_for(self, binding_id: str | None) -> str:
        """Return another word for a key where the one it has is not right now."""
        paused = self.view is not None and self.view.row.state == "paused"
        return "Continue" if binding_id == "run.pause" and paused else ""

    def action_pause(self) -> None:
        """Pause, or continue."""
        if self.view is not None:
            verb = "continue" if self.view.row.state == "paused" else "pause"
            self.attempt(actions.steer, self.view.folder, verb)

    def action_pause_after_epoch(self) -> None:
        """Train to the end of the epoch, and pause there."""
        if self.view is None:
            return
        if self.view.row.state == "paused":
            self.attempt(actions.steer, self.view.folder, "continue")
        self.attempt(actions.steer, self.view.folder, "pause_after_epoch")
        self.tell("It will pause at the end of this epoch.")

    def action_stop(self) -> None:
        """Stop with a checkpoint; it can be resumed."""
        if self.view is not None:
            self.attempt(actions.steer, self.view.folder, "stop")
            self.tell("Stopping after this step, with a checkpoint. R resumes it.")

    @work(group="dialog", exit_on_error=False)
    async def action_kill(self) -> None:
        """Kill the training process, if that is really wanted."""
        if self.view is None:
            return
        folder = self.view.folder
        detail = "Steps since the last checkpoint are lost; S stops it with a checkpoint instead."
        if await self.app.push_screen_wait(Ask(f"Kill {folder.id}?", detail, "Kill")):
            self.attempt(actions.kill, folder)

    @work(group="dialog", exit_on_error=False)
    async def action_set_lr(self) -> None:
        """Take a new learning rate, and send it."""
        view = self.view
        if view is None or view.history.config is None:
            return
        base = _present_lr(view.history)
        hint = "The schedule goes on from it: this is the rate that the schedule scales."
        text = await self.app.push_screen_wait(
            Enter(
                "Learning rate",
                f"{base:g}",
                _lr_problem,
                hint=hint,
                warn=partial(_lr_warning, base),
            )
        )
        if text is not None:
            self.attempt(actions.steer, view.folder, "set", ("optimizer.lr", float(text)))

    def action_resume(self) -> None:
        """Go on with a run that was stopped or interrupted."""
        if self.view is not None:
            self.attempt(actions.resume, self.view.folder)

    def action_fork(self) -> None:
        """Open the form with this run's settings, to go on from its weights."""
        if self.view is not None and self.view.history.config is not None:
            self.lab.open_form(self.view.history.config, self.view.folder)

    def action_remedy(self) -> None:
        """Do what helps against the worst finding."""
        view = self.view
        found = diagnosis.findings(view.history) if view else []
        if view is None or not found or view.history.config is None:
            return
        if found[0].at_once and view.is_live:
            path, value = found[0].settings[0]
            self.attempt(actions.steer, view.folder, "set", (path, value))
            return
        config = self.attempt(diagnosis.remedied, view.history.config, found[0])
        if config is not None:
            self.lab.open_form(config, view.folder)

    def action_replay(self) -> None:
        """Play the run again."""
        if self.view is not None:
            self.lab.open_replay(self.view.folder)

    def action_mark(self) -> None:
        """Mark the run for a comparison, or not any more."""
        if self.view is not None:
            marked, run = self.lab.marked, self.view.folder.id
            self.lab.marked = [m for m in marked if m != run] if run in marked else [*marked, run]
            self.beat_soon()

    def action_neighbour(self, by: int) -> None:
        """Show the run that began after this one, or before it."""
        runs = self.attempt(list_runs, self.lab.root) or []
        ids = [run.id for run in runs]
        here = self.view.folder.id if self.view else ""
        place = ids.index(here) + by if here in ids else len(runs) - 1
        if 0 <= place < len(runs):
            self.lab.run_folder = runs[place]
            self.beat_soon()


def _present_lr(history: History) -> float:
    """Return the rate that the schedule scales now: the config's, or the last one set."""
    changes = [done.value for done in history.interventions if done.command == "set"]
    assert history.config is not None
    return changes[-1] if changes and changes[-1] is not None else history.config.optimizer.lr


def _lr_warning(base: float, text: str) -> str | None:
    times = float(text) / base
    return f"That is {times:g} times the present {base:g}." if times >= 10 else None


def _lr_problem(text: str) -> str | None:
    try:
        value = float(text)
    except ValueError:
        return "A learning rate is a number, like 0.01 or 3e-4."
    return None if 0 < value < 1e12 else "A learning rate is a finite number above 0."
