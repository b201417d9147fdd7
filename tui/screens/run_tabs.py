"""The tabs of the Run screen; each panel is imported when it is first looked at."""

from textual.widget import Widget

TABS = (
    ("curves", "Curves"),
    ("confusion", "Confusion"),
    ("classes", "Classes"),
    ("mistakes", "Mistakes"),
    ("layers", "Layers"),
    ("config", "Config"),
    ("log", "Log"),
)


def make_panel(name: str) -> Widget:
    """Return a new panel for a tab; it has the class `panel`, and takes runs by `show`."""
    panel = _made(name)
    panel.add_class("panel")
    return panel


def _made(name: str) -> Widget:
    match name:
        case "curves":
            from tui.panels.curves import CurvesPanel

            return CurvesPanel()
        case "confusion":
            from tui.panels.confusion import ConfusionPanel

            return ConfusionPanel()
        case "classes":
            from tui.panels.classes import ClassesPanel

            return ClassesPanel()
        case "mistakes":
            from tui.panels.mistakes import MistakesPanel

            return MistakesPanel()
        case "layers":
            from tui.panels.layers import LayersPanel

            return LayersPanel()
        case "config":
            from tui.panels.config import ConfigPanel

            return ConfigPanel()
        case _:
            from tui.panels.log import LogPanel

            return LogPanel()
