"""How a run stands: phase, progress, the last figures, the best, the ghost, and what is wrong."""

from collections.abc import Hashable, Sequence

from rich.text import Text
from textual.geometry import Region, Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widgets import Static

from engine.events import Notice
from engine.history import History
from engine.metrics import wilson_interval
from tui import diagnosis, lines, progress
from tui import format as fmt
from tui.ghost import gap_text
from tui.names import short_dataset, state_color, state_sign, unjudged
from tui.palette import Palette
from tui.panels.panel import Panel
from tui.sources import RunView

_LABEL = 9
_COUNTS = 36  # cells for what stands right of a bar
_MOST_BAR = 100


class StatusPanel(Panel, Static):
    """A few lines above everything else that is known of a run."""

    DEFAULT_CSS = "StatusPanel { height: auto; padding: 0 1; text-wrap: nowrap; }"

    _texts: Sequence[Text] = ()
    _had = 0  # lines at most, since the run is live
    _had_by: object = None

    def facts(self, view: RunView) -> Hashable:
        """Return what the lines depend on."""
        history = view.history
        return (
            view.folder, view.row.state, history.phase, len(history.steps), len(history.epochs),
            len(history.notices), history.finished, view.problem, view.reading,
            len(view.ghost.epochs) if view.ghost else 0,
        )  # fmt: skip

    def redraw(self, view: RunView) -> None:
        """Draw the lines."""
        width = max(self.size.width - 2, 20)
        lined = _Lines(view, width, self.palette, self.lab.ascii_only).all()
        drawn = [part for line in lined for part in self._folded(line, width)]
        for line in drawn:
            line.truncate(width, overflow="ellipsis")
        drawn += self._kept(view, len(drawn))
        before, self._texts = self._texts, drawn
        moved = len(drawn) != len(before)
        if moved or self.text_selection is not None:
            self.update(Text("\n").join(drawn), layout=moved)
            return
        changed = [y for y, (new, old) in enumerate(zip(drawn, before, strict=True)) if new != old]
        if changed:
            self.refresh(*[Region(0, y, self.size.width, 1) for y in changed])

    def _kept(self, view: RunView, count: int) -> list[Text]:
        """Return blank lines for a notice that comes and goes, so that the charts stay in place."""
        same = view.folder, view.is_live, self.size.width
        self._had = max(self._had if same == self._had_by else 0, count)
        self._had_by = same
        return [Text()] * (self._had - count if view.is_live else 0)

    def render_line(self, y: int) -> Strip:
        """Return one line; made here, as only the lines that changed are drawn again."""
        if self.text_selection is not None:
            return super().render_line(y)
        text = self._texts[y] if y < len(self._texts) else Text()
        strip = Strip(text.render(self.app.console)).apply_style(self.rich_style)
        return strip.adjust_cell_length(self.size.width, self.rich_style).apply_offsets(0, y)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many lines there are; what Textual was given last may be of another width."""
        return max(len(self._texts), 1)

    def selection_updated(self, selection: Selection | None) -> None:
        """Let Textual draw, and take the text from, what is selected."""
        self.update(Text("\n").join(self._texts), layout=False)
        super().selection_updated(selection)

    def _folded(self, line: Text, width: int) -> list[Text]:
        """Return a sentence that is too long in two lines; what is longer still is cut there."""
        line = Text(" ").join(line.split())  # one line, whatever an error says; all styles as spans
        line.expand_tabs()
        parts = line.wrap(self.app.console, width) if line.cell_len > width else [line]
        return [*parts[:1], *[Text(" ").join(parts[1:])] * (len(parts) > 1)]


class _Lines:
    """The lines of one view."""

    def __init__(self, view: RunView, width: int, palette: Palette, ascii_only: bool) -> None:
        self.view, self.history = view, view.history
        self.width, self.palette, self.ascii_only = width, palette, ascii_only

    def all(self) -> list[Text]:
        if self.view.problem:
            return [Text(self.view.problem, style=self.palette.bad)]
        if self.history.started is None:
            return [self._nothing_yet()]
        first = self._bars() if self.view.is_live else [self._ended(), self._result()]
        return [*first, self._figures(), self._best(), *self._trouble()]

    def _nothing_yet(self) -> Text:
        if self.view.is_live:
            return Text("starting: the training process is loading torch ...")
        if self.view.reading:
            return Text("reading the log ...")
        return Text("This run has no readable log: it never began, or a newer dli wrote it.")

    def _bars(self) -> list[Text]:
        phase, total = self.history.phase, self.history.config.epochs if self.history.config else 0
        name = phase.phase if phase else "starting"
        done, steps = progress.steps_in_epoch(self.history)
        text = f"step {done} of {steps}  {fmt.rate(progress.images_per_second(self.history))}"
        share = done / max(steps, 1)
        if name == "paused":
            text = (
                f"at step {done} of {steps}" if done else f"after epoch {len(self.history.epochs)}"
            )
        if phase and phase.phase not in ("training", "paused"):
            counted = f"{fmt.count(phase.done)} of {fmt.count(phase.total)}" if phase.total else ""
            text, share = counted or phase.what, phase.done / max(phase.total, 1)
        left = progress.remaining_seconds(self.history)
        epoch = min(len(self.history.epochs) + 1, total) if total else 0
        whole = f"epoch {epoch} of {total}"
        whole += f"  {fmt.duration(left)} left" if left is not None and name != "paused" else ""
        whole += "  reading the log" if self.view.reading else ""
        run_share = progress.epochs_done(self.history) / max(total, 1)
        return [self._bar(name, share, text), self._bar("run", run_share, whole)]

    def _bar(self, label: str, share: float, text: str) -> Text:
        color = self.palette.warn if label == "paused" else self.palette.good
        label = {"loading data": "loading", "validating": "judging"}.get(label, label)
        length = min(max(self.width - _LABEL - 2 - _COUNTS, 8), _MOST_BAR)
        filled = round(min(max(share, 0.0), 1.0) * length)
        full, rest = ("#", "-") if self.ascii_only else ("━", "─")
        return Text.assemble(
            (label[:_LABEL].ljust(_LABEL), "bold"), (full * filled, color),
            (rest * (length - filled), "dim"), f"  {text}",
        )  # fmt: skip

    def _ended(self) -> Text:
        row, ended = self.view.row, self.history.finished
        color = state_color(row.state, self.palette)
        sign = state_sign(row.state, self.ascii_only)
        parts = [self._trained()]
        if ended and ended.reason:
            why, _, _ = ended.reason.partition(": training diverged")  # what helps is said below
            parts.append(why)
        elif row.state == "interrupted":
            again = "R resumes it" if row.can_resume else "R begins it again"
            parts.append(f"its process is gone; {again}")
        return Text.assemble((f"{sign} {row.state}", f"bold {color}"), "  " + ": ".join(parts))

    def _trained(self) -> str:
        """Return how much was trained: whole epochs, and what was begun after them."""
        seconds = float((self.history.epochs["seconds"] + self.history.epochs["val_seconds"]).sum())
        count = len(self.history.epochs)
        done, per_epoch = progress.steps_in_epoch(self.history)
        if done and not count:
            return f"{fmt.count(done)} of {fmt.count(per_epoch)} steps trained"
        whole = f"{count} epoch{'s' * (count != 1)} trained in {fmt.duration(seconds)}"
        return f"{whole}, {fmt.count(done)} step{'s' * (done != 1)} more" if done else whole

    def _result(self) -> Text:
        ended = self.history.finished
        if ended is None or ended.test is None:
            return Text("test".ljust(_LABEL) + "not read", style="dim")
        test = ended.test
        bounds = wilson_interval(test.num_correct, test.num_pictures)
        right = f"{fmt.count(test.num_correct)} of {fmt.count(test.num_pictures)} right"
        reached = fmt.interval(test.accuracy, *bounds)
        return Text.assemble(
            ("test".ljust(_LABEL), "bold"), (reached, f"bold {self.palette.good}"),
            f"  {right}",
        )  # fmt: skip

    def _figures(self) -> Text:
        steps, epochs, palette = self.history.steps, self.history.epochs, self.palette
        parts: list[tuple[str, str, str]] = []
        if len(steps) and (self.view.is_live or not len(epochs)):
            parts.append(("loss", fmt.loss(float(steps["loss"][-1])), palette.train))
        elif len(epochs):
            parts.append(("loss", fmt.loss(float(epochs["train_loss"][-1])), palette.train))
        parts += self._of_epoch() if len(epochs) else []
        if len(steps) and self.view.is_live:
            parts.append(("lr", fmt.lr(float(steps["lr"][-1])), palette.rate))
        line = Text(("now" if self.view.is_live else "last").ljust(_LABEL), style="bold")
        if not parts:
            return line.append(fmt.MISSING, "not bold")
        for name, value, color in parts:
            if line.cell_len + len(name) + len(value) + 1 <= self.width:
                line.append(f"{name} ", "not bold dim")
                line.append(f"{value}   ", color)
        return line

    def _of_epoch(self) -> list[tuple[str, str, str]]:
        """Return the last epoch's accuracy on train, and what val says, each with its colour."""
        epochs, palette = self.history.epochs, self.palette
        accuracy = fmt.percent(float(epochs["train_accuracy"][-1]))
        if not self.history.has_val:
            return [("train accuracy", accuracy, palette.train)]
        return [
            ("val loss", fmt.loss(float(epochs["val_loss"][-1])), palette.val),
            ("accuracy", accuracy, palette.train),
            ("val", fmt.percent(float(epochs["val_accuracy"][-1])), palette.val),
        ]

    def _best(self) -> Text:
        history, config = self.history, self.history.config
        best = history.best_epoch
        line = Text(("best" if history.has_val else "weights").ljust(_LABEL), style="bold")
        if best is None or config is None:
            return line.append(fmt.MISSING, "not bold")
        if not history.has_val:
            return line.append(unjudged(best), "not bold")
        value = float(history.epochs[config.best_metric][best - 1])
        line.append(fmt.metric(config.best_metric, value), f"bold {self.palette.good}")
        line.append(f" at epoch {best}", "not bold")
        gap = gap_text(history, self.view.ghost) if self.view.ghost is not None else ""
        color = self.palette.good if "ahead" in gap else self.palette.ghost
        safe = history.checkpoint if self.view.is_live else None
        told = [(gap, color), (f"checkpoint at step {safe.step}" if safe else "", "dim")]
        for text, style in told:
            if text and line.cell_len + len(text) + 3 <= self.width:
                line.append(f"   {text}", f"not bold {style}")
        return line

    def _trouble(self) -> list[Text]:
        facts, epochs = self.view.row.facts, len(self.history.epochs)
        if facts and facts.epoch > epochs and not (self.view.is_live or self.view.reading):
            told = f"the log is damaged: it tells of {epochs} of the {facts.epoch} epochs trained"
            return [Text(told, style=self.palette.bad)]
        found = diagnosis.findings(self.history)
        if found:
            worst = found[0]
            return [
                Text.assemble(
                    (f"{worst.kind}: ", f"bold {self.palette.warn}"), worst.evidence,
                    (f"  a: {worst.remedy}", f"bold {self.palette.accent}"),
                )
            ]  # fmt: skip
        calm = ("pause", "continue")  # these can be seen; that a rate was changed cannot
        remarks = [
            event
            for event in lines.remarks(self.history)
            if isinstance(event, Notice) or event.command not in calm
        ]
        if not self.view.is_live:
            remarks = [r for r in remarks if isinstance(r, Notice) and r.level != "info"]
        return [Text(lines.told(event), style="dim") for event in remarks[-1:]]


def title_of(history: History, ascii_only: bool = False) -> str:
    """Return data and model in a few words."""
    config, dot = history.config, "-" if ascii_only else "·"
    return f"{short_dataset(config.dataset)} {dot} {config.model.name}" if config else ""
