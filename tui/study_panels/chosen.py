"""The chosen trial beside or below the table: all its settings, its curve, and why it ended."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from bench.records import TrialRecord
from bench.report.words import short
from tui import format as fmt
from tui.palette import palette_of
from tui.plot import Plot
from tui.report.page import printable
from tui.study_panels.axes import shared_bounds, trial_curves
from tui.study_panels.curves import best_curves
from tui.study_panels.demands import demand_words
from tui.study_panels.snapshot import StudyView
from tui.study_panels.words import in_ascii, settings, state_of, state_style, value_of, why
from tui.ticks import percent_text


class ChosenLine(Static):
    """Two lines below the table, where there is no room for more."""

    DEFAULT_CSS = """
    ChosenLine { height: 2; padding: 0 1; background: $surface; text-wrap: nowrap;
                 text-overflow: ellipsis; }
    """

    def show(self, view: StudyView, trial: TrialRecord | None) -> None:
        """Show a trial's settings, and why it ended or its run."""
        assert view.record is not None
        if trial is None:
            self.update(Text("no trial yet: the first begins when the workers are up", "dim"))
            return
        palette = palette_of(self.app.current_theme)
        below = (why(trial), state_style(state_of(trial), palette)) if why(trial) else (
            _origin(trial), "dim"
        )  # fmt: skip
        text = Text.assemble(
            (f"{trial.number}  ", "bold"), settings(trial, view.record), "\n", below
        )
        self.update(in_ascii(text) if self.app.has_class("-ascii") else text)


class ChosenPanel(Vertical):
    """A column beside the table: the best so far, and below it the chosen trial."""

    DEFAULT_CSS = """
    ChosenPanel { padding: 0 1; border-left: vkey $panel; }
    ChosenPanel > Static { height: auto; max-height: 60%; }
    ChosenPanel > Plot { height: 1fr; min-height: 6; }
    """

    _seen: object = None
    _drawn_course: object = None

    def compose(self) -> ComposeResult:
        """Make both charts, the facts between them."""
        yield Plot(id="study-best")
        yield Static()
        yield Plot(id="study-trial")

    def show(self, view: StudyView, trial: TrialRecord | None) -> None:
        """Show the study's course, and a trial."""
        seen = view.now, trial, self.app.theme
        if view.record is None or seen == self._seen:
            return
        self._seen = seen
        palette = palette_of(self.app.current_theme)
        if (view.now, self.app.theme) != self._drawn_course:
            self._drawn_course = view.now, self.app.theme
            curves, floor = best_curves(view.record, palette)
            self.query_one("#study-best", Plot).draw(
                "best so far", curves, x_label="trials", y_text=percent_text, y_bounds=(floor, 1.0)
            )
        text = self._facts(view, trial) if trial else Text("no trial yet", "dim")
        self.query_one(Static).update(in_ascii(text) if self.app.has_class("-ascii") else text)
        first = view.best()
        curves = trial_curves(trial, view, palette, trial == first) if trial else []
        bounds = shared_bounds(view)
        self.query_one("#study-trial", Plot).draw(
            f"trial {trial.number}" if trial else "", curves, y_text=percent_text,
            y_bounds=(bounds.y_low, 1.0), x_bounds=(0.0, bounds.x_high),
        )  # fmt: skip

    def _facts(self, view: StudyView, trial: TrialRecord) -> Text:
        """Return all that is known of a trial, a line each."""
        assert view.record is not None
        palette = palette_of(self.app.current_theme)
        style = state_style(state_of(trial), palette)
        epochs = f"  {trial.epochs}/{view.record.epochs} epochs"
        text = Text.assemble((f"trial {trial.number}  ", "bold"), (state_of(trial), style),
                             f"  {fmt.percent(value_of(trial))}", (epochs, "dim"))  # fmt: skip
        if trial.baseline:
            text.append(f"\nbaseline {printable(trial.baseline)}", palette.accent)
        names = {path: short(path, view.record.space) for path in trial.params}
        longest = max(map(len, names.values()), default=0)
        for path, value in trial.params.items():
            text.append(f"\n{names[path]:{longest}}  ", "dim").append(fmt.setting(value), "bold")
        if why(trial):
            text.append(f"\n{why(trial)}", style)
        text.append(f"\n{_origin(trial)}", "dim")
        return text.append(f"\n{demand_words(view)}", palette.mark)


def _origin(trial: TrialRecord) -> str:
    """Return a trial's run, size and worker."""
    parts = [f"baseline {printable(trial.baseline)}"] * bool(trial.baseline)
    parts += [trial.run or "no run yet"]
    parts += [f"{fmt.short_count(trial.num_parameters)} parameters"] * bool(trial.num_parameters)
    parts += [f"by {trial.worker}"] * bool(trial.worker)
    return printable(", ".join(parts))
