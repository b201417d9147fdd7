"""Parts of the live view: the best so far, what may matter, what went wrong, the last trials."""

import math

from rich.text import Text

from bench.records import TrialRecord
from bench.report.words import counted, short
from tui import format as fmt
from tui.charts import BLUE
from tui.labels import labelled
from tui.tuning.session import Session, outcome
from tui.tuning.slots import LOOKS
from tui.tuning.words import best_named, causes, described, named, reason

_BAR = 10  # columns of a share of 100 % in one line
_UNKNOWN = "not known yet: too few trials are complete"
_ACCENT = f"color({BLUE})"


def best_line(session: Session) -> Text:
    """Return the best of the search so far, with its settings."""
    best, label = session.best, "search best" if session.is_confirming else "best"
    if best is None:
        return labelled(label, fmt.MISSING)
    value = Text(fmt.percent(best.value), "bold green")
    return labelled(label, Text.assemble(value, f"  {best_named(best, session)}"))


def _shares(session: Session) -> list[tuple[str, float]]:
    """Return what each setting explains of the values so far, the largest share first."""
    if session.believed is None:
        return []
    known = [one for one in session.believed.shares.items() if math.isfinite(one[1])]
    shares = sorted(known, key=lambda share: -share[1])
    return [(short(path, session.study.space), share) for path, share in shares]


def belief_line(session: Session, width: int) -> Text:
    """Return what seems to matter in one line, as many settings as fit."""
    shares = _shares(session)
    if not shares:
        return labelled("may matter", Text(_UNKNOWN, style="dim"))
    line, end = labelled("may matter", ""), "preliminary"
    for name, share in shares:
        bar = "━" * max(1, round(share * _BAR))
        part = Text.assemble(f"{name} ", (bar, _ACCENT), f" {fmt.percent(share, 0)}   ")
        if line.cell_len + part.cell_len + len(end) <= width:
            line.append_text(part)
    return line.append(end, "dim")


def belief_block(session: Session, width: int, room: int) -> list[Text]:
    """Return what seems to matter as bars below each other, at most `room` lines."""
    shares = _shares(session)[: max(room - 1, 0)]
    lines = [Text("what may matter (preliminary)", style="dim")]
    if not shares:
        return [*lines, Text(_UNKNOWN, style="dim")][:room]
    longest = min(max(len(name) for name, _ in shares), width // 2)
    space = max(width - longest - 9, 1)
    for name, share in shares:
        bar = ("━" * round(share * space)).ljust(space)
        value = f"  {fmt.percent(share, 0):>5}"
        lines.append(Text.assemble(f"{name[:longest]:{longest}}  ", (bar, _ACCENT), value))
    return lines[:room]


def trouble_lines(session: Session) -> list[Text]:
    """Return what went wrong so far and how often, and why the last training failed."""
    told = "" if session.is_confirming else causes(session)
    parts = [told] * bool(told)
    parts += [f"{fmt.count(session.put_back)} put back"] * (session.put_back > 0)
    parts += [f"{counted(session.lost_workers, 'worker')} lost"] * (session.lost_workers > 0)
    lines = [labelled("went wrong", ", ".join(parts))] if parts else []
    failures = list(session.failures())
    if failures:
        last = failures[-1]
        text = Text.assemble(f"{named(last)}  ", (reason(last), LOOKS[outcome(last)][1]))
        lines.append(labelled("last failure", text))
    return lines


def last_trials(session: Session, room: int) -> list[Text]:
    """Return the trials of the search that ended last, the newest first, at most `room` lines."""
    if room < 2 or not session.trials:
        return []
    newest = session.trials[:-room:-1]
    return [Text("last trials", style="dim"), *[_trial(trial, session) for trial in newest]]


def _trial(trial: TrialRecord, session: Session) -> Text:
    state = outcome(trial)
    has_value = state in ("complete", "pruned")
    value = fmt.percent(trial.value) if has_value else state
    text = described(trial.params, session) if has_value else reason(trial)
    number = (f"{trial.number:>5} ", "bold")
    return Text.assemble(number, LOOKS[state], f" {value:>10}  ", (text, "dim"))
