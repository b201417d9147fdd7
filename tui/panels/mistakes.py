"""The Mistakes tab: the worst pictures of val, the forgotten ones, and doubtful labels."""

from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from engine.errors import DliError
from tui import format as fmt
from tui.captions import caption, course_of
from tui.mistakes import Judgement
from tui.panels.epochs import EpochPanel, epoch_keys, newest_epoch, sentence, why_nothing
from tui.panels.wall import Wall
from tui.predicted import Course, Places, worst
from tui.sources import RunView

_VIEWS = ("worst", "forgotten", "suspects")
_ABOUT = {
    "worst": "called wrongly, the most confident first",
    "forgotten": "right in an earlier epoch, wrong now; the most often forgotten first",
    "suspects": "wrong in nearly all epochs, and with confidence: is the label right?",
}
_NOTHING = {
    "worst": "No mistake on val after this epoch.",
    "forgotten": "Nothing forgotten: no picture was right in an earlier epoch and is wrong now.",
    "suspects": "No label is doubtful: no picture is wrong, and surely so, in nearly all epochs.",
}


class MistakesPanel(EpochPanel):
    """Pictures that the epoch got wrong, in three orders."""

    DEFAULT_CSS = """
    MistakesPanel { height: 1fr; padding: 0 1; layout: vertical; }
    MistakesPanel > .head { height: auto; max-height: 5; }
    MistakesPanel > .foot { height: 1; color: $foreground 80%; }
    MistakesPanel > .none { height: 1fr; content-align: center middle; text-align: center; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "view", "Forgotten", id="mistakes.view"),
        *epoch_keys("mistakes"),
        Binding("enter", "enlarge", "Large", id="mistakes.enlarge"),
        Binding("pagedown", "turn(1)", "Page", key_display="pgdn", id="mistakes.next_page"),
        Binding("pageup", "turn(-1)", "Page before", show=False, id="mistakes.previous_page"),
        Binding("left", "move(-1)", "Picture before", show=False, id="mistakes.left"),
        Binding("right", "move(1)", "Next picture", show=False, id="mistakes.right"),
        Binding("up", "move_rows(-1)", "Row above", show=False, id="mistakes.up"),
        Binding("down", "move_rows(1)", "Row below", show=False, id="mistakes.down"),
        Binding("home", "move(-1000000000)", "First", show=False, id="mistakes.first_picture"),
        Binding("end", "move(1000000000)", "Last", show=False, id="mistakes.last_picture"),
    ]

    order = 0  # of _VIEWS
    _judged: Judgement | None = None
    _course: Course | None = None
    _found: dict[str, Places] | None = None

    def compose(self) -> ComposeResult:
        """Make the heading, the wall, and the line below."""
        yield Static(classes="head")
        yield Static(classes="none")
        yield Wall()
        yield Static(classes="foot")

    def begin_anew(self) -> None:
        """Look at another run from its first picture on."""
        self.order = 0
        for wall in self.query(Wall):  # there is none before it is mounted
            wall.chosen = 0

    def facts(self, view: RunView) -> Hashable:
        """Return what the pictures depend on."""
        history = view.history
        return (view.folder, len(history.epochs), len(history.resumes), history.prepared is None,
                view.row.state, view.reading)  # fmt: skip

    def redraw(self, view: RunView) -> None:
        """Find the pictures of the epoch, and hang them."""
        problem = self._looked(view)
        wall, none = self.query_one(Wall), self.query_one(".none", Static)
        none.update(Text(problem))
        none.display, wall.display = bool(problem), not problem
        if self._judged is not None and self._found is not None:
            wall.hang(self._found[_VIEWS[self.order]], self._judged.rows, self._caption)
            assert view.history.config is not None
            assert view.history.prepared is not None
            wall.fetch(view.history.config, view.history.prepared, "val")
        self._tell()

    def _looked(self, view: RunView) -> str:
        """Find the pictures; return why there are none to hang, if so."""
        self._found = self._judged = None
        history = view.history
        if newest_epoch(history) == 0 or history.prepared is None or history.config is None:
            return why_nothing(view)
        try:
            found = self._found = self._look(view)
        except DliError as error:
            return sentence(error)
        order = _VIEWS[self.order]
        return "" if len(found[order]) else _NOTHING[order]

    def _look(self, view: RunView) -> dict[str, Places]:
        predictions, epoch = self.predictions_of(view), self.epoch_of(view)
        self._judged = judged = predictions.val(epoch)
        self._course = course = predictions.course(epoch)
        if course.epoch < epoch:  # many epochs at once: go on in a moment
            self.set_timer(0.02, self.show_again)
        whole = course.epoch == epoch
        nothing = np.empty(0, np.int64)
        return {
            "worst": worst(judged.labels, judged.predicted, judged.confidence),
            "forgotten": course.forgotten_ones() if whole else nothing,
            "suspects": course.suspects() if whole else nothing,
        }

    def _caption(self, place: int, width: int) -> list[Text]:
        assert self._judged is not None
        assert self._course is not None
        assert self.view is not None
        assert self.view.history.prepared is not None
        classes = self.view.history.prepared.classes
        lines = caption(self._judged, place, classes, self.palette, width)
        order, course = _VIEWS[self.order], self._course
        if order == "forgotten":
            lost = int(course.forgotten[place])
            text = f"since epoch {course.since[place]}"
            lines.append(Text(text + (f", {lost}x" if lost > 1 else ""), style="dim"))
        if order == "suspects":
            wrong, epochs = int(course.num_wrong[place]), course.epoch
            text = f"wrong in {wrong} of {epochs}"
            text = text if len(text) <= width else f"{wrong} of {epochs}"
            lines.append(Text(text, style="dim"))
        return lines

    def _tell(self) -> None:
        """Write the heading and the line below."""
        head, foot = self.query_one(".head", Static), self.query_one(".foot", Static)
        wall, view = self.query_one(Wall), self.view
        head.display = foot.display = self._judged is not None
        if view is None or self._judged is None or self._found is None:
            return
        lines = [self.epoch_line(view, self.size.width), self._orders(wall)]
        if wall.problem and wall.display:
            lines.append(Text(wall.problem, style=self.palette.warn))
        head.update(Text("\n").join(lines))
        foot.update(self._told(view, wall))

    def _orders(self, wall: Wall) -> Text:
        assert self._found is not None
        line = Text(no_wrap=True, overflow="ellipsis")
        for number, name in enumerate(_VIEWS):
            is_chosen = number == self.order
            entry = Text(f" {name} {len(self._found[name]):,} ", "bold reverse" * is_chosen)
            line.append_text(entry).append(" ")
        about = _ABOUT[_VIEWS[self.order]]
        span = f"  {wall.span()}" if wall.display else ""
        if line.cell_len + len(about) + len(span) + 1 <= self.size.width:
            line.append(f" {about}", "dim")
        return line.append(span.rjust(max(0, self.size.width - line.cell_len)), "dim")

    def _told(self, view: RunView, wall: Wall) -> Text:
        """Return the sentence of the chosen picture."""
        if wall.place is None or not wall.display or self._course is None:
            return Text()
        assert self._judged is not None
        assert view.history.prepared is not None
        classes, place, course = view.history.prepared.classes, wall.place, self._course
        true = classes[self._judged.labels[place]]
        called = classes[self._judged.predicted[place]]
        sure = fmt.percent(float(self._judged.confidence[place]), 1)
        past = course_of(
            int(course.num_wrong[place]), course.epoch,
            int(course.since[place]), int(course.forgotten[place]),
        )  # fmt: skip
        names = f"{true} called {called}"
        told = (f"{names}, {sure}; {past}.", f"{names}; {past}.", f"{past}.")
        fitting = (text for text in told if len(text) <= self.size.width)
        return Text(next(fitting, told[-1]), no_wrap=True, overflow="ellipsis")

    def on_wall_moved(self, event: Wall.Moved) -> None:
        """Say which picture is chosen."""
        event.stop()
        self._tell()

    def on_wall_picked(self, event: Wall.Picked) -> None:
        """Show the picture large."""
        event.stop()
        self.action_enlarge()

    def action_view(self) -> None:
        """Show the forgotten ones, the suspects, or the worst again."""
        self.order = (self.order + 1) % len(_VIEWS)
        self.query_one(Wall).chosen = 0
        self.show_again()

    def action_move(self, by: int) -> None:
        """Choose another picture."""
        self.query_one(Wall).move(by)

    def action_move_rows(self, by: int) -> None:
        """Choose a picture of another row."""
        self.query_one(Wall).move_rows(by)

    def action_turn(self, by: int) -> None:
        """Turn pages."""
        self.query_one(Wall).turn(by)

    def action_enlarge(self) -> None:
        """Show the chosen picture large, with its course over the epochs."""
        wall, view, judged = self.query_one(Wall), self.view, self._judged
        if view is None or judged is None or wall.place is None or not wall.display:
            return
        from tui.screens.pictures import Pictures, PicturesScreen

        shown = Pictures(
            f"{_VIEWS[self.order]} mistakes", view, self.predictions_of(view), judged, wall.places
        )
        self.app.push_screen(PicturesScreen(shown, wall.place, is_large=True))

    def on_click(self, event: events.Click) -> None:
        """Go to the epoch, or to the order, that was clicked on."""
        self.focus()
        x, y = event.screen_offset - self.content_region.offset
        epoch = self.clicked_epoch(x, y)
        if epoch is not None:
            self.go_to(epoch)
        elif y == 1 and self._found is not None:
            ends = np.cumsum([len(f" {name} {len(self._found[name]):,}  ") for name in _VIEWS])
            if x < ends[-1]:
                self.order = int(np.searchsorted(ends, x, side="right"))
                self.query_one(Wall).chosen = 0
                self.show_again()
