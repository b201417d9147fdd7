"""The Replay screen: the Run screen with a clock that can be set."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from engine.runs import RunFolder
from tui.panels.transport import Transport
from tui.replaying import ReplaySource
from tui.screens.run import RunScreen
from tui.sources import RunView

_JUMP = 0.02  # of the whole run
_FOR_LIVE_RUNS = {
    "pause", "pause_after_epoch", "stop", "set_lr", "resume", "remedy", "kill", "replay",
}  # fmt: skip


class ReplayScreen(RunScreen):
    """Plays `app.run_folder`, or the newest run, from its start."""

    TITLE = "Replay"
    ABOUT = (
        "Any run, over or live, played again in the Run screen: curves, confusion matrix, mistakes "
        "and notices are as they were at the time that the bar shows. Pauses and interruptions are "
        "left out. The arrow keys go through time while the bar has the focus; tab gives it to the "
        "panel below and back. A click or a drag on the bar goes there. Nothing here touches the "
        "run itself."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", id="replay.play"),
        Binding("left", "jump(-1)", "Back", id="replay.back"),
        Binding("right", "jump(1)", "On", id="replay.on"),
        Binding("comma,shift+left", "epoch(-1)", "Epoch back", id="replay.epoch_back"),
        Binding("full_stop,shift+right", "epoch(1)", "Epoch on", id="replay.epoch_on"),
        Binding("less_than_sign", "speed(-1)", "Slower", id="replay.slower"),
        Binding("greater_than_sign", "speed(1)", "Faster", id="replay.faster"),
        Binding("home", "edge(0)", "Start", id="replay.start"),
        Binding("end", "edge(1)", "End", id="replay.end"),
        Binding("F", "fork", "Fork", show=False, id="run.fork"),
        Binding("m", "mark", "Mark", show=False, id="run.mark"),
        Binding("up,k", "event(-1)", "Event back", show=False, id="replay.event_back"),
        Binding("down,j", "event(1)", "Event on", show=False, id="replay.event_on"),
    ]

    def above(self) -> ComposeResult:
        """Yield the bar."""
        yield Transport()

    def make_source(self, folder: RunFolder) -> ReplaySource:
        """Return the run with a clock of its own."""
        return ReplaySource(folder)

    @property
    def replayed(self) -> ReplaySource | None:
        """The source, as ours."""
        return self.source if isinstance(self.source, ReplaySource) else None

    def tick(self) -> None:
        """Let time go on, and show it."""
        super().tick()
        bar = self.query_one(Transport)
        bar.display = self.replayed is not None
        if self.replayed is not None:
            bar.show(self.replayed)

    def heading(self, left: Text | str, right: Text | str = "") -> None:
        """Say that this is a replay."""
        super().heading(Text.assemble(("Replay  ", f"bold {self.lab.palette.accent}"), left), right)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what is done to live runs; the rest is as on the Run screen."""
        if action in _FOR_LIVE_RUNS:
            return False
        if action in ("play", "jump", "epoch", "speed", "edge", "event"):
            return True if self.replayed is not None else None
        return super().check_action(action, parameters)

    def on_screen_resume(self) -> None:
        """Go on where it stood: the time while another screen was in front does not count."""
        if self.replayed is not None:
            self.replayed.restart_clock()

    def _focus_on(self, panel: Widget) -> None:  # noqa: ARG002
        """Leave the arrow keys to the bar."""
        if self.is_current and self.focused is None:
            self.set_focus(self.query_one(Transport))

    def _warn_of_death(self, view: RunView) -> None:
        """Say nothing: what died then is no news."""

    def action_play(self) -> None:
        """Play, or pause."""
        if self.replayed is not None:
            self.replayed.toggle()
            self.beat_soon()

    def action_jump(self, by: int) -> None:
        """Go a fiftieth of the run on or back."""
        if self.replayed is not None:
            self.replayed.seek(self.replayed.position + by * _JUMP * self.replayed.duration)
            self.beat_soon()

    def action_epoch(self, by: int) -> None:
        """Go to the end of the next epoch, or of the one before."""
        if self.replayed is not None:
            self.replayed.step_epoch(by)
            self.beat_soon()

    def action_event(self, by: int) -> None:
        """Pause, and go to what was said next, or before."""
        if self.replayed is not None:
            self.replayed.step(by)
            self.beat_soon()

    def action_speed(self, by: int) -> None:
        """Play faster, or slower."""
        if self.replayed is not None:
            self.replayed.change_speed(by)
            self.beat_soon()

    def action_edge(self, end: int) -> None:
        """Go to the start, or to the end."""
        if self.replayed is not None:
            self.replayed.seek(end * self.replayed.duration)
            self.beat_soon()

    def on_transport_toggled(self) -> None:
        """Play, or pause."""
        self.action_play()

    def on_transport_sought(self, message: Transport.Sought) -> None:
        """Go where somebody clicked."""
        if self.replayed is not None:
            self.replayed.seek(message.seconds)
            self.beat_soon()
