"""How the search itself went: its course, what pruning saved, what failed, who was busy."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping

from bench.records import StudyRecord, TrialRecord
from bench.report.slices import is_complete
from bench.report.types import Failure, Interval, ProgressPoint, PrunerAudit, WorkerUse
from bench.report.words import counted
from bench.stats import rank_agreement

_ENDED = ("complete", "pruned", "failed")


def progress(study: StudyRecord) -> tuple[ProgressPoint, ...]:
    """Return the trials in the order in which they ended, each with the best complete so far."""
    ended = [t for t in study.trials if t.state in _ENDED]
    start = min((t.started for t in ended if t.started is not None), default=0.0)
    best: float | None = None
    points = []
    for trial in sorted(ended, key=lambda t: (_end(t), t.number)):
        if is_complete(trial) and trial.value is not None:
            best = trial.value if best is None else max(best, trial.value)
        since = max(trial.finished - start, 0.0) if trial.finished is not None else 0.0
        points.append(ProgressPoint(trial.number, since, _finite(trial.value), best, trial.state))
    return tuple(points)


def _end(trial: TrialRecord) -> float:
    return trial.finished if trial.finished is not None else math.inf


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def audit(study: StudyRecord) -> PrunerAudit:
    """Return what stopping early saved, and whether early looks agree with the end.

    The agreement rests on complete trials only: those that pruning let through. That range is
    narrower than all trials', so it tends to be understated.
    """
    pruned = [t for t in study.trials if t.state == "pruned" and t.feasible and t.epochs]
    ran = [t for t in study.finished() if t.epochs]
    saved = sum(max(study.epochs - t.epochs, 0) for t in pruned)
    full = study.epochs * len([t for t in ran if t.feasible])
    rung = Counter(sorted(t.epochs for t in pruned)).most_common(1)[0][0] if pruned else None
    pairs = _at_rung(study, rung) if rung else []
    agreement = rank_agreement([e for e, _ in pairs], [v for _, v in pairs]) if pairs else None
    return PrunerAudit(
        pruned=len(pruned),
        epochs_saved=saved,
        epochs_full=full,
        rung=rung,
        agreement=agreement,
        num_complete=len(pairs),
        sentence=_audit_sentence(len(pruned), saved, full, rung, agreement),
    )


def _at_rung(study: StudyRecord, rung: int) -> list[tuple[float, float]]:
    return [
        (trial.curve[rung - 1], trial.value)
        for trial in study.complete()
        if trial.value is not None and trial.epochs > rung and math.isfinite(trial.curve[rung - 1])
    ]


def _audit_sentence(
    pruned: int, saved: int, full: int, rung: int | None, agreement: Interval | None
) -> str:
    if not pruned:
        return "No trial was pruned."
    first = f"Pruning {counted(pruned, 'trial')} saved {saved:,} of {full:,} epochs."
    if agreement is None or agreement.low is None or agreement.high is None:
        return f"{first} Too few trials went on to say whether that was right."
    figures = (
        f"rank correlation {agreement.value:.2f}, 95 %: {agreement.low:.2f} to {agreement.high:.2f}"
    )
    if agreement.low > 0.3:
        verdict = f"Values after epoch {rung} agree with the end ({figures})."
    elif agreement.high < 0.5:
        verdict = (
            f"Values after epoch {rung} say little about the end ({figures}): raise search.warmup."
        )
    else:
        verdict = f"Whether values after epoch {rung} agree with the end is open ({figures})."
    return f"{first} {verdict}"


def failures(study: StudyRecord) -> tuple[Failure, ...]:
    """Return what went wrong by cause, the most frequent first; broken limits count too."""
    groups: defaultdict[str, list[TrialRecord]] = defaultdict(list)
    for trial in study.trials:
        if trial.state == "failed" or not trial.feasible:
            groups[trial.cause or "unknown"].append(trial)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Failure(
            cause=cause,
            count=len(trials),
            trials=tuple(trial.number for trial in trials),
            example=next((trial.message for trial in trials if trial.message), ""),
        )
        for cause, trials in ordered
    )


def workers(study: StudyRecord) -> tuple[WorkerUse, ...]:
    """Return how busy each worker was, by name."""
    spans: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for trial in study.trials:
        if trial.started is not None and trial.finished is not None and trial.worker:
            spans[trial.worker].append((trial.started, trial.finished))
    return tuple(_use(worker, spans) for worker in sorted(spans))


def _use(worker: str, spans: Mapping[str, list[tuple[float, float]]]) -> WorkerUse:
    own = spans[worker]
    return WorkerUse(
        worker=worker,
        trials=len(own),
        busy_seconds=sum(max(end - start, 0.0) for start, end in own),
        span_seconds=max(end for _, end in own) - min(start for start, _ in own),
    )
