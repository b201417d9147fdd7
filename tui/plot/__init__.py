"""Charts for the screen: a braille drawing engine on numpy, and a widget to zoom and read them."""

from tui.plot.curve import Chart, Curve, Mark, Style
from tui.plot.lens import Lens
from tui.plot.pens import Pen, pen_of
from tui.plot.small import Bounds, small_chart
from tui.plot.widget import Plot

__all__ = [
    "Bounds",
    "Chart",
    "Curve",
    "Lens",
    "Mark",
    "Pen",
    "Plot",
    "Style",
    "pen_of",
    "small_chart",
]
