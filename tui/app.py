"""`DliApp`: the screens, how one gets from one to another, and what they share."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui import trace
from tui.ascii_scrollbar import use_ascii_scrollbars
from tui.bars import PLACES
from tui.palette import Palette, palette_of, themes

if TYPE_CHECKING:
    from engine.config import RunConfig
    from engine.runs import RunFolder
    from tui.helper import Helper
    from tui.screens.base import LabScreen

_TWICE_SECONDS = 3.0


def _runs() -> Screen[None]:
    from tui.screens.runs import RunsScreen

    return RunsScreen()


def _new() -> Screen[None]:
    from tui.screens.new import NewRunScreen

    return NewRunScreen()


def _run() -> Screen[None]:
    from tui.screens.run import RunScreen

    return RunScreen()


def _study() -> Screen[None]:
    from tui.screens.study import StudyScreen

    return StudyScreen()


def _compare() -> Screen[None]:
    from tui.screens.compare import CompareScreen

    return CompareScreen()


def _data() -> Screen[None]:
    from tui.screens.data import DataScreen

    return DataScreen()


def _replay() -> Screen[None]:
    from tui.screens.replay import ReplayScreen

    return ReplayScreen()


class DliApp(App[None]):
    """The lab in the terminal.

    Args:
        root: the runs folder.
        storage: the URL of the studies' storage; the runs folder's own if None.
        ascii_only: draw with ASCII characters alone.
        keys: other keys for bindings, by binding id.
        theme: a theme's name.
        first: the run to begin with, instead of the list.
    """

    TITLE = "dli"
    CSS_PATH = "styles/app.tcss"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {
        "runs": _runs, "new": _new, "run": _run, "study": _study, "compare": _compare,
        "data": _data, "replay": _replay,
    }  # fmt: skip
    DEFAULT_MODE = "runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        *[
            Binding(str(number), f"go('{mode}')", name, show=False, id=f"go.{mode}")
            for number, (mode, name) in enumerate(PLACES, start=1)
        ],
        Binding("question_mark,f1", "help", "Help", show=False, id="app.help"),
        Binding("ctrl+t", "other_theme", "Dark or light", show=False, id="app.theme"),
        Binding("ctrl+s", "export", "Export the screen as SVG", show=False, id="app.export"),
        Binding("q", "quit", "Quit; training goes on", show=False, id="app.quit"),
        Binding("ctrl+c", "quit_on_second", "Quit when pressed twice", show=False,
                id="app.quit_twice", priority=True),
    ]  # fmt: skip

    def __init__(
        self,
        root: Path,
        storage: str | None = None,
        *,
        ascii_only: bool = False,
        keys: Mapping[str, str] | None = None,
        theme: str | None = None,
        first: "RunFolder | None" = None,
    ) -> None:
        if first is not None:
            self.DEFAULT_MODE = "run"  # type: ignore[misc]  # of this app alone
        super().__init__()
        self.root = root
        self.storage = storage
        self.ascii_only = ascii_only
        self.run_folder = first  # what the Run and Replay screens show
        self.marked: list[str] = []  # ids of runs, in the order they were marked
        self.study_id: str | None = None
        self.draft: RunConfig | None = None  # what the form begins with, once
        self.fork_of: RunFolder | None = None  # whose weights the draft goes on from
        self.form_config: RunConfig | None = None  # what stands in the form, where it is right
        self.told_deaths: set[str] = set()  # ids of runs whose end without a word was told
        self.has_focus_of_terminal = True
        self._interrupted = 0.0
        self._helper: Helper | None = None
        self.redraws_per_second = 4.0
        for known in themes():
            self.register_theme(known)
        wanted = theme or os.environ.get("TEXTUAL_THEME") or ""
        self.theme = wanted if wanted in self.available_themes else "dli-dark"
        if keys:
            self.set_keymap(dict(keys))
        self.set_class(ascii_only, "-ascii")
        use_ascii_scrollbars(ascii_only)

    @property
    def helper(self) -> "Helper":
        """The warm process that answers what needs torch; started when it is first asked."""
        if self._helper is None:
            from tui.helper import Helper

            self._helper = Helper()
        return self._helper

    async def on_unmount(self) -> None:
        """End the helper; training goes on."""
        if self._helper is not None:
            await self._helper.close()

    @property
    def palette(self) -> Palette:
        """The colours of the present theme."""
        return palette_of(self.current_theme)

    @property
    def is_plain(self) -> bool:
        """Whether colours cannot tell things apart here."""
        return self.no_color

    def action_go(self, mode: str) -> None:
        """Go to a screen."""
        if mode != self.current_mode:
            self.switch_mode(mode)

    def on_mount(self) -> None:
        """Watch the terminal, and where that is asked for the event loop."""
        self.run_worker(trace.sample_lag(), group="trace", exit_on_error=False)
        if sys.__stdin__ is not None and sys.__stdin__.isatty():
            self.set_interval(1.0, self._leave_a_lost_terminal)

    def _leave_a_lost_terminal(self) -> None:
        """End where the terminal is gone and no signal said so; reading it would spin for ever."""
        if not os.isatty(0):
            os._exit(128 + signal.SIGHUP)  # nothing is held here that a run would miss

    def open_run(self, folder: "RunFolder") -> None:
        """Show a run."""
        self.run_folder = folder
        self.action_go("run")

    def open_replay(self, folder: "RunFolder") -> None:
        """Play a run again."""
        self.run_folder = folder
        self.action_go("replay")

    def open_form(
        self, draft: "RunConfig | None" = None, parent: "RunFolder | None" = None
    ) -> None:
        """Show the form of a new run, filled with a draft; with a parent it is a fork of that."""
        self.draft, self.fork_of = draft, parent
        self.action_go("new")

    def open_comparison(self, runs: list[str]) -> None:
        """Compare runs, by their ids."""
        self.marked = runs
        self.action_go("compare")

    def open_study(self, study_id: str) -> None:
        """Show a study of the storage."""
        self.study_id = study_id
        self.action_go("study")

    def on_app_focus(self, _: events.AppFocus) -> None:
        """Draw at full pace again."""
        self.has_focus_of_terminal = True

    def on_app_blur(self, _: events.AppBlur) -> None:
        """Draw less often: nobody looks."""
        self.has_focus_of_terminal = False

    def action_other_theme(self) -> None:
        """Change between dark and light."""
        self.theme = "dli-light" if self.current_theme.dark else "dli-dark"

    def action_export(self) -> None:
        """Write what is seen into an SVG file in the present folder."""
        name = f"dli-{self.current_mode}-{time.strftime('%Y%m%d-%H%M%S')}.svg"
        try:
            Path(name).write_text(self.export_screenshot(title="dli"))
        except OSError as error:
            self.notify(f"Cannot write {name} here: {error.strerror}.", severity="error")
            return
        self.screen.refresh(layout=True)  # the export takes the live screen's dirty regions
        self.notify(f"Wrote {Path(name).resolve()}", markup=False)

    def action_help(self) -> None:
        """Say what the screen is for, with all its keys."""
        from tui.screens.base import LabScreen
        from tui.screens.dialogs import Help

        screen = self.screen
        if not isinstance(screen, LabScreen):
            return
        self.push_screen(Help(screen.TITLE or "dli", screen.ABOUT, self._keys_of(screen)))

    def _keys_of(self, screen: "LabScreen") -> list[tuple[str, str]]:
        """Return keys with what they do, each action once: the screen's, the part's, the app's."""
        found: dict[str, tuple[int, list[str]]] = {}
        for key, active in screen.active_bindings.items():
            if active.binding.description:
                own = active.node is screen and active.binding.id is not None
                place = 0 if own else 1 if active.binding.id and active.node is not self else 2
                found.setdefault(active.binding.description, (place, []))[1].append(key)
        ordered = sorted(found.items(), key=lambda entry: entry[1][0])
        return [(",".join(keys), what) for what, (_, keys) in ordered]

    def action_quit_on_second(self) -> None:
        """Leave when ^C comes twice."""
        now = time.monotonic()
        if now - self._interrupted < _TWICE_SECONDS:
            self.exit()
        self._interrupted = now
        self.notify("Press ^C again to quit; training goes on without this window.")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield what the command palette offers."""
        for mode, name in PLACES:
            yield SystemCommand(f"Go to {name}", "", lambda mode=mode: self.action_go(mode))
        yield SystemCommand("Dark or light theme", "", self.action_other_theme)
        yield SystemCommand("Export the screen as SVG", "", self.action_export)
        for command in super().get_system_commands(screen):
            if command.title not in ("Screenshot", "Maximize", "Minimize"):
                yield command
