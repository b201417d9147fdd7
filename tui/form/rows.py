"""The rows of one section as a widget: one line each, and an input that stands where the cursor is.

One input for all rows, moved and not made again, so that a section of twenty rows is shown at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Static
from textual.widgets.input import Selection

from tui.form.drawing import Look, Row, Sheet, draw, none_text
from tui.form.fields import START, Field
from tui.form.sections import NO_DIGIT
from tui.form.typing import Keys, Typing


class FormRows(VerticalScroll, can_focus=True):
    """Shows rows, of which one has the cursor; tells what is typed and chosen by messages."""

    DEFAULT_CSS = """
    FormRows { layers: sheet typing; height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden;
               background: $background; }
    FormRows > .sheet { layer: sheet; width: 1fr; height: auto; background: $background;
                        text-wrap: nowrap; }
    FormRows > Input { layer: typing; height: 1; background: $panel; }
    FormRows > .form--value { background: $surface; }
    FormRows > .form--cursor { background: $block-cursor-blurred-background; }
    FormRows:focus-within > .form--cursor { background: $block-cursor-background;
                                            color: $block-cursor-foreground; }
    FormRows > .form--changed { color: $accent; text-style: bold; }
    FormRows > .form--bad { color: $error; }
    FormRows > .form--warn { color: $warning; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "form--value", "form--cursor", "form--changed", "form--bad", "form--warn",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "go(-1)", "Row above", show=False, id="form.up"),
        Binding("down,tab", "go(1)", "Row below", show=False, id="form.down"),
        Binding("left", "step(-1)", "Value before", show=False, id="form.left"),
        Binding("right,space", "step(1)", "Next value", show=False, id="form.right"),
        Binding("enter", "pick", "Choose", show=False, id="form.pick"),
        Binding("pageup", "turn(-1)", "Section above", show=False, id="form.section_up"),
        Binding("pagedown", "turn(1)", "Next section", show=False, id="form.section_down"),
        Binding("escape", "leave", "Sections", id="form.leave"),
    ]

    class Typed(Message):
        """The text of a field changed."""

        def __init__(self, path: str, text: str) -> None:
            super().__init__()
            self.path, self.text = path, text

    class Stepped(Message):
        """Another value of a choice was taken."""

        def __init__(self, path: str, value: object) -> None:
            super().__init__()
            self.path, self.value = path, value

    class Picked(Message):
        """All values of a choice are asked for."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Moved(Message):
        """The cursor is on another row."""

    class Turned(Message):
        """Another section is asked for: `step` sections on, or the list of them where it is 0."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.cursor = 0
        self.keys = Keys(self)
        self.typing = Typing(self)
        self.typing.display = False
        self._sheet = Sheet((), (), (), 0, 0)

    def compose(self) -> ComposeResult:
        """Make the sheet and the input over it."""
        yield Static(classes="sheet")
        yield self.typing

    @property
    def look(self) -> Look:
        """The styles of the present theme."""
        names = ("value", "cursor", "changed", "bad", "warn")
        styles = {
            name: self.get_component_rich_style(f"form--{name}", partial=True) for name in names
        }
        return Look(**styles, ascii_only=self.app.has_class("-ascii"))

    @property
    def row(self) -> Row | None:
        """The row at the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    @property
    def is_active(self) -> bool:
        """Whether the keys go to the form."""
        return self.has_focus or self.typing.has_focus

    @property
    def is_typed(self) -> bool:
        """Whether the row at the cursor takes text."""
        return self.row is not None and self.row.field.kind == "text"

    def fill(self, rows: Sequence[Row]) -> None:
        """Show rows; the cursor stays on its field, or goes to the first row."""
        before = self._key(self.row)
        self.rows = rows
        keys = [self._key(row) for row in rows]
        self.cursor = keys.index(before) if before in keys else 0
        self._place(is_new=before not in keys)

    @staticmethod
    def _key(row: Row | None) -> tuple[str, str]:
        return (row.section, row.field.path) if row else ("", "")

    def show_text(self) -> None:
        """Put the row's text into the input, after something else than typing changed it."""
        if self.row is not None:
            self.typing.value = self.row.text

    def take_text(self, text: str) -> None:
        """Make a text the one of the row at the cursor, and tell it."""
        row = self.row
        if row is None or not self.is_typed or text == row.text:
            return
        rows = list(self.rows)
        rows[self.cursor] = replace(row, text=text)
        self.rows = rows
        self.post_message(self.Typed(row.field.path, text))

    def go_to(self, section: str, path: str = "") -> None:
        """Put the cursor on a field of a section, or on its first one."""
        for number, row in enumerate(self.rows):
            if row.section == section and path in ("", row.field.path):
                self._go(number)
                if not path:
                    top = max(self._sheet.tops[number] - 1, 0)  # its heading
                    self.call_after_refresh(self.scroll_to, y=top, animate=False)
                return

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new width."""
        self._place(is_new=False)

    def notify_style_update(self) -> None:
        """Draw anew with the colours of another theme."""
        super().notify_style_update()
        if self.is_mounted and self.rows:
            self.call_later(self._place, is_new=False)

    def _place(self, is_new: bool) -> None:
        """Draw the rows, and put the input where the cursor is."""
        width = self.scrollable_content_region.width
        if not width or not self.is_mounted:
            return
        before, self._sheet = self._sheet, draw(self.rows, width, self.cursor, self.look)
        self.query_one(".sheet", Static).update(
            Text("\n", end="").join(self._sheet.lines),
            layout=len(self._sheet.lines) != len(before.lines),
        )
        self._place_typing(is_new)
        if is_new:
            self._show_cursor()
            self.post_message(self.Moved())

    def _place_typing(self, is_new: bool) -> None:
        """Put the input where the cursor is, with the row's text, and move the focus."""
        row, typing = self.row, self.typing
        if row is not None and self.is_typed:
            typing.display = True
            typing.styles.offset = self._sheet.value_x, self._sheet.tops[self.cursor]
            typing.styles.width = self._sheet.value_width - 1
            if is_new:
                typing.value = row.text
                typing.selection = Selection(0, len(row.text))  # typing replaces it
                typing.placeholder = none_text(row.field)
        self._hold_focus()
        typing.display = self.is_typed  # hidden only now: what is hidden loses the focus

    def _hold_focus(self) -> None:
        """Give the focus to the input where something is typed, else to the rows, if it is here."""
        if self.screen.focused in (self, self.typing):
            self.screen.set_focus(self.typing if self.is_typed else self, scroll_visible=False)

    def _show_cursor(self) -> None:
        if not self._sheet.tops:
            return
        top = self._sheet.starts[self.cursor]
        ends = (*self._sheet.starts, len(self._sheet.lines))
        region = Region(0, top, 1, ends[self.cursor + 1] - top)
        self.call_after_refresh(self.scroll_to_region, region, animate=False)

    def on_focus(self) -> None:
        """Let the input have the keys where something is typed."""
        self._hold_focus()

    async def on_blur(self) -> None:
        """Do now what waited for the last keys that came here."""
        await self.keys.go_on()

    def _go(self, cursor: int) -> None:
        self.cursor = min(max(cursor, 0), max(len(self.rows) - 1, 0))
        self._place(is_new=True)

    async def on_key(self, event: events.Key) -> None:
        """Do what the key says."""
        await self.keys.take(event, self)

    def take_digit(self, character: str) -> bool:
        """Choose the value that begins with a digit; none of them goes to another screen."""
        row = self.row
        if row is None or not character.isdigit():
            return False
        for choice in row.field.choices if row.field.kind == "choice" else ():
            if str(choice).startswith(character):
                self.post_message(self.Stepped(row.field.path, choice))
                return True
        if character in "1234567":
            self.app.notify(NO_DIGIT.format(character))
        return True

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on what was clicked; a second click on a choice opens it."""
        place = event.get_content_offset_capture(self)
        number = self._sheet.row_at(place.y + int(self.scroll_y))
        if number is None:
            return
        is_value = place.x >= self._sheet.value_x
        again = number == self.cursor or is_value
        self._go(number)
        self.focus()
        if again and is_value and place.x < self._sheet.value_x + self._sheet.value_width:
            self.action_pick()

    def action_go(self, step: int) -> None:
        """Go up or down."""
        self._go(self.cursor + step)

    def action_step(self, step: int) -> None:
        """Take the value before or after."""
        row = self.row
        if row is None or row.field.kind == "text":
            return
        if row.field.path == START:  # each would replace the whole form
            self.action_pick()
            return
        choices = row.field.choices
        texts = [str(choice) for choice in choices]
        if row.field.kind == "switch":
            self.post_message(self.Stepped(row.field.path, row.text != "true"))
        elif row.text in texts:
            value = choices[(texts.index(row.text) + step) % len(choices)]
            self.post_message(self.Stepped(row.field.path, value))
        else:
            self.post_message(self.Stepped(row.field.path, choices[0]))

    def action_pick(self) -> None:
        """Choose from all values; a switch is just turned."""
        row = self.row
        if row is not None and row.field.kind == "choice":
            self.post_message(self.Picked(row.field))
        else:
            self.action_step(1)

    def action_turn(self, step: int) -> None:
        """Go to another section."""
        self.post_message(self.Turned(step))

    def action_leave(self) -> None:
        """Leave the input, for the list of sections."""
        self.post_message(self.Turned(0))
