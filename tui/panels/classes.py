"""How each class fares over the epochs: a heat strip of its recall, and its scores."""

from collections.abc import Hashable
from typing import ClassVar, Self

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.class_history import ClassHistory
from tui.panels.class_rows import ORDERS, ClassTable
from tui.panels.epochs import NO_VAL
from tui.panels.panel import Panel
from tui.panels.rows import MARGIN, Rows
from tui.plot import Plot
from tui.sources import RunView

_ROOMY = 18  # rows besides the classes, from which on the chosen one is drawn as curves


class ClassesPanel(Panel):
    """Recall by class and epoch as a strip; precision, recall and F1 of the followed epoch.

    `epoch` is None while the newest is followed.
    """

    DEFAULT_CSS = """
    ClassesPanel { layout: vertical; height: 1fr; }
    ClassesPanel > Static { height: 1; padding: 0 1; text-wrap: nowrap; }
    ClassesPanel > .about { color: $foreground 70%; }
    ClassesPanel > Static.told { background: $surface; height: auto; min-height: 2;
                                  max-height: 3; text-wrap: wrap; }
    ClassesPanel > Plot { display: none; padding: 1 1 0 1; }
    ClassesPanel.-empty > .heading { display: none; }
    ClassesPanel.-roomy > Rows { height: auto; }
    ClassesPanel.-roomy > Plot { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "order", "Order", id="classes.order"),
        Binding("left_square_bracket", "epoch(-1)", "Epoch back", id="classes.earlier"),
        Binding("right_square_bracket", "epoch(1)", "Epoch on", id="classes.later"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.order_name = ORDERS[0]
        self.epoch: int | None = None
        self._past = ClassHistory()
        self._table: ClassTable | None = None
        self._chosen = 0  # the number of the chosen class, wherever it stands

    def compose(self) -> ComposeResult:
        """Make the strip, with what it means above it and what the chosen row says below."""
        yield Static(classes="about")
        yield Static(classes="heading")
        yield Rows()
        yield Static(classes="told")
        yield Plot()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Let the arrows choose a class."""
        self.query_one(Rows).focus(scroll_visible)
        return self

    def facts(self, view: RunView) -> Hashable:
        """Return what the strip depends on: complete epochs alone."""
        history = view.history
        return (view.folder, len(history.epochs), len(history.resumes), history.prepared is None,
                history.has_val)  # fmt: skip

    def redraw(self, view: RunView) -> None:
        """Draw the strip and the sentence."""
        if self._past.take(view.history):
            self.set_timer(0.01, self.show_again)
        self._table = self._made(view)
        self.set_class(self._table is None, "-empty")
        spare = self.size.height - len(self._table.names if self._table else ())
        self.set_class(self._table is not None and spare >= _ROOMY, "-roomy")
        about = self.query_one(".about", Static)
        if self._table is None:
            self.query_one(Rows).fill(0, lambda _: Text())  # it stays, as it has the keys
            nothing = "No epoch is complete yet: each one adds a column here."
            about.update(nothing if view.history.has_val else NO_VAL)
            return self.query_one(".told", Static).update("")
        table, rows = self._table, self.query_one(Rows)
        about.update(table.about())
        self.query_one(".heading", Static).update(table.heading())
        rows.fill(len(table.names), table.row)
        rows.choose(table.order.tolist().index(self._chosen))
        return self._tell()

    def _tell(self) -> None:
        """Say and draw what is known of the chosen class."""
        assert self._table is not None
        self.query_one(".told", Static).update(self._table.sentence(self.query_one(Rows).chosen))
        if self.has_class("-roomy"):
            self.query_one(Plot).draw_chart(self._table.chart(self._chosen))

    def _made(self, view: RunView) -> ClassTable | None:
        prepared, config = view.history.prepared, view.history.config
        if prepared is None or not len(self._past) or not view.history.has_val:
            return None
        self._chosen = min(self._chosen, len(prepared.classes) - 1)
        return ClassTable(
            names=prepared.classes,
            past=self._past,
            epoch=min(self.epoch or len(self._past), len(self._past)),
            epochs=config.epochs if config else len(self._past),
            width=self.size.width - MARGIN,
            palette=self.palette,
            ascii_only=self.lab.ascii_only,
            order_name=self.order_name,
        )

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Say what the chosen row shows."""
        if self._table is not None:
            self._chosen = int(self._table.order[event.index])
            self._tell()

    def action_order(self) -> None:
        """Sort by another order."""
        self.order_name = ORDERS[(ORDERS.index(self.order_name) + 1) % len(ORDERS)]
        self.show_again()

    def action_epoch(self, epochs: int) -> None:
        """Go to an earlier or a later epoch; at the last one, follow the newest again."""
        last = len(self._past)
        epoch = max((self.epoch or last) + epochs, 1)
        self.epoch = epoch if epoch < last else None
        self.show_again()
