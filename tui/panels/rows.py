"""Rows of text that are drawn when they come into sight: many cost no more than a screenful."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

Draw = Callable[[int], Text]
MARGIN = 2  # columns beside a row's text: the mark of the chosen one, and the scroll bar


class Rows(ScrollView, can_focus=True):
    """Shows rows that a function draws; with `chooses`, one is chosen by arrows or a click.

    Without a choice the arrows scroll, and the view follows the end until it is scrolled up.
    """

    DEFAULT_CSS = """
    Rows { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; overflow-x: hidden;
           background: $background; }
    Rows > .rows--chosen { background: $block-cursor-blurred-background; }
    Rows:focus > .rows--chosen { background: $block-cursor-background;
                                 color: $block-cursor-foreground; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "go(-1)", "Row above", show=False, id="rows.up"),
        Binding("down,j", "go(1)", "Row below", show=False, id="rows.down"),
        Binding("pageup", "go_pages(-1)", "Page up", show=False, id="rows.page_up"),
        Binding("pagedown", "go_pages(1)", "Page down", show=False, id="rows.page_down"),
        Binding("home", "go_to(0)", "First row", show=False, id="rows.first"),
        Binding("end", "go_to(-1)", "Last row", show=False, id="rows.last"),
    ]

    class Chosen(Message):
        """Another row was chosen."""

        def __init__(self, rows: "Rows", index: int) -> None:
            super().__init__()
            self.rows, self.index = rows, index

        @property
        def control(self) -> "Rows":
            """The rows among which it was chosen."""
            return self.rows

    def __init__(self, *, chooses: bool = True, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.chosen = 0
        self.follows = not chooses
        self._chooses = chooses
        self._count = 0
        self._draw_row: Draw = lambda _: Text()
        self._strips: dict[tuple[int, int], Strip] = {}

    def fill(self, count: int, draw: Draw) -> None:
        """Show `count` rows, each drawn by `draw(index)` when it is seen."""
        self._count, self._draw_row = count, draw
        self._strips.clear()
        self.chosen = min(self.chosen, max(count - 1, 0))
        self.virtual_size = Size(0, count)
        if self.follows:
            self._scroll_rows(self.max_scroll_y)
        self.refresh()

    def on_resize(self) -> None:
        """Stay where one was: at the end, or with the chosen row in sight."""
        if self.follows:
            self._scroll_rows(self.max_scroll_y)
        elif self._chooses:
            self.choose(self.chosen)

    def render_line(self, y: int) -> Strip:
        """Return the row at a line of the screen."""
        index, width = y + self.scroll_offset.y, self.size.width
        if index >= self._count:
            return Strip.blank(width, self.rich_style)
        if self._chooses and index == self.chosen:
            return self._strip(index, width, is_chosen=True)
        if (index, width) not in self._strips:
            self._strips[index, width] = self._strip(index, width, is_chosen=False)
        return self._strips[index, width]

    def _strip(self, index: int, width: int, is_chosen: bool) -> Strip:
        mark = (">" if self.app.has_class("-ascii") else "▸") if is_chosen else " "
        text = Text.assemble(mark if self._chooses else "", self._draw_row(index))
        style = self.rich_style
        if is_chosen:
            style = self.get_component_rich_style("rows--chosen")
        strip = Strip(text.render(self.app.console)).apply_style(style)
        return strip.adjust_cell_length(width, style)

    def notify_style_update(self) -> None:
        """Draw anew with the colours of another theme."""
        super().notify_style_update()
        self._strips.clear()

    def choose(self, index: int) -> None:
        """Choose a row, and bring it into sight."""
        index = min(max(index, 0), max(self._count - 1, 0))
        moved, self.chosen = index != self.chosen, index
        top, height = self.scroll_offset.y, self.size.height
        if index < top:
            self._scroll_rows(index)
        elif index >= top + height:
            self._scroll_rows(index - height + 1)
        self.refresh()
        if moved:
            self.post_message(self.Chosen(self, index))

    def action_go(self, rows: int) -> None:
        """Go up or down by some rows."""
        if self._chooses:
            self.choose(self.chosen + rows)
        else:
            self._scroll_by(rows)

    def action_go_pages(self, pages: int) -> None:
        """Go up or down by what fits on the screen."""
        self.action_go(pages * max(1, self.size.height - 1))

    def action_go_to(self, index: int) -> None:
        """Go to the first row (0) or the last one (-1)."""
        if self._chooses:
            self.choose(index if index >= 0 else self._count - 1)
        else:
            self._scroll_by(-self._count if index == 0 else self._count)

    def _scroll_by(self, rows: int) -> None:
        self._scroll_rows(min(max(self.scroll_offset.y + rows, 0), self.max_scroll_y))

    def _scroll_rows(self, top: float) -> None:
        """Show the rows from `top` on; forced, as the scroll bar may not be there yet."""
        self.scroll_to(y=top, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end again once it is reached."""
        super().watch_scroll_y(old_value, new_value)
        if not self._chooses:
            self.follows = new_value >= self.max_scroll_y

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        index = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if self._chooses and index < self._count:
            self.choose(index)
