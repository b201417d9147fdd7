"""A panel in its tab of the Run screen."""

from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import TabbedContent

from tests.tui.screens.conftest import front
from tui.panels.panel import Panel
from tui.screens.run import RunScreen

PanelType = TypeVar("PanelType", bound=Panel)


async def in_tab(pilot: Pilot[Any], name: str, kind: type[PanelType]) -> PanelType:
    """Open the tab, and return its panel once it has drawn and has the keys."""
    screen = await front(pilot, RunScreen)
    screen.query_one("#tabs", TabbedContent).active = name
    for _ in range(500):
        await pilot.pause(0.02)
        found = screen.query(kind)
        if found and pilot.app.focused in found.first().query("*") and _has_drawn(found.first()):
            await pilot.pause(0.1)
            return found.first()
    raise AssertionError(f"{kind.__name__} did not come up")


def _has_drawn(panel: Widget) -> bool:
    """Tell whether a panel has a place on the screen, and drew there."""
    return bool(panel.size) and getattr(panel, "_drawn", True) is not None
