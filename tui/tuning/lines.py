"""A search as lines of text, for a pipe or a log: one line for each training that ended."""

import signal
from statistics import fmean

from bench.records import TrialRecord
from bench.report.words import counted
from bench.tuning_events import (
    StageBegan,
    StudyEnded,
    StudyOpened,
    TrialBegan,
    TrialEnded,
    TrialPutBack,
    TuningEvent,
    WorkerEnded,
)
from tui import format as fmt
from tui.report.page import printable
from tui.tuning.session import Record, Session, outcome
from tui.tuning.words import about, begun, crew, described, named, reason, summary

_GAP = "  "


def line(event: TuningEvent, session: Session) -> str | None:
    """Return what to print for an event, or None.

    Args:
        event: what just happened.
        session: all that happened, this event included.
    """
    match event:
        case StudyOpened():
            return _labelled("study", _GAP.join((event.id, about(session), crew(session))))
        case StageBegan():
            to_do = f"{fmt.count(event.to_do)} to do"
            return _labelled(event.stage, f"{to_do}, {fmt.count(event.finished)} done")
        case TrialBegan():
            return f"{begun(event)} goes on from its checkpoint" if event.again else None
        case TrialPutBack():
            return f"{_name_of(event, session)} is put back: {printable(event.reason)}"
        case WorkerEnded():
            return f"worker {event.worker} {_death(event.exit_code)}; its log: {event.log}"
        case TrialEnded():
            return _ended(event, session)
        case StudyEnded():
            return "\n".join(_labelled(label, text) for label, text in summary(session))
        case _:
            return None


def _labelled(label: str, text: str) -> str:
    return f"{label:9} {text}"


def _name_of(event: TrialPutBack, session: Session) -> str:
    began = session.begun.get(event.number)
    return begun(began) if began else f"trial {event.number}"


def _death(exit_code: int) -> str:
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was killed by signal {-exit_code}"


def _ended(event: TrialEnded, session: Session) -> str:
    """Return the line of a training that ended, its columns aligned with other lines."""
    record, width = event.record, len(str(event.target))
    done = f"{event.finished:>{width}}/{event.target}"
    state = outcome(record)
    parts = [done, named(record, width), f"{state:8}"]
    if state in ("infeasible", "failed"):
        parts.append(reason(record))
    else:
        parts += [f"val {fmt.percent(record.value):>8}", *_compared(record, session, width)]
        parts += [f"{_length(record):>14}", f"{fmt.duration(record.seconds):>9}"]
    if isinstance(record, TrialRecord):
        parts.append(described(record.params, session))
    return _GAP.join(parts).rstrip()


def _compared(record: Record, session: Session, width: int) -> list[str]:
    """Return what the value is to be seen beside: the best so far, or the mean over the seeds."""
    if isinstance(record, TrialRecord):
        best = session.best
        where = f"(trial {best.number})" if best else ""
        value = fmt.percent(best.value if best else None)
        return [f"best {value:>8} {where:{width + 8}}"]
    values = session.confirmed(record.candidate).values()
    mean = fmt.percent(fmean(values) if values else None)
    return [f"mean {mean:>8} of {counted(len(values), 'seed'):8}"]


def _length(record: Record) -> str:
    """Return how far it was trained."""
    if outcome(record) == "pruned":
        return f"after epoch {record.epochs}"
    return counted(record.epochs, "epoch")
