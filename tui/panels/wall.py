"""A wall of pictures with captions: as many as fit, page by page, one of them chosen."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from engine.config import RunConfig
from engine.data.spec import Images
from engine.errors import DliError
from engine.events import RunPrepared
from tui import pictures
from tui.gallery import open_images
from tui.predicted import Places
from tui.strips import segments

Caption = Callable[[int, int], list[Text]]  # of a place, in so many cells; always as many lines
_SMALLEST, _LARGEST = 12, 40  # cells of a picture
_WITHOUT = 26  # cells of a caption that stands alone
_FEWEST, _ENOUGH = 4, 12  # pictures on a page, by its size
_CELLS_EACH = 250
_GAP = 2
_KEPT = 150  # pictures that stay drawn
_PATIENCE = 3.0  # seconds until pictures that were missing are looked for again
_PASS_SECONDS = 0.02  # of drawing pictures, between two chances for keys


@dataclass(frozen=True)
class Plan:
    """How a page is laid out: cells of a picture, rows of it and of a whole tile, tiles."""

    width: int
    height: int
    tile: int
    columns: int
    rows: int

    @property
    def page(self) -> int:
        """How many pictures stand on a page."""
        return self.columns * self.rows


def plan(
    size: tuple[int, int], shape: tuple[int, int] | None, caption: Callable[[int], int]
) -> Plan:
    """Return the layout that fills most of the page with enough pictures.

    Args:
        size: columns and rows of the page.
        shape: height and width of the pictures in pixels; None leaves room for captions alone.
        caption: tells how many lines a caption has at a width.
    """
    area = size[0] * size[1]
    enough = min(max(_FEWEST, area // _CELLS_EACH), _ENOUGH)
    if shape is None:
        return _planned(size, min(_WITHOUT, size[0] - 1), 0, caption)
    natural = shape[1] * (2 if shape[1] < _SMALLEST else 1)
    widths = range(min(max(natural, _SMALLEST), _LARGEST), _SMALLEST - 1, -1)
    plans = [
        _planned(size, width, max(1, round(shape[0] / shape[1] * width / 2)), caption)
        for width in widths
    ]
    whole = [each for each in plans if each.tile - 1 <= size[1]] or plans[-1:]
    many = [each for each in whole if each.page >= 0.6 * enough] or whole
    return max(many, key=lambda each: each.page * each.width * each.height)


def _planned(size: tuple[int, int], width: int, height: int, caption: Callable[[int], int]) -> Plan:
    tile = height + caption(width) + 1
    columns, rows = max(1, size[0] // (width + _GAP)), max(1, (size[1] + 1) // tile)
    return Plan(width, height, tile, columns, rows)


class Wall(Widget):
    """Shows the pictures of `places`; whoever holds it gives it the keys.

    Without pictures on this machine the captions stand alone, and `problem` says why.
    """

    DEFAULT_CSS = "Wall { height: 1fr; }"

    class Fetched(Message):
        """The pictures were found, or not: (N, H, W, C), or why there are none."""

        def __init__(self, key: object, images: Images | None, problem: str) -> None:
            super().__init__()
            self.key, self.images, self.problem = key, images, problem

    class Picked(Message):
        """A picture was clicked on; it is the chosen one now."""

    class Moved(Message):
        """Other pictures stand there, or another is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.places: Places = np.empty(0, np.int64)
        self.chosen = 0  # of places
        self.images: Images | None = None
        self.problem = ""
        self._rows: Places = self.places  # of the images, for each place of the split
        self._caption: Caption = lambda _place, _width: [Text()]
        self._key: object = None
        self._drawn: dict[tuple[int, int], list[list[Segment]]] = {}
        self._strips: list[Strip] | None = None
        self._look_again = 0.0
        self._is_behind = False  # pictures of the page are still to be drawn

    def hang(self, places: Places, rows: Places, caption: Caption) -> None:
        """Show these pictures; the chosen one stays chosen if it is still among them.

        Args:
            places: (M,) within the split.
            rows: (N,) of the images, for each place of the split.
            caption: returns the lines below a picture, by its place and their width.
        """
        before = self.place
        kept = np.flatnonzero(places == before) if before is not None else places[:0]
        self.chosen = int(kept[0]) if len(kept) else min(self.chosen, max(0, len(places) - 1))
        self.places, self._rows, self._caption = places, rows, caption
        self.draw_again()

    @property
    def place(self) -> int | None:
        """The place of the chosen picture within the split, or None on an empty wall."""
        return int(self.places[self.chosen]) if self.chosen < len(self.places) else None

    @property
    def plan(self) -> Plan:
        """How the page is laid out now."""
        first = int(self.places[0]) if len(self.places) else None
        shape = None if self.images is None else (self.images.shape[1], self.images.shape[2])
        size = (max(1, self.size.width), max(1, self.size.height))
        return plan(size, shape, lambda w: 1 if first is None else len(self._caption(first, w)))

    def span(self) -> str:
        """Return which pictures are seen: `13-24 of 117`."""
        per_page = self.plan.page
        first = self.chosen // per_page * per_page
        last = min(first + per_page, len(self.places))
        return f"{first + 1}-{last} of {len(self.places):,}" if last else "none"

    def move(self, by: int) -> None:
        """Choose another picture, so many places further."""
        if len(self.places):
            self.chosen = min(max(self.chosen + by, 0), len(self.places) - 1)
            self.draw_again()

    def move_rows(self, by: int) -> None:
        """Choose the picture so many rows below."""
        self.move(by * self.plan.columns)

    def turn(self, by: int) -> None:
        """Turn pages."""
        self.move(by * self.plan.page)

    def draw_again(self) -> None:
        """Draw the page anew, after anything changed."""
        self._strips = None
        self.refresh()
        self.post_message(self.Moved())

    def fetch(self, config: RunConfig, prepared: RunPrepared, split: str) -> None:
        """Look for the pictures of a run's split, without holding anything up."""
        key = (config.dataset, config.data, prepared.data_digest, split)
        if key == self._key and (not self.problem or time.monotonic() < self._look_again):
            return
        if key != self._key:
            self._key, self.images, self.problem = key, None, ""
            self._drawn.clear()
        self._look_again = time.monotonic() + _PATIENCE
        self.run_worker(
            lambda: self._look(key, config, prepared),
            thread=True, group="pictures", exclusive=True, exit_on_error=False,
        )  # fmt: skip

    def _look(self, key: tuple[object, ...], config: RunConfig, prepared: RunPrepared) -> None:
        try:
            found = self.Fetched(key, open_images(config, prepared, str(key[-1])), "")
        except (DliError, OSError, ValueError) as error:
            found = self.Fetched(key, None, str(error))
        self.post_message(found)

    def on_wall_fetched(self, event: Fetched) -> None:
        """Show the pictures, or say why not."""
        event.stop()
        if event.key != self._key:
            return
        self.images, self.problem = event.images, event.problem
        if self.images is not None and self._rows.max(initial=0) >= len(self.images):
            self.images, self.problem = None, "The run numbers pictures that its data set lacks."
        self.draw_again()

    def on_resize(self) -> None:
        """Fit the new size."""
        self._drawn.clear()
        self.draw_again()

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        super().notify_style_update()
        self._strips = None

    def render_line(self, y: int) -> Strip:
        """Return a line of the page."""
        if self._strips is None:
            self._strips = self._page()
        if y < len(self._strips):
            return self._strips[y].apply_style(self.rich_style)
        return Strip.blank(self.size.width, self.rich_style)

    def _page(self) -> list[Strip]:
        layout, until = self.plan, time.monotonic() + _PASS_SECONDS
        first = self.chosen // layout.page * layout.page
        lines: list[list[Segment]] = []
        for start in range(first, min(first + layout.page, len(self.places)), layout.columns):
            stop = min(start + layout.columns, first + layout.page, len(self.places))
            tiles = [self._tile(number, layout, until) for number in range(start, stop)]
            lines += [[s for tile in tiles for s in tile[y]] for y in range(layout.tile)]
        if self._is_behind:
            self._is_behind = False
            self.set_timer(0.01, self.draw_again)
        width = self.size.width
        return [Strip(line).adjust_cell_length(width, self.rich_style) for line in lines]

    def _tile(self, number: int, layout: Plan, until: float) -> list[list[Segment]]:
        """Return the lines of a picture with its caption, each `layout.width` and the gap wide."""
        place, console = int(self.places[number]), self.app.console
        is_chosen = number == self.chosen
        bar = Segment(self._bar(), Style(color=self.app.current_theme.primary, bold=True))
        left = bar if is_chosen else Segment(" ")
        lines = self._picture(int(self._rows[place]), layout, until)
        for caption in self._caption(place, layout.width):
            text = caption.copy()
            text.truncate(layout.width, overflow="ellipsis", pad=True)
            if is_chosen:
                text.stylize("bold")
            lines.append(segments(text, console))
        whole = [
            [left, *Segment.adjust_line_length(line, layout.width + _GAP - 1)] for line in lines
        ]
        return [*whole, [Segment(" " * (layout.width + _GAP))]]

    def _bar(self) -> str:
        return "|" if self.app.has_class("-ascii") else "▌"

    def _picture(self, row: int, layout: Plan, until: float) -> list[list[Segment]]:
        """Return the lines of a picture; empty ones if the time is over, to be drawn soon."""
        if self.images is None:
            return []
        key = (row, layout.width)
        if key not in self._drawn:
            if time.monotonic() > until:
                self._is_behind = True
                return [[Segment(" ")]] * layout.height
            if len(self._drawn) > _KEPT:
                self._drawn.clear()
            plain = self.app.no_color or self.app.has_class("-ascii")
            draw = pictures.characters if plain else pictures.half_blocks
            console = self.app.console
            lines = draw(self.images[row], layout.width)[: layout.height]
            self._drawn[key] = [segments(line, console) for line in lines]
        return list(self._drawn[key])

    def on_click(self, event: events.Click) -> None:
        """Choose the picture that was clicked on."""
        layout = self.plan
        column, row = event.x // (layout.width + _GAP), event.y // layout.tile
        number = self.chosen // layout.page * layout.page + row * layout.columns + column
        if column < layout.columns and row < layout.rows and number < len(self.places):
            event.stop()
            self.chosen = number
            self.draw_again()
            self.post_message(self.Picked())

    def on_mouse_scroll_down(self) -> None:
        """Go to the next page."""
        self.turn(1)

    def on_mouse_scroll_up(self) -> None:
        """Go to the page before."""
        self.turn(-1)
