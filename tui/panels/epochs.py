"""What the panels of predictions share: the epoch they show, and the line that it slides on."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.message import Message

from engine.errors import DliError
from engine.history import History
from tui import format as fmt
from tui.judged import RunPredictions
from tui.listing import LIVE
from tui.panels.panel import Panel
from tui.sources import RunView

NO_VAL = "This run has no val pictures: it trains on all of train, and no epoch is judged."
_WIDEST_EPOCH = 3  # cells
_WIDEST_SLIDER = 60


def epoch_keys(place: str) -> list[BindingType]:
    """Return the bindings that choose the epoch, with ids that begin with the panel's name."""
    return [
        Binding("left_square_bracket", "earlier", "Epoch", id=f"{place}.earlier"),
        Binding("right_square_bracket", "later", "Later", id=f"{place}.later"),
        Binding("left_curly_bracket", "first", "First epoch", show=False, id=f"{place}.first"),
        Binding("right_curly_bracket", "newest", "Newest epoch", show=False, id=f"{place}.newest"),
    ]


@dataclass(frozen=True)
class Slider:
    """Where the epochs stand on a line: the first cell, how many cells, and how many epochs."""

    start: int
    width: int
    epochs: int

    def cells(self, epoch: int) -> tuple[int, int]:
        """Return the first cell of an epoch on the slider, and the one after its last."""
        first = (epoch - 1) * self.width // self.epochs
        return first, max(first + 1, epoch * self.width // self.epochs)

    def epoch_at(self, x: int) -> int | None:
        """Return the epoch at a column of the line, or None beside the slider."""
        cell = x - self.start
        if not 0 <= cell < self.width:
            return None
        beyond = -(-(cell + 1) * self.epochs // self.width)
        return min(beyond, -(-cell * self.epochs // self.width) + 1)


class EpochPanel(Panel, can_focus=True):
    """A panel of the predictions of one epoch: the newest, until another is chosen.

    The first line of it is the slider. `EpochChosen` tells others; they say so by `choose`.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    class EpochChosen(Message):
        """Another epoch was chosen; None follows the newest."""

        def __init__(self, epoch: int | None) -> None:
            super().__init__()
            self.epoch = epoch

    chosen: int | None = None
    slider: Slider | None = None
    _predictions: RunPredictions | None = None
    _read_as: tuple[object, ...] = ()

    def choose(self, epoch: int | None) -> None:
        """Show an epoch, or follow the newest."""
        if epoch != self.chosen:
            self.chosen = epoch
            self.show_again()

    def show(self, view: RunView) -> None:
        """Show the run; another one is shown from its newest epoch on."""
        if self.view is not None and self.view.folder != view.folder:
            self.chosen = None
            self.begin_anew()
        super().show(view)

    def begin_anew(self) -> None:
        """Forget what was chosen for the run before."""

    def epoch_of(self, view: RunView) -> int:
        """Return the epoch to show, 0 before the first."""
        newest = newest_epoch(view.history)
        return newest if self.chosen is None else min(self.chosen, newest)

    def predictions_of(self, view: RunView) -> RunPredictions:
        """Return the predictions of the run; what was read before a resume is read again."""
        prepared = view.history.prepared
        num_classes = len(prepared.classes) if prepared else 0
        read_as = (view.folder, len(view.history.resumes), num_classes)
        if self._predictions is None or self._read_as != read_as:
            self._predictions = RunPredictions(view.folder, num_classes)
            self._read_as = read_as
        return self._predictions

    def slide(self, by: int) -> None:
        """Choose an epoch relative to the one shown; the newest one is followed."""
        if self.view is not None:
            self.go_to(self.epoch_of(self.view) + by)

    def go_to(self, epoch: int) -> None:
        """Choose an epoch, and tell the others."""
        assert self.view is not None
        newest = newest_epoch(self.view.history)
        if not newest:
            return
        self.choose(None if epoch >= newest else max(1, epoch))
        self.post_message(self.EpochChosen(self.chosen))

    def action_earlier(self) -> None:
        """Show the epoch before."""
        self.slide(-1)

    def action_later(self) -> None:
        """Show the epoch after."""
        self.slide(1)

    def action_first(self) -> None:
        """Show the first epoch."""
        self.slide(-newest_epoch(self.view.history) if self.view else 0)

    def action_newest(self) -> None:
        """Follow the newest epoch."""
        self.slide(newest_epoch(self.view.history) if self.view else 0)

    def clicked_epoch(self, x: int, y: int) -> int | None:
        """Return the epoch at a place of the panel, if any is."""
        return self.slider.epoch_at(x) if self.slider and y == 0 else None

    def epoch_line(self, view: RunView, width: int, end: str | Text = "") -> Text:
        """Return the first line: the epoch, the slider, its accuracy, the best, and `end`."""
        history, epoch = view.history, self.epoch_of(view)
        newest = newest_epoch(history)
        accuracy = history.epochs["val_accuracy"]
        shown = fmt.percent(float(accuracy[epoch - 1]))
        best = history.best_epoch
        best_text = ""
        if best is not None and best <= newest:
            best_text = f"  best {fmt.percent(float(accuracy[best - 1]))} at {best}"
        left = f"epoch {epoch} of {newest}  "
        right = f"  val {shown}"
        follow = "  newest" if epoch == newest else ""
        room = width - len(left) - len(right) - len(end) - 2
        for extra in (best_text, follow):
            if room - len(extra) >= min(12, newest):
                right, room = right + extra, room - len(extra)
        size = min(room, _WIDEST_SLIDER, newest * _WIDEST_EPOCH)
        self.slider = Slider(len(left), size, newest) if size >= 4 or size >= newest else None
        line = Text(left, style="bold", no_wrap=True)
        if self.slider is not None:
            line.append_text(self._sliding(self.slider, accuracy, epoch, best))
        line.append(right, "not bold")
        line.append(" " * max(2, width - line.cell_len - len(end)))
        return line.append_text(end if isinstance(end, Text) else Text(end, "not bold"))

    def _sliding(
        self, slider: Slider, accuracy: NDArray[np.float64], epoch: int, best: int | None
    ) -> Text:
        """Return the curve of the accuracy, with the epoch and the best one marked."""
        cells = [slider.epoch_at(slider.start + x) or 1 for x in range(slider.width)]
        if self.lab.ascii_only:
            text = "-" * slider.width
        else:
            text = fmt.sparkline([float(accuracy[e - 1]) for e in cells], slider.width)
        line = Text(text, style=f"not bold {self.palette.val}")
        if best is not None and best <= slider.epochs:
            line.stylize(f"not bold {self.palette.good}", *slider.cells(best))
        first, last = slider.cells(epoch)
        line.stylize(self._chosen_style(), first, last)
        if self.lab.ascii_only:
            line.plain = text[:first] + "O" * (last - first) + text[last:]
        return line

    def _chosen_style(self) -> str:
        if self.lab.is_plain:
            return "bold reverse"
        ground = self.background_colors[1].blend(Color.parse(self.palette.accent), 0.4)
        return f"bold {self.palette.accent} on {ground.hex}"


def newest_epoch(history: History) -> int:
    """Return the last epoch that was judged on val, 0 before the first."""
    if not history.has_val:
        return 0
    return int(history.epochs["epoch"][-1]) if len(history.epochs) else 0


def why_nothing(view: RunView) -> str:
    """Return why a run without validated epochs has nothing to show, and what to do."""
    if not view.history.has_val:
        return NO_VAL
    if view.reading:
        return "Reading the log of the run."
    if view.row.state in LIVE:
        return "The first predictions come when epoch 1 is validated."
    if view.row.can_resume:
        return "This run ended before its first epoch was validated. Press R to resume it."
    return "This run ended before its first epoch was validated: it made no predictions."


def sentence(error: DliError) -> str:
    """Return the text of an error as a sentence of its own."""
    text = str(error)
    is_path = "/" in text.partition(" ")[0]  # whose letters mean something
    return text if is_path else text[:1].upper() + text[1:]
