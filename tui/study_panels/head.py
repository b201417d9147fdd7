"""The lines above a study: how far it is, the best so far, what it does and what runs."""

from collections import Counter

from rich.text import Text
from textual.widgets import Static

from bench.records import TrialRecord
from bench.report.words import counted
from tui import format as fmt
from tui.palette import Palette, palette_of
from tui.report.page import printable
from tui.study_panels.snapshot import ENDED, Record, StudyView
from tui.study_panels.words import (
    STATES,
    WHAT,
    activity_style,
    glyph,
    in_ascii,
    named,
    settings,
    state_of,
    state_style,
)
from tui.tuning.slots import cells_of

_BARS = {
    "complete": "━", "pruned": "╍", "infeasible": "∅", "failed": "×", "running": "┅",
    "waiting": "─",
}  # fmt: skip
_ASCII_BARS = {
    "complete": "=", "pruned": "-", "infeasible": "0", "failed": "x", "running": ">",
    "waiting": ".",
}  # fmt: skip
_LABEL = 15  # columns before the best and what runs
_NEXT = {
    "interrupted": "its workers are gone; g goes on from their checkpoints",
    "stopped": "g goes on with the search",
    "unconfirmed": "c trains the best again with fresh seeds, g searches on",
    "finished": "v shows the verdict, g searches on",
}


class StudyHead(Static):
    """Four lines that say how a study stands."""

    DEFAULT_CSS = """
    StudyHead { height: 4; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    StudyHead.-before { height: auto; max-height: 12; text-wrap: wrap; }
    """

    _view: StudyView | None = None

    def show(self, view: StudyView) -> None:
        """Show how it stands now."""
        self._view = view
        self.set_class(view.record is None, "-before")
        width = max(self.size.width, 20)
        text = Text("\n").join(self._lines(view, width))
        self.update(in_ascii(text) if self.app.has_class("-ascii") else text)

    def on_resize(self) -> None:
        """Fit the new width."""
        if self._view is not None:
            self.show(self._view)

    def _lines(self, view: StudyView, width: int) -> list[Text]:
        palette, plain = palette_of(self.app.current_theme), self.app.has_class("-ascii")
        if view.record is None:
            return _before(view, palette)
        counts = _counts(view)
        lines = [_bar(view, counts, width, palette, plain), _legend(counts, palette, plain)]
        lines += [_best(view, palette), _doing(view, palette)]
        for line in lines:
            line.truncate(width, overflow="ellipsis")
        return lines


def _before(view: StudyView, palette: Palette) -> list[Text]:
    """Return what is known of a study before its first trial."""
    tuner = view.tuner
    problem = view.problem or (tuner.problem if tuner else "")
    if problem:
        return [Text(problem, style=palette.bad), Text("esc goes back to the list", style="dim")]
    phase = tuner.phase if tuner else "reading the study"
    lines = [Text.assemble(("preparing  ", f"bold {palette.accent}"), phase)]
    if tuner is not None:
        lines += [Text(tuner.command, style="dim"), Text(f"log: {tuner.log}", style="dim")]
    return lines


def _counts(view: StudyView) -> dict[str, int]:
    """Return how many configurations are in each state; those still to be drawn wait."""
    assert view.now is not None
    found = Counter(state_of(trial) for trial in view.now.record.trials)
    found["waiting"] += max(0, view.now.target - found.total())
    return {state: found[state] for state in STATES}


def _bar(
    view: StudyView, counts: dict[str, int], width: int, palette: Palette, plain: bool
) -> Text:
    done = f"  {fmt.count(view.num_ended())} of {fmt.count(sum(counts.values()))} trials"
    bar = Text(no_wrap=True)
    for state, number in cells_of(counts, max(width - len(done), 8)).items():
        character = (_ASCII_BARS if plain else _BARS)[state]
        bar.append(character * number, state_style(state, palette))
    return bar.append(done, "bold")


def _legend(counts: dict[str, int], palette: Palette, plain: bool) -> Text:
    parts = [
        Text.assemble(
            (glyph(state, plain), state_style(state, palette)), f" {fmt.count(number)} {state}"
        )
        for state, number in counts.items()
        if number
    ]
    parts.append(Text("★ best  b baseline", style="dim"))
    return Text("   ").join(parts)


def _best(view: StudyView, palette: Palette) -> Text:
    best = view.best()
    if best is None or view.record is None:
        return Text("best".ljust(_LABEL) + "none yet: no trial was trained to its end", style="dim")
    return Text.assemble(
        ("best".ljust(_LABEL), "dim"),
        (fmt.percent(best.value), f"bold {palette.good}"),
        ("  val at ", "dim"),
        f"{named(best)}  ",
        (settings(best, view.record), ""),
    )


def _doing(view: StudyView, palette: Palette) -> Text:
    """Return what the study does, and what runs of it or what can be done."""
    style = f"bold {activity_style(view.activity, palette)}"
    text = Text.assemble((f"{WHAT[view.activity]:{_LABEL}}", style))
    problem = view.problem or (view.tuner.problem if view.tuner and not view.is_live else "")
    if problem:
        return text.append(problem, palette.bad)
    if view.activity == "confirming":
        text.append(_confirmed(view))
    running = view.running()
    if running and view.is_live:
        text.append(_speed(view))
        for one in running:
            text.append_text(_running(one, view, palette))
        return text
    if view.is_live:
        phase = view.tuner.phase if view.tuner and view.activity == "preparing" else ""
        return text.append(phase or "the next trial begins", "dim")
    text.append(_confirmed(view))
    return text.append(_next(view), "dim")


def _next(view: StudyView) -> str:
    """Return what can be done with a study that nobody works on."""
    trials = view.record.trials if view.record else ()
    queued = [trial for trial in trials if trial.state == "waiting"]
    if view.activity == "stopped" and queued:
        if len(queued) == 1:
            return f"{named(queued[0])} waits; g trains it"
        return f"{counted(len(queued), 'trial')} wait; g trains them"
    return _NEXT.get(view.activity, "")


def _speed(view: StudyView) -> str:
    """Return how long the rest takes, as far as that can be told."""
    left = remaining_seconds(view)
    return f"about {fmt.duration(left)} left   " if left is not None else ""


def remaining_seconds(view: StudyView) -> float | None:
    """Return how long the search may still take; None before two trials have ended.

    As long as those that ended on average, the pruned among them, shared by those that run.
    """
    if view.now is None:
        return None
    trials = view.now.record.trials
    took = [t.finished - t.started for t in trials
            if t.state in ENDED and t.finished and t.started]  # fmt: skip
    running = [t for t in trials if t.state == "running"]
    left = view.now.target - view.num_ended()
    if len(took) < 2 or not running or left < 1:
        return None
    mean = sum(took) / len(took)
    begun = sum(min(mean, max(0.0, view.at - (t.started or view.at))) for t in running)
    return max(mean * left - begun, 0.0) / len(running)


def _running(one: Record, view: StudyView, palette: Palette) -> Text:
    state, total = view.states.get(one.run), view.record.epochs if view.record else 0
    name = f"trial {one.number}" if isinstance(one, TrialRecord) else (
        f"trial {one.candidate} seed {one.seed}"
    )  # fmt: skip
    text = Text.assemble((name, f"bold {palette.accent}"))
    if state is None:
        return text.append(" starting   ", "dim")
    value = fmt.percent(state.sparkline[-1]) if state.sparkline else printable(state.phase)
    return text.append(f" {state.epoch}/{total or state.epochs} ").append(f"{value}   ", "dim")


def _confirmed(view: StudyView) -> str:
    """Return how much of the confirm stage is done."""
    assert view.now is not None
    confirms = view.now.record.confirms
    ended = sum(run.state in ENDED for run in confirms)
    total = len(confirms) + view.now.to_confirm
    return f"{ended} of {counted(total, 'confirm run')} done   " if ended else ""
