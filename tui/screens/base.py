"""What all screens have in common: the lines around them, their pace, and how errors are told."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, ParamSpec, TypeVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.theme import Theme
from textual.timer import Timer
from textual.widgets import Static

from engine.errors import DliError
from tui.bars import Heading, KeyBar, NavBar

if TYPE_CHECKING:
    from tui.app import DliApp

SMALLEST = 80, 22  # columns and rows; a tmux status line takes one or two of 24
P = ParamSpec("P")
T = TypeVar("T")


class LabScreen(Screen[None]):
    """A screen of the lab. Sub-classes give `body` and, where things change, `tick`.

    `tick` is called every `SECONDS` while the screen is in front, less often when the terminal has
    no focus or the last frame took long: frames are skipped, never queued.
    """

    TITLE = ""
    ABOUT = ""  # a paragraph for the help
    SECONDS = 0.25
    FIRST_KEYS: ClassVar[tuple[str, ...]] = ()  # ids of bindings that begin the key bar
    ALLOW_IN_MAXIMIZED_VIEW = "KeyBar"
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-mid"), (50, "-tall")]  # noqa: RUF012

    _timer: Timer | None = None
    _rest_until = 0.0

    @property
    def lab(self) -> "DliApp":
        """The app, as ours."""
        return cast("DliApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the lines around the body."""
        yield Heading()
        with Vertical(id="body"):
            yield from self.body()
        yield Static(id="too-small")
        yield KeyBar()
        yield NavBar()

    def body(self) -> ComposeResult:
        """Yield what the screen is about."""
        raise NotImplementedError

    def tick(self) -> None:
        """Look at what changed, and show it."""

    def word_for(self, binding_id: str | None) -> str:  # noqa: ARG002
        """Return another word for a key where the one it has is not right now, or none."""
        return ""

    def heading(self, left: Text | str, right: Text | str = "") -> None:
        """Say in the first line where one is, and what is so."""
        self.query_one(Heading).tell(left, right)

    def on_mount(self) -> None:
        """Begin to tick, once everything is there."""
        self.app.theme_changed_signal.subscribe(self, self._change_theme)
        self.call_after_refresh(self._begin_beating)

    def _change_theme(self, _: Theme) -> None:
        """Draw in the new colours."""
        self.query_one(NavBar).draw()
        self.query_one(KeyBar).draw()
        if self.is_current:
            self.beat_soon()

    def _begin_beating(self) -> None:
        if self._timer is None:  # Textual calls `on_mount` of each class by itself
            self._timer = self.set_interval(self.SECONDS, self._beat)
            self.set_timer(0.01, self._beat)  # once the empty frame is out

    def on_screen_resume(self) -> None:
        """Go on, with a first look at once."""
        self.query_one(NavBar).draw()
        if self._timer is not None:
            self._timer.resume()
            self.call_after_refresh(self._beat)

    def on_screen_suspend(self) -> None:
        """Rest while another screen is in front; behind a window it goes on."""
        if self._timer is not None and not isinstance(self.app.screen, ModalScreen):
            self._timer.pause()

    def _beat(self) -> None:
        now = time.monotonic()
        if not self.is_attached or now < self._rest_until:
            return
        self.tick()
        took = time.monotonic() - now
        seconds = max(self.SECONDS, 1 / self.lab.redraws_per_second)
        pace = seconds if self.lab.has_focus_of_terminal else 4 * seconds
        self._rest_until = now + max(pace - 0.05, 10 * took)

    def beat_soon(self) -> None:
        """Go on reading at once."""
        self._rest_until = 0.0
        self._beat()

    def on_resize(self) -> None:
        """Say so where the terminal is too small for anything."""
        width, height = self.app.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "-too-small")
        self.query_one("#too-small", Static).update(
            f"This terminal has {width} x {height} cells; dli needs {SMALLEST[0]} x {SMALLEST[1]}."
            "\nMake it larger, or use `dli watch RUN` in a small pane. Training goes on meanwhile."
        )

    def attempt(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do something that can fail by a user's mistake; the sentence is shown then."""
        try:
            return work(*args, **kwargs)
        except DliError as error:
            self.tell(str(error), "error")
            return None

    def tell(self, text: str, severity: str = "information") -> None:
        """Show a notice in the corner; `severity` is information, warning or error."""
        patience = 12.0 if severity == "error" else 5.0
        self.app.notify(text, severity=severity, timeout=patience, markup=False)  # type: ignore[arg-type]
