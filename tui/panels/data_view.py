"""The two halves of the Data screen: the list of sets, and what is seen of the chosen one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui import format as fmt
from tui.data_layout import Size
from tui.data_sets import DataSet
from tui.tiles import Row

if TYPE_CHECKING:
    from tui.app import DliApp

PREPARED, HERE, MISSING, BUSY = "prepared", "here", "missing", "busy"
SIGNS = {PREPARED: "●", HERE: "◐", MISSING: "○", BUSY: "↓"}
ASCII_SIGNS = {PREPARED: "*", HERE: "+", MISSING: "-", BUSY: "v"}
_NUMBERS = 6  # cells
_WIDE = 9  # cells
_COLUMNS = ((40, "classes"), (50, "cached"))  # shown from that width on


class DataView(Widget):
    """Rows of segments, as they are; tells when its size changed."""

    class Resized(Message):
        """What is seen must be laid out anew."""

    _strips: Sequence[Strip] = ()

    @property
    def room(self) -> Size:
        """The columns and rows that there are."""
        return Size(self.content_size.width, self.content_size.height)

    def put(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self._strips = [Strip(row) for row in rows]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a row, filled up."""
        inner, style = y - self.gutter.top, self.rich_style
        strip = self._strips[inner] if 0 <= inner < len(self._strips) else Strip.blank(0)
        return strip.apply_style(style).crop_extend(0, self.content_size.width, style)

    def on_resize(self) -> None:
        """Tell it."""
        self.post_message(self.Resized())


class SetList(OptionList, inherit_bindings=False):
    """The sets, each in a row: whether it is here, its name, and how many pictures it has.

    It leaves left and right to the screen, which an `OptionList` scrolls with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", "Set above", show=False, id="data.up"),
        Binding("down,j", "cursor_down", "Set below", show=False, id="data.down"),
        Binding("home", "first", "First set", show=False, id="data.first"),
        Binding("end", "last", "Last set", show=False, id="data.last"),
        Binding("enter", "select", "Do what comes next", show=False, id="data.enter"),
    ]

    def show_sets(self, sets: Sequence[DataSet], states: Mapping[str, str]) -> None:
        """Show the sets; a row that did not change is left alone."""
        names = [each.name for each in sets]
        if names != [option.id for option in self.options]:
            chosen = self.chosen
            self.clear_options()
            self.add_options([Option(self._row(each, states), id=each.name) for each in sets])
            if names:
                self.highlighted = names.index(chosen) if chosen in names else 0
            return
        for place, each in enumerate(sets):
            text = self._row(each, states)
            if self.get_option_at_index(place).prompt != text:
                self.replace_option_prompt_at_index(place, text)

    @property
    def chosen(self) -> str:
        """The name of the set under the cursor; empty without any."""
        if self.highlighted is None or self.highlighted >= self.option_count:
            return ""
        return self.get_option_at_index(self.highlighted).id or ""

    def choose(self, name: str) -> None:
        """Put the cursor on a set."""
        self.highlighted = self.get_option_index(name)

    def heads(self) -> Text:
        """Return what stands over the columns."""
        width = self._width()
        room = self._name_cells(width) + _NUMBERS - len("pictures")
        line = f"  {'data set':<{room}}pictures"
        for least, name in _COLUMNS:
            line += f"{name:>{_WIDE}}" if width >= least else ""
        return Text(line, style="bold dim", no_wrap=True)

    def _width(self) -> int:
        return max(self.content_size.width, 20)

    def _name_cells(self, width: int) -> int:
        columns = sum(_WIDE for least, _ in _COLUMNS if width >= least)
        return max(width - 2 - _NUMBERS - columns, 6)

    def _row(self, shown: DataSet, states: Mapping[str, str]) -> Text:
        lab: DliApp = self.app  # type: ignore[assignment]
        state, width = states.get(shown.name, MISSING), self._width()
        sign = (ASCII_SIGNS if lab.ascii_only else SIGNS)[state]
        palette = lab.palette
        colours = {PREPARED: palette.good, HERE: palette.accent, BUSY: palette.warn}
        name = Text(shown.title)
        name.truncate(
            self._name_cells(width), overflow="crop" if lab.ascii_only else "ellipsis", pad=True
        )
        total = shown.num_train + (shown.num_test or 0) if shown.num_train is not None else None
        line = Text.assemble((sign, colours.get(state, "dim")), " ", name, no_wrap=True)
        line.append(f"{fmt.short_count(total) if total else '':>{_NUMBERS}}", "dim")
        cached = fmt.size(shown.cached_bytes) if shown.cached_bytes else ""
        for (least, _), text in zip(_COLUMNS, (str(shown.num_classes or ""), cached), strict=True):
            line.append(f"{text:>{_WIDE}}" if width >= least else "", "dim")
        return line
