"""What the run's model is made of: its layers, with their share of parameters and of work."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar, Self

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from engine.config import RunConfig
from engine.errors import DliError
from tui.panels.layer_rows import ORDERS, LayerTable
from tui.panels.panel import Panel
from tui.panels.rows import MARGIN, Rows
from tui.sources import RunView

_Found = dict[str, Any] | DliError  # what the helper answered


class LayersPanel(Panel):
    """The layers of the run's model; the helper process builds it, once for each run."""

    DEFAULT_CSS = """
    LayersPanel { layout: vertical; height: 1fr; }
    LayersPanel > Static { height: 1; padding: 0 1; text-wrap: nowrap; }
    LayersPanel > .about { height: auto; max-height: 3; text-wrap: wrap; }
    LayersPanel > .heading { color: $foreground 60%; }
    LayersPanel.-empty > .heading { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "order", "Order", id="layers.order"),
        Binding("g", "ask_again", "Ask again", id="layers.again"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.order_name = ORDERS[0]
        self._found: dict[Path, _Found] = {}
        self._asked: set[Path] = set()

    def compose(self) -> ComposeResult:
        """Make the list, with the totals above it."""
        yield Static(classes="about")
        yield Static(classes="heading")
        yield Rows()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Let the arrows go through the layers."""
        self.query_one(Rows).focus(scroll_visible)
        return self

    def facts(self, view: RunView) -> Hashable:
        """Return what the list depends on: the config never changes."""
        return (view.folder, view.folder.path in self._found, view.history.prepared is None)

    def redraw(self, view: RunView) -> None:
        """Draw the layers, or say why there are none."""
        found = self._found.get(view.folder.path)
        self.set_class(not isinstance(found, dict), "-empty")
        if isinstance(found, dict):
            return self._draw(found)
        self.query_one(Rows).fill(0, lambda _: Text())  # it stays, as it has the keys
        if found is not None:
            self._say(Text.assemble(("The layers cannot be shown: ", "bold"), str(found),
                                    "\nPress g to ask again."))  # fmt: skip
        else:
            self._say(Text("Building the model to look at its layers ..."))
            self._ask(view)
        return None

    def _say(self, text: Text) -> None:
        self.query_one(".about", Static).update(text)

    def _draw(self, found: dict[str, Any]) -> None:
        rows = self.query_one(Rows)
        width = self.size.width - MARGIN
        table = LayerTable(found, width, self.palette, self.lab.ascii_only, self.order_name)
        self._say(table.about())
        self.query_one(".heading", Static).update(table.heading())
        rows.fill(len(table.layers), table.row)

    def _ask(self, view: RunView) -> None:
        path = view.folder.path
        if path in self._asked:
            return
        try:
            config = view.history.config or view.folder.config()
        except DliError as error:
            self._take(path, error)
            return
        self._asked.add(path)
        self.run_worker(
            self._answered(path, config), group="layers", exclusive=False, exit_on_error=False
        )

    async def _answered(self, path: Path, config: RunConfig) -> None:
        try:
            found: _Found = await self.lab.helper.ask("summary", config, asker="layers")
        except DliError as error:
            found = error
        finally:  # a newer ask, of another run, cancels this one
            self._asked.discard(path)
        self._take(path, found)

    def _take(self, path: Path, found: _Found) -> None:
        self._found[path] = found
        self.show_again()

    def action_order(self) -> None:
        """Sort by another order."""
        self.order_name = ORDERS[(ORDERS.index(self.order_name) + 1) % len(ORDERS)]
        self.show_again()

    def action_ask_again(self) -> None:
        """Ask the helper once more, after it failed."""
        if self.view is not None and isinstance(self._found.get(self.view.folder.path), DliError):
            del self._found[self.view.folder.path]
            self.show_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer to ask again only where the answer was an error."""
        if action == "ask_again":
            view = self.view
            return view is not None and isinstance(self._found.get(view.folder.path), DliError)
        return True
