"""The Run screen: one run, live or over, with everything that can be seen of it and done to it."""

import time
from typing import ClassVar, Protocol

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.widget import Widget
from textual.widgets import Static, TabbedContent, TabPane
from textual.worker import get_current_worker

from engine.history import History
from engine.runs import RunFolder, list_runs
from tui import diagnosis, trace
from tui import format as fmt
from tui.ghost import find_ghost
from tui.names import state_color, state_sign
from tui.panels.epochs import EpochPanel
from tui.panels.status import StatusPanel, title_of
from tui.screens.run_steering import SteeringScreen
from tui.screens.run_tabs import TABS, make_panel
from tui.sources import RunSource, RunView

_PASS_SECONDS = 0.045  # of reading a long log, between two chances for keys
_LOOK_SECONDS = 0.4  # from one look at a log that is still being read to the next


class Source(Protocol):
    """Where a run comes from: its folder as it grows, or a replay of it."""

    folder: RunFolder
    history: History

    def read(self) -> bool:
        """Take in what is new; tell whether there was anything."""

    def view(self, ghost: History | None = None) -> RunView:
        """Return what there is now."""


class RunTabs(TabbedContent):
    """Tabs that only their keys and clicks change.

    Textual brings a tab to the front when a part of it takes the focus. That message comes late:
    by then the next tab may have been chosen, and the old one would come back.
    """

    def on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        """Stay on the tab that was chosen."""
        event.prevent_default()


class RunScreen(SteeringScreen):
    """Shows `app.run_folder`; where none was chosen, the newest live run, or the newest."""

    TITLE = "Run"
    ABOUT = (
        "One run, live or over. The lines above say how it stands; the tabs show its curves, what "
        "it takes for what, the pictures it gets wrong, its layers, settings and log (v and V go "
        "from tab to tab). Training is a process of its own: pausing, stopping and a new learning "
        "rate reach it within a step and are marked on the curves; closing this window leaves it "
        "alone. Over time (x), the curves count seconds of training, without pauses. The ghost is "
        "the best earlier run on the same pictures. A run that began from another's weights is a "
        "fork."
    )
    CSS_PATH = "../styles/run.tcss"
    AUTO_FOCUS = ""
    FIRST_KEYS = ("run.pause", "run.next_tab", "run.resume", "run.remedy")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "next_tab(1)", "View", id="run.next_tab"),
        Binding("V", "next_tab(-1)", "View before", show=False, id="run.previous_tab"),
    ]

    source: Source | None = None
    _able: object = None
    _next_look: float = 0.0
    _ghost_source: RunSource | None = None
    _warned_of_death: RunFolder | None = None

    def body(self) -> ComposeResult:
        """Yield the status lines, and the tabs."""
        yield from self.above()
        yield StatusPanel()
        yield Static(classes="empty")
        with RunTabs(id="tabs"):
            for name, title in TABS:
                with TabPane(title, id=name):
                    yield Vertical(id=f"{name}-place")

    def above(self) -> ComposeResult:
        """Yield what stands above the status lines."""
        yield from ()

    def make_source(self, folder: RunFolder) -> Source:
        """Return where the run of a folder is read from."""
        return RunSource(folder)

    def tick(self) -> None:
        """Read what is new, and show it."""
        folder = self._folder()
        self.query_one("#tabs").display = self.query_one(StatusPanel).display = folder is not None
        if folder is None:
            self.heading("Run", str(self.lab.root))
            self._say_empty()
            return
        self.query_one(".empty").display = False
        if self.source is None or self.source.folder.path != folder.path:
            self._open(folder)
        is_behind = self._read()
        if self.view is None or not is_behind or time.monotonic() > self._next_look:
            self._show()
            self._next_look = time.monotonic() + _LOOK_SECONDS

    def _folder(self) -> RunFolder | None:
        """Return the run to show; the newest where none was chosen."""
        if self.lab.run_folder is None:
            runs = self.attempt(list_runs, self.lab.root) or []
            live = [run for run in runs if run.is_alive()]
            self.lab.run_folder = next(reversed(live or runs), None)
        return self.lab.run_folder

    def _say_empty(self) -> None:
        empty = self.query_one(".empty", Static)
        empty.display = True
        empty.update("No run yet. Press 2 to make one, or 6 to look at data sets first.")

    def _open(self, folder: RunFolder) -> None:
        self.source, self.view = self.make_source(folder), None
        self._ghost_source = None
        self.look_for_ghost(folder)

    @work(thread=True, exclusive=True, group="ghost", exit_on_error=False)
    def look_for_ghost(self, folder: RunFolder) -> None:
        """Find the run to race against, without holding anything up."""
        config = self.attempt(folder.config)
        found = find_ghost(self.lab.root, folder, config) if config else None
        if found is not None and not get_current_worker().is_cancelled:
            self.app.call_later(self._race_against, folder, found)

    def _race_against(self, folder: RunFolder, ghost: RunFolder) -> None:
        if self.source is not None and self.source.folder.path == folder.path:
            self._ghost_source = RunSource(ghost)

    def _read(self) -> bool:
        """Take in what is new of the run and its ghost, for a moment; the rest comes soon.

        Returns whether there may be more.
        """
        assert self.source is not None
        until = time.monotonic() + _PASS_SECONDS
        more = self.source.read()
        while more and time.monotonic() < until:
            more = self.source.read()
        ghost_more = self._ghost_source is not None and self._ghost_source.read()
        if more or ghost_more:
            self.set_timer(0.005, self.beat_soon)
        return more or ghost_more

    def _show(self) -> None:
        assert self.source is not None
        ghost = self._ghost_source.history if self._ghost_source else None
        self.view = view = self.source.view(ghost)
        self._show_heading(view)
        self.query_one(StatusPanel).show(view)
        self.show_tab()
        self._warn_of_death(view)
        self._refresh_keys(view)
        if len(view.history.steps):
            self.call_after_refresh(trace.drawn, int(view.history.steps["step"][-1]))

    def _refresh_keys(self, view: RunView) -> None:
        """Tell the key bar when something else can be done now."""
        able = (view.folder, view.row.state, bool(diagnosis.findings(view.history)))
        if able != self._able:
            self._able = able
            self.refresh_bindings()

    def _show_heading(self, view: RunView) -> None:
        palette, state = self.lab.palette, view.row.state
        mark = " [marked]" if view.folder.id in self.lab.marked else ""
        title = title_of(view.history, self.lab.ascii_only) or view.folder.id
        left = Text.assemble(title, (f"  {view.folder.id}{mark}", "dim"))
        facts = view.row.facts
        passed = view.now - facts.updated if facts and view.is_live and facts.updated else 0.0
        seconds = facts.seconds + max(passed, 0.0) if facts else 0.0  # goes on while it is paused
        sign = state_sign(state, self.lab.ascii_only)
        self.heading(
            left, Text.assemble((f"{sign} {state}", f"bold {state_color(state, palette)}"),
                                f"  {fmt.duration(seconds)}")
        )  # fmt: skip

    def show_tab(self) -> None:
        """Show the run in the tab that is in front; its panel is made when it is first seen."""
        if self.view is None:
            return
        name = self.query_one(RunTabs).active
        if not name:
            return
        place = self.query_one(f"#{name}-place", Vertical)
        try:
            panel = place.query_one(".panel")
        except NoMatches:
            panel = make_panel(name)
            place.mount(panel)
            self.call_after_refresh(self._focus_on, panel)
        panel.show(self.view)  # type: ignore[attr-defined]  # every panel has it
        if self.focused is None and panel.is_mounted:
            self._focus_on(panel)  # its parts were not there yet, or another screen was in front

    def _focus_on(self, panel: Widget) -> None:
        """Give the first part of the panel in front that takes keys the focus; not a dialog's."""
        if self.is_current and panel in self.query(f"#{self.query_one(RunTabs).active}-place > *"):
            first = (
                panel
                if panel.can_focus
                else next((part for part in panel.query("*") if part.can_focus), None)
            )
            self.set_focus(first, scroll_visible=False)

    def on_tabbed_content_tab_activated(self) -> None:
        """Show the tab at once."""
        self.show_tab()
        for panel in self.query(f"#{self.query_one(RunTabs).active}-place > .panel"):
            self._focus_on(panel)

    def on_epoch_panel_epoch_chosen(self, event: EpochPanel.EpochChosen) -> None:
        """Show the same epoch in the other tabs."""
        for panel in self.query(EpochPanel):
            panel.choose(event.epoch)

    def _warn_of_death(self, view: RunView) -> None:
        """Say when the process that trains goes away without a word."""
        died = view.row.state == "interrupted" and self._seen_alive == view.folder.path
        if died and view.folder.id not in self.lab.told_deaths:
            self.lab.told_deaths.add(view.folder.id)
            self.tell(
                "The training process is gone; all up to its last checkpoint is kept. "
                "Press R to resume the run.", "warning"
            )  # fmt: skip
        self._seen_alive = view.folder.path if view.is_live else None

    _seen_alive: object = None

    def action_next_tab(self, by: int) -> None:
        """Go to the next tab, or the one before."""
        tabs = self.query_one(RunTabs)
        names = [name for name, _ in TABS]
        tabs.active = names[(names.index(tabs.active) + by) % len(names)]
