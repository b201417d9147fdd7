"""What all panels have in common: they are shown a run, and redraw only when it changed."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, cast

from textual.widget import Widget

from tui.palette import Palette, palette_of
from tui.sources import RunView

if TYPE_CHECKING:
    from tui.app import DliApp


class Panel(Widget):
    """Draws a run. Sub-classes say in `facts` what their drawing depends on, and draw in `redraw`.

    `show` may be called at any rate; what is equal to what was drawn before costs nothing.
    """

    view: RunView | None = None
    _drawn: Hashable = None

    @property
    def lab(self) -> "DliApp":
        """The app, as ours."""
        return cast("DliApp", self.app)

    @property
    def palette(self) -> Palette:
        """The colours of the present theme."""
        return palette_of(self.app.current_theme)

    def facts(self, view: RunView) -> Hashable:
        """Return what the drawing depends on, besides size and theme."""
        history = view.history
        return (view.folder, len(history.steps), len(history.epochs), len(history.resumes),
                history.finished, view.row.state)  # fmt: skip

    def redraw(self, view: RunView) -> None:
        """Draw; called only when the facts, the size or the theme changed."""
        raise NotImplementedError

    def show(self, view: RunView) -> None:
        """Show the run as it is now."""
        self.view = view
        drawn = (self.facts(view), self.size, self.app.theme)
        if drawn != self._drawn and self.is_mounted:
            self._drawn = drawn
            self.redraw(view)

    def show_again(self) -> None:
        """Draw once more, after a setting of the panel itself changed."""
        self._drawn = None
        if self.view is not None:
            self.show(self.view)

    def on_resize(self) -> None:
        """Draw for the new size."""
        if self.view is not None:
            self.show(self.view)
