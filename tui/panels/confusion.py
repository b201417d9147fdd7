"""The Confusion tab: which classes are taken for which, at any epoch, and the pictures of it."""

from collections.abc import Hashable
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from engine.errors import DliError
from tui import format as fmt
from tui.inks import Inks
from tui.judged import RunPredictions
from tui.matrix import Drawing, Layout, Shown, fit, told
from tui.pairs import Pairs
from tui.panels.epochs import EpochPanel, epoch_keys, newest_epoch, sentence, why_nothing
from tui.predicted import NORMS, cell
from tui.sources import RunView
from tui.strips import segments

_NORM_WORDS = {"counts": "counts", "rows": "% of true", "columns": "% of called"}
_AIRY = 24  # lines from which on some stay empty
_SIDE, _WIDEST_SIDE = 34, 54  # cells of a list beside the matrix


class ConfusionPanel(EpochPanel):
    """A confusion matrix with a chosen cell; many classes become a list of pairs."""

    DEFAULT_CSS = "ConfusionPanel { height: 1fr; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pictures", "Pictures", id="confusion.pictures"),
        *epoch_keys("confusion"),
        Binding("n", "norm", "Percent", id="confusion.norm"),
        Binding("d", "difference", "Change", id="confusion.difference"),
        Binding("D", "reference", "Change from here", show=False, id="confusion.reference"),
        Binding("t", "test", "Test", id="confusion.test"),
        Binding("up", "move(-1, 0)", "Cell above", show=False, id="confusion.up"),
        Binding("down", "move(1, 0)", "Cell below", show=False, id="confusion.down"),
        Binding("left", "move(0, -1)", "Cell to the left", show=False, id="confusion.left"),
        Binding("right", "move(0, 1)", "Cell to the right", show=False, id="confusion.right"),
    ]

    norm = 0  # of NORMS
    is_difference = False
    is_test = False
    reference = 1  # the epoch that is compared with
    cursor: tuple[int, int] | None = None
    _first = 0  # the row of the matrix, or of the list, that is seen first
    _text: tuple[Text, ...] = ()
    _layout: Layout | None = None
    _pairs: Pairs | None = None
    _shown: Shown | None = None

    def begin_anew(self) -> None:
        """Look at another run as one looks at the first."""
        self.cursor, self.reference, self._first = None, 1, 0
        self.is_test = self.is_difference = False

    def facts(self, view: RunView) -> Hashable:
        """Return what the matrix depends on."""
        history = view.history
        return (view.folder, len(history.epochs), len(history.resumes), history.prepared is None,
                view.row.state, view.reading)  # fmt: skip

    def redraw(self, view: RunView) -> None:
        """Draw the slider, the matrix or the pairs, and what the chosen cell says."""
        self._shown = self._layout = self._pairs = self.slider = None
        width, height = self.size
        try:
            self._text = tuple(self._lines_of(view, width, height))
        except DliError as error:
            self._text = _alone(sentence(error), width, height)
        self.refresh()

    def _lines_of(self, view: RunView, width: int, height: int) -> list[Text]:
        is_test = self.is_test and _has_test(view)
        if not (is_test or newest_epoch(view.history)) or view.history.prepared is None:
            more = " Press t for test." * (not view.history.has_val and _has_test(view))
            return list(_alone(why_nothing(view) + more, width, height))
        if not (width and height):
            return []
        self._shown = shown = self._looked_at(view)
        head = self._head(view, width)
        is_airy = height >= _AIRY
        room = height - 2 - 2 * is_airy
        at = self.cursor or _first_cell(shown)
        layout = fit(shown, (width, room), at[0], self._first)
        self._pairs = pairs = Pairs.of(shown, at, self._first)
        inks = self._inks()
        gap = [Text()] * is_airy
        if layout is None:
            body, self.cursor = pairs.lines(width, room, inks), pairs.at
            self._first = pairs.first
        else:
            self._layout, self.cursor, self._first = layout, at, layout.first
            body = Drawing(shown, layout, at, inks).lines()
            room = min(width - layout.columns - 3, _WIDEST_SIDE)
            if room >= _SIDE:
                side = pairs.lines(room, len(body), inks, with_cursor=False)
                body = _beside(body, side, layout.columns + 3)
        then = "" if shown.before is None else f"after epoch {self.reference}"
        told_text = told(shown, self.cursor, then) if self.cursor else "Nothing was taken for else."
        last = Text(told_text, no_wrap=True, overflow="ellipsis")
        return [head, *gap, *body, *gap, last]

    def _looked_at(self, view: RunView) -> Shown:
        assert view.history.prepared is not None
        predictions, epoch = self.predictions_of(view), self.epoch_of(view)
        classes, norm = view.history.prepared.classes, NORMS[self.norm]
        if self.is_test and _has_test(view):
            return Shown(classes, predictions.matrix(self._best(view), True), norm)
        self.is_test = False
        self.reference = min(self.reference, newest_epoch(view.history))
        before = predictions.matrix(self.reference) if self.is_difference else None
        return Shown(classes, predictions.matrix(epoch), norm, before)

    def _best(self, view: RunView) -> int:
        return view.history.best_epoch or newest_epoch(view.history)

    def _head(self, view: RunView, width: int) -> Text:
        words = _NORM_WORDS[NORMS[self.norm]]
        if self.is_test:
            assert view.history.finished is not None
            assert view.history.finished.test is not None
            accuracy = fmt.percent(view.history.finished.test.accuracy)
            line = Text(f"test {accuracy}", style="bold", no_wrap=True)
            which = "best" if view.history.has_val else "last"
            line.append(f"  by the weights of epoch {self._best(view)}, the {which}", "not bold")
            line.append(words.rjust(max(2, width - line.cell_len)), "dim")
            return line
        if self.is_difference:
            words = f"change since {self.reference}, {words}"
        return self.epoch_line(view, width, Text(words, self.palette.mark))

    def _inks(self) -> Inks:
        plain, ascii_only = self.lab.is_plain, self.lab.ascii_only
        return Inks(self.palette, self.background_colors[1], plain, ascii_only)

    def render_line(self, y: int) -> Strip:
        """Return a line of what was drawn."""
        width = self.size.width
        if y >= len(self._text):
            return Strip.blank(width, self.rich_style)
        drawn = segments(self._text[y], self.app.console)
        strip = Strip(drawn).adjust_cell_length(width, self.rich_style)
        return strip.apply_style(self.rich_style)

    def action_move(self, down: int, right: int) -> None:
        """Choose the next cell in a direction; in the list, the next pair."""
        if self._shown is None or self.cursor is None:
            return
        if self._layout is None and self._pairs is not None:
            self.cursor = self._pairs.moved(down + right * max(1, self.size.height - 5))
        else:
            last = len(self._shown.classes) - 1
            row, column = self.cursor[0] + down, self.cursor[1] + right
            self.cursor = min(max(row, 0), last), min(max(column, 0), last)
        self.show_again()

    def action_norm(self) -> None:
        """Show counts, parts of the true class, or parts of what was called so."""
        self.norm = (self.norm + 1) % len(NORMS)
        self.show_again()

    def action_difference(self) -> None:
        """Show the change since another epoch, or the matrix itself again."""
        self.is_difference, self.is_test = not self.is_difference, False
        self.show_again()

    def action_reference(self) -> None:
        """Compare with the epoch that is shown now."""
        epoch = self.epoch_of(self.view) if self.view is not None else 0
        if not epoch:
            return
        self.reference, self.is_difference = epoch, True
        self.is_test = False
        self.app.notify(f"Changes are counted from epoch {self.reference} now; [ and ] go on.")
        self.show_again()

    def action_test(self) -> None:
        """Show the predictions of test, or of val again."""
        if self.view is None or not _has_test(self.view):
            self.app.notify("Test is read once, when the run has finished; this one has not.")
            return
        self.is_test = not self.is_test
        self.show_again()

    def slide(self, by: int) -> None:
        """Choose another epoch; that is one of val."""
        self.is_test = False
        super().slide(by)
        self.show_again()

    def action_pictures(self) -> None:
        """Show the pictures of the chosen cell."""
        view, shown = self.view, self._shown
        if view is None or shown is None or self.cursor is None:
            return
        if not shown.matrix[self.cursor]:
            self.app.notify(told(shown, self.cursor), markup=False)
            return
        self._open(view, shown, self.cursor)

    def _open(self, view: RunView, shown: Shown, at: tuple[int, int]) -> None:
        from tui.screens.pictures import Pictures, PicturesScreen

        predictions: RunPredictions = self.predictions_of(view)
        epoch = self._best(view) if self.is_test else self.epoch_of(view)
        judged = predictions.judged(epoch, self.is_test)
        places = cell(judged.labels, judged.predicted, judged.confidence, at)
        true, called = shown.classes[at[0]], shown.classes[at[1]]
        title = f"{true} called {called}" if at[0] != at[1] else f"{true}, recognised"
        self.app.push_screen(PicturesScreen(Pictures(title, view, predictions, judged, places)))

    def on_click(self, event: events.Click) -> None:
        """Open the cell, the pair or the epoch that was clicked on."""
        self.focus()
        x, y = event.screen_offset - self.content_region.offset
        epoch = self.clicked_epoch(x, y)
        if epoch is not None:
            self.go_to(epoch)
            return
        y -= 1 + (self.size.height >= _AIRY)
        at = self._layout.cell_at(x, y) if self._layout is not None else None
        if self._pairs is not None and (self._layout is None or x > self._layout.columns):
            at = self._pairs.at_line(y)
        if at is not None:
            self.cursor = at
            self.show_again()
            self.action_pictures()

    def on_mouse_scroll_down(self) -> None:
        """Go on in the list."""
        if self._layout is None:
            self.action_move(1, 0)

    def on_mouse_scroll_up(self) -> None:
        """Go back in the list."""
        if self._layout is None:
            self.action_move(-1, 0)


def _has_test(view: RunView) -> bool:
    return view.history.finished is not None and view.history.finished.test is not None


def _first_cell(shown: Shown) -> tuple[int, int]:
    """Return where to begin: at what is mixed up most."""
    mixed = Pairs.of(shown, None).at
    return mixed or (0, 0)


def _alone(text: str, width: int, height: int) -> tuple[Text, ...]:
    """Return a text in the middle of nothing."""
    from rich.console import Console

    room = max(20, min(width, 70))
    lines = Text(text).wrap(Console(width=room), room)
    above = [Text()] * max(0, (height - len(lines)) // 2)
    centred = [Text(line.plain.rstrip().center(width)) for line in lines]
    return (*above, *centred)


def _beside(left: list[Text], right: list[Text], column: int) -> list[Text]:
    """Return lines side by side."""
    joined = []
    for number, line in enumerate(left):
        if number < len(right):
            line.append(" " * (column - line.cell_len))
            line.append_text(right[number])
        joined.append(line)
    return joined
