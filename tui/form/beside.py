"""What stands beside the form, or below it where there is no room: facts, and one view or more."""

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from engine.config import RunConfig
from engine.errors import DliError
from tui.form import live
from tui.form.asking import Asker
from tui.palette import palette_of
from tui.panels.layer_rows import ORDERS, LayerTable
from tui.plot import Plot
from tui.ticks import number_text

VIEWS = ("schedule", "samples", "layers")


class Beside(Vertical):
    """Shows what a config means, as far as the helper has answered."""

    _view = "samples"
    _is_open = False  # below the form, on narrow terminals
    _config: RunConfig | None = None  # the last one that was right

    def compose(self) -> ComposeResult:
        """Make all views; how many are seen depends on the size."""
        yield Static(id="facts")
        yield Plot(id="schedule")
        yield Static(id="samples")
        with VerticalScroll(id="layers"):
            yield Static()

    def show(self, config: RunConfig | None, asker: Asker) -> None:
        """Show a config; without one, what was shown last stays, and the facts are left open."""
        self._choose_views()
        self._show_facts(config, asker)
        self._config = config = config or self._config
        if config is None:
            return
        if self.query_one(Plot).display:
            speed = asker.answer("speed", config)
            plan = live.plan_of(config, speed if isinstance(speed, dict) else None)
            color = palette_of(self.app.current_theme).rate
            title, curve = live.schedule_curve(config, plan, color)
            self.query_one(Plot).draw(
                title, [curve], x_bounds=(0.0, float(config.epochs)), y_text=number_text
            )
        if self.query_one("#samples").display:
            self._show_samples(config, asker)
        if self.query_one("#layers").display:
            self._show_layers(config, asker)

    def next_view(self) -> None:
        """Go on to the next view; on narrow terminals, after the last one there is none."""
        views = self._choices()
        place = views.index(self._view) + 1 if self._view in views else 0
        if not self.screen.has_class("-narrow"):
            self._view = views[place % len(views)]
        elif not self._is_open:
            self._is_open, self._view = True, views[0]
        elif place < len(views):
            self._view = views[place]
        else:
            self._is_open = False

    def _choices(self) -> tuple[str, ...]:
        """Return the views to go through; with room, the schedule has a place of its own."""
        alone = self.screen.has_class("-narrow") or self.screen.has_class("-short")
        return VIEWS if alone else VIEWS[1:]

    def _choose_views(self) -> None:
        narrow = self.screen.has_class("-narrow")
        self.set_class(self._is_open and narrow, "-open")
        for view in VIEWS:
            is_chosen = view == self._view and (self._is_open or not narrow)
            self.set_class(is_chosen, f"-{view}")

    def _show_facts(self, config: RunConfig | None, asker: Asker) -> None:
        plain = self.app.has_class("-ascii")
        parts = live.facts(config, asker, "-" if plain else "–")
        facts = self.query_one("#facts", Static)
        if asker.progress is not None:
            parts[2] = (parts[2][0], live.progress_text(asker.progress))
        if self.screen.has_class("-narrow"):
            width = self.screen.size.width - 2
            line = live.facts_line(parts, width, " - " if plain else " · ")
            facts.update(
                line
                if config
                else Text("What the run costs stands here again once nothing is wrong.", "dim")
            )
            return
        table = Table.grid(padding=(0, 2, 0, 0))
        for name, value in parts:
            table.add_row(Text(name, "dim"), Text(value, "bold"))
        facts.update(table)

    def _show_samples(self, config: RunConfig, asker: Asker) -> None:
        samples = self.query_one("#samples", Static)
        found = asker.answer("augment", config)
        if isinstance(found, DliError):
            samples.update(Text(str(found), "dim"))
            return
        if found is None and asker.is_asking("augment", config):
            found = asker.last("augment")
        if found is None:
            asking = asker.is_asking("augment", config)
            told = "in a moment" if asking else "once the data set is here"
            samples.update(Text(f"Pictures come {told}.", "dim"))
            return
        region = samples.scrollable_content_region.size
        in_colour = not (self.app.has_class("-ascii") or self.app.no_color)
        lines = live.samples(found, (region.width, region.height), in_colour)
        samples.update(Text("\n").join(lines))

    def _show_layers(self, config: RunConfig, asker: Asker) -> None:
        place = self.query_one("#layers > Static", Static)
        found = asker.answer("summary", config)
        if isinstance(found, DliError):
            place.update(Text(str(found), "dim"))
            return
        found = found or asker.last("summary")
        if found is None:
            place.update(Text("Layers come in a moment.", "dim"))
            return
        width = self.query_one("#layers").scrollable_content_region.width - 1
        palette = palette_of(self.app.current_theme)
        table = LayerTable(found, width, palette, self.app.has_class("-ascii"), ORDERS[0])
        rows = [table.row(number) for number in range(len(table.layers))]
        place.update(Text("\n").join([Text.assemble((table.heading().plain, "dim")), *rows]))
