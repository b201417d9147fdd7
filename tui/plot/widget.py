"""`Plot`: a chart that can be zoomed, read with a crosshair, smoothed and enlarged."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.plot.curve import Chart, Curve, Mark
from tui.plot.drawing import Brush, Line, body_lines, nothing_yet
from tui.plot.lens import Lens, Span
from tui.plot.pens import pen_of
from tui.plot.scene import Prepared, Scene, prepare, scene_of, whole_of
from tui.plot.title import Title, legend_line, reading_line

_WEIGHTS = (0.0, 0.6, 0.9)  # of the moving average, in the order of its key
_ZOOM, _PAN = 0.6, 0.2


class Plot(Widget, can_focus=True):
    """Draws curves; costs nothing while neither they nor its size nor the theme change.

    Args:
        smooth: the weight of the moving average to begin with.
    """

    DEFAULT_CSS = "Plot { height: 1fr; width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "crosshair", "Crosshair", id="plot.crosshair"),
        Binding("plus,equals_sign", "zoom(True)", "Zoom in", id="plot.in"),
        Binding("minus", "zoom(False)", "Zoom out", id="plot.out", show=False),
        Binding("0", "whole", "Whole", id="plot.whole", show=False),
        Binding("left", "move(-1)", "Left, or the crosshair", id="plot.left", show=False),
        Binding("right", "move(1)", "Right, or the crosshair", id="plot.right", show=False),
        Binding("shift+left", "move(-10)", "Far left", id="plot.far_left", show=False),
        Binding("shift+right", "move(10)", "Far right", id="plot.far_right", show=False),
        Binding("s", "smooth", "Smooth", id="plot.smooth"),
        Binding("l", "log", "Log", id="plot.log"),
        Binding("z,enter", "enlarge", "Enlarge", id="plot.enlarge"),
    ]

    class Moved(Message):
        """Where the user looks changed; charts that share an x axis pass the lens on by `look`."""

        def __init__(self, plot: "Plot") -> None:
            super().__init__()
            self.plot = plot

        @property
        def control(self) -> "Plot":
            """The plot."""
            return self.plot

    def __init__(
        self,
        *,
        smooth: float = 0.0,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        assert smooth in _WEIGHTS, f"{smooth} is none of {_WEIGHTS}"
        super().__init__(id=id, classes=classes)
        self.chart = Chart("", ())
        self.lens = Lens()
        self._weight = smooth
        self._asked_to_smooth = False
        self._wants_log: bool | None = None  # None until the user chooses
        self._curves: list[Prepared] = []
        self._whole: Span = (0.0, 1.0)
        self._scene: Scene | None = None
        self._strips: list[Strip] = []
        self._built_for: object = None
        self._dragged_from: float | None = None

    def draw(
        self,
        title: str,
        curves: Sequence[Curve],
        *,
        x_label: str = "epoch",
        x_text: Callable[[float], str] | None = None,
        x_steps: Sequence[float] = (),
        x_bounds: tuple[float, float] | None = None,
        y_text: Callable[[float, int], str] | None = None,
        y_bounds: tuple[float, float] = (-math.inf, math.inf),
        log_y: bool = False,
        marks: Sequence[Mark] = (),
    ) -> None:
        """Show curves; where one looks (zoom, crosshair, smoothing, log) stays as it is.

        Args:
            title: stands in the first line, with the legend.
            curves: from the one below to the one on top; none is "nothing yet".
            x_label: what the x axis counts.
            x_text: writes a number of the x axis; plain numbers if None.
            x_steps: distances between ticks to choose from, rising; 1, 2 and 5 if there are none.
            x_bounds: the whole of the x axis, for charts that share it; the curves' own if None.
            y_text: writes a number of the y axis with some digits, as `ticks.percent_text` does.
            y_bounds: the y axis never leaves them; points beyond are drawn at its end.
            log_y: begin with a logarithmic y axis, until the user chooses.
            marks: vertical lines.
        """
        chart = Chart(
            title, curves, x_label=x_label, x_text=x_text, x_steps=x_steps, x_bounds=x_bounds,
            y_text=y_text, y_bounds=y_bounds, log_y=log_y, marks=marks,
        )  # fmt: skip
        self.draw_chart(chart)

    def draw_chart(self, chart: Chart) -> None:
        """Show a chart that was made elsewhere, as `draw` does; the same again costs nothing."""
        before, self.chart = self.chart, chart
        if not chart.equals(before):
            self._prepare()

    def look(self, lens: Lens) -> None:
        """Look where another plot looks; posts nothing."""
        if lens != self.lens:
            self.lens = lens
            self._rebuild()

    @property
    def is_log(self) -> bool:
        """Whether the y axis is to be logarithmic."""
        return self.chart.log_y if self._wants_log is None else self._wants_log

    def render_line(self, y: int) -> Strip:
        """Return one line of the chart."""
        if self._state() != self._built_for:
            self._built_for = self._state()
            self._strips = self._built()
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)

    def _prepare(self) -> None:
        self._curves = prepare(self.chart.curves, self._weight)
        self._whole = whole_of(self.chart, self._curves)
        self._rebuild()

    def _rebuild(self) -> None:
        """Draw anew, and have only the lines shown that changed: mostly few, and they cost most."""
        if not self.size or self._built_for is None:
            self._built_for = None
            self.refresh()
            return
        before, self._strips = self._strips, self._built()
        self._built_for = self._state()
        both = zip_longest(before, self._strips)
        changed = [y for y, (old, new) in enumerate(both) if old is not new and old != new]
        if changed:
            self.refresh(*[Region(0, y, self.size.width, 1) for y in changed])

    def _state(self) -> tuple[object, ...]:
        return self.size, self.app.theme, self.has_focus

    def _built(self) -> list[Strip]:
        width, height = self.size
        brush, title = self._brush(), self._title()
        window = self.lens.window(self._whole)
        chart = replace(self.chart, log_y=self.is_log)
        self._scene = scene_of(chart, self._curves, window, (width, height))
        strips = [Strip(self._first_line(title, brush), width)]
        if self._scene is not None:
            strips += body_lines(self._scene, brush, self.lens.cursor)
        elif height > 2:
            strips += [Strip(line, width) for line in nothing_yet(width, height - 1, brush)]
        return strips[:height]

    def _first_line(self, title: Title, brush: Brush) -> Line:
        scene, cursor, width = self._scene, self.lens.cursor, self.size.width
        if scene is None or cursor is None or not scene.window[0] <= cursor <= scene.window[1]:
            return legend_line(title, self.chart.curves, brush, width)
        return reading_line(title, scene, brush, cursor, width)

    def _brush(self) -> Brush:
        _, _, background, foreground = self.colors
        return Brush(pen_of(self.app), foreground, background)

    def _title(self) -> Title:
        averaged = any(each.average is not None for each in self._curves)
        useless = self._asked_to_smooth and self._weight and not averaged
        words = ("log" * self.is_log, f"ema {self._weight:g}" * averaged,
                 "too short to smooth" * bool(useless))  # fmt: skip
        style = self.rich_style + Style(bold=True, reverse=self.has_focus)
        text = f" {self.chart.title} " if self.has_focus else self.chart.title
        return Title(text, style, " ".join(filter(None, words)))

    def _moved(self, lens: Lens) -> None:
        """Look elsewhere, and say so to those that share the x axis."""
        if lens != self.lens:
            self.look(lens)
            self.post_message(self.Moved(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave left and right to the screen while there is nothing here to move."""
        return action != "move" or self.lens.held or self.lens.width is not None

    def action_zoom(self, closer: bool) -> None:
        """Show a smaller or larger part of the x axis."""
        self._moved(self.lens.zoomed(_ZOOM if closer else 1 / _ZOOM, self._whole))

    def action_whole(self) -> None:
        """Show all of the x axis."""
        self._moved(self.lens.unzoomed())

    def action_move(self, columns: int) -> None:
        """Move the crosshair if it is held, else the window by steps of a twentieth."""
        low, high = self.lens.window(self._whole)
        if self.lens.held:
            per_column = (high - low) / (self._scene.columns if self._scene else 1)
            self._moved(self.lens.pointed_on(columns * per_column, self._whole))
        else:
            self._moved(self.lens.panned(columns * _PAN * (high - low), self._whole))

    def action_crosshair(self) -> None:
        """Hold the crosshair, where the pointer is or in the middle, or put it away."""
        low, high = self.lens.window(self._whole)
        at = (low + high) / 2 if self.lens.cursor is None else self.lens.cursor
        self._moved(self.lens.pointing(None if self.lens.held else at, held=True))

    def action_smooth(self) -> None:
        """Go on to the next moving average: none, light, strong."""
        self._asked_to_smooth = True
        self._weight = _WEIGHTS[(_WEIGHTS.index(self._weight) + 1) % len(_WEIGHTS)]
        self._prepare()

    def action_log(self) -> None:
        """Change between a linear and a logarithmic y axis."""
        self._wants_log = not self.is_log
        self._rebuild()

    def action_enlarge(self) -> None:
        """Fill the screen, or go back."""
        if self.screen.maximized is self:
            self.screen.minimize()
        else:
            self.screen.maximize(self, container=False)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in where the pointer is."""
        self._zoom_at(event, _ZOOM)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out where the pointer is."""
        self._zoom_at(event, 1 / _ZOOM)

    def _zoom_at(self, event: events.MouseEvent, factor: float) -> None:
        event.stop()
        self._moved(self.lens.zoomed(factor, self._whole, self._x_under(event)))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the chart."""
        self._dragged_from = self._x_under(event)
        self.capture_mouse()

    def on_mouse_up(self, _: events.MouseUp) -> None:
        """Let go."""
        self._dragged_from = None
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move what was taken hold of, or the crosshair."""
        at = self._x_under(event)
        if self._dragged_from is not None and at is not None:
            self._moved(self.lens.panned(self._dragged_from - at, self._whole))
        elif not self.lens.held:
            self._moved(self.lens.pointing(at, held=False))

    def on_leave(self, _: events.Leave) -> None:
        """Put the crosshair of the pointer away."""
        if not self.lens.held:
            self._moved(self.lens.pointing(None, held=False))

    def _x_under(self, event: events.MouseEvent) -> float | None:
        """Return the place on the x axis under the pointer; None beside the cells."""
        scene = self._scene
        column = event.x - (scene.margin if scene else 0)
        inside = scene is not None and 0 <= column < scene.columns and 0 < event.y <= scene.rows
        return scene.x_at(column + 0.5) if scene is not None and inside else None
