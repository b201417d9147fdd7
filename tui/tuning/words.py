"""Words that lines and live view share: settings, states, causes, and how a search ended."""

from bench.records import Params, TrialRecord
from bench.report.words import counted, short
from bench.space import same
from bench.study import Study
from bench.tuning_events import TrialBegan
from tui import format as fmt
from tui.names import short_dataset
from tui.report.page import printable
from tui.tuning.session import Record, Session, outcome

_LONGEST = 300  # characters of an error's message


def changed(params: Params, study: Study) -> Params:
    """Return the settings that differ from the study's base, in the order of its space."""
    base = study.base_values
    return {
        dimension.path: params[dimension.path]
        for dimension in study.space
        if dimension.path in params
        and not (dimension.path in base and same(params[dimension.path], base[dimension.path]))
    }


def settings(params: Params, study: Study) -> str:
    """Return what a configuration changes: `lr=0.031 batch_norm=true`, or `as the base`."""
    if not params:
        return ""
    parts = [
        f"{short(path, study.space)}={fmt.setting(value)}"
        for path, value in changed(params, study).items()
    ]
    return printable(" ".join(parts)) or "as the base"


def described(params: Params, session: Session) -> str:
    """Return the settings of a configuration, and its name if it is a baseline."""
    name = session.baseline_of(params)
    text = settings(params, session.study)
    if not name:
        return text
    name = f'baseline "{printable(name)}"'
    return f"{text} ({name})" if changed(params, session.study) else name


def reason(record: Record) -> str:
    """Return why a training was infeasible or failed, in one line."""
    cause, message = printable(record.cause) or "unknown", printable(record.message).strip()
    text = f"{cause}: {message}" if message else cause
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def about(session: Session) -> str:
    """Return what is trained: `digits  mlp  3 epochs`."""
    config, searched = session.study.config, {d.path for d in session.study.space}
    parts = [short_dataset(config.dataset)]
    parts += [config.model.name] * ("model.name" not in searched)
    parts += [counted(config.epochs, "epoch")] * ("epochs" not in searched)
    return "  ".join(map(printable, parts))


def crew(session: Session) -> str:
    """Return who works: `2 workers x 1 thread`."""
    if session.opened is None:
        return ""
    opened = session.opened
    return f"{counted(opened.workers, 'worker')} x {counted(opened.threads, 'thread')}"


def named(record: Record, width: int = 1) -> str:
    """Return which training it is: `trial 12`; confirming, also its seed."""
    if isinstance(record, TrialRecord):
        return f"trial {record.number:>{width}}"
    return f"trial {record.candidate:>{width}} seed {record.seed}"


def best_named(best: TrialRecord, session: Session) -> str:
    """Return which trial is the best and its settings; and if others may be better, that."""
    limits = "" if session.is_best_certain else "  (of this call)"
    return f"{named(best)}{limits}  {described(best.params, session)}".rstrip()


def begun(event: TrialBegan) -> str:
    """Return which training began, as `named` does."""
    if event.stage == "search":
        return f"trial {event.number}"
    candidate, seed = pair(event)
    return f"trial {candidate} seed {seed}"


def pair(event: TrialBegan) -> tuple[int, int]:
    """Return the candidate and the seed of a training of the confirm stage."""
    from bench.confirm import CANDIDATE, SEED  # Optuna comes with it, which only a search needs

    return int(event.params[CANDIDATE]), int(event.params[SEED])


def causes(session: Session) -> str:
    """Return why trials were infeasible or failed, the most frequent cause first."""
    told = sorted(session.causes().items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{fmt.count(number)} × {printable(cause)}" for cause, number in told)


def summary(session: Session) -> list[tuple[str, str]]:
    """Return what should stay on the screen when a search ends, each with its label."""
    rows = [("study", _ending(session)), ("trials", _states(session)), ("causes", causes(session))]
    best = session.best
    if best is not None:
        rows.append(("best", f"val {fmt.percent(best.value)}  {best_named(best, session)}"))
    rows += [("confirmed", _confirmed(session)), ("next", _next(session))]
    return [(label, text) for label, text in rows if text]


def _ending(session: Session) -> str:
    """Return how it ended: `mini@ad4e7d27  stopped: asked to  12 of 50 in 3 m 20 s`."""
    opened, ended = session.opened, session.ended
    if opened is None:
        return ""
    status: str = "ended by an error" if ended is None else ended.status
    if ended is not None and ended.reason and ended.reason != ended.status:
        status += f": {printable(ended.reason)}"
    done, target = (ended.finished, ended.target) if ended else (num_tried(session), opened.target)
    number = f"{fmt.count(done)} of {counted(target, 'configuration')}"
    return f"{opened.id}  {status}  {number}  {fmt.duration(session.seconds)}"


def num_tried(session: Session) -> int:
    """Return how many configurations were tried, by earlier calls too."""
    if session.opened is None or not session.is_confirming:
        return session.finished
    return max(session.opened.finished, len(session.trials))


def _states(session: Session) -> str:
    """Return how many trials of the search ended in which way; of earlier ones the number."""
    ended = [outcome(trial) for trial in session.trials]
    states = ("complete", "pruned", "infeasible", "failed")
    parts = [f"{fmt.count(ended.count(state))} {state}" for state in states if state in ended]
    earlier = (session.ended.finished if session.ended else num_tried(session)) - len(ended)
    parts += [f"{fmt.count(earlier)} earlier"] * (earlier > 0)
    parts += [f"{fmt.count(session.put_back)} put back"] * (session.put_back > 0)
    return ", ".join(parts)


def _confirmed(session: Session) -> str:
    """Return how much of the confirm stage is done, and how much is still to do."""
    done = [record for record in session.confirms if record.state == "complete"]
    candidates = counted(len({record.candidate for record in done}), "configuration")
    text = f"{candidates} with fresh seeds, {counted(len(done), 'training')}" if done else ""
    left = session.ended.to_confirm if session.ended else 0
    to_do = f"{counted(left, 'training')} to do" if left else ""
    return "; ".join(part for part in (text, to_do) if part)


def _next(session: Session) -> str:
    ended = session.ended
    if ended is None or ended.status in ("stopped", "time is up"):
        return "`dli tune` with the same options continues"
    if ended.status == "failed":
        return "mend the cause; `dli tune` with the same options continues"
    if ended.to_confirm:
        return "`dli tune --confirm-only` with the same options confirms the best"
    return f"`dli report {session.study.name}` says what is better, and how sure that is"
