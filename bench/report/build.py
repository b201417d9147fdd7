"""From all that is known of a study to its report. Imports no torch."""

from collections import Counter
from collections.abc import Generator

from bench.records import StudyRecord, TrialRecord
from bench.report import operations, slices
from bench.report.finalists import candidates, finalists
from bench.report.importance import importance
from bench.report.insights import insights
from bench.report.types import Report
from bench.report.verdict import verdict
from engine.data.spec import Progress


def _state(trial: TrialRecord) -> str:
    return trial.state if trial.feasible else "infeasible"


def build(study: StudyRecord) -> Generator[Progress, None, Report]:
    """Compute a study's report; yields how far it is, and returns the report."""
    shown = finalists(study)
    yield Progress("comparing trials", 0, 1)
    told = insights(study)
    yield Progress("comparing trials", 1, 1)
    shares, note = yield from importance(study)
    return Report(
        name=study.name,
        id=study.id,
        about=study.about,
        counts=dict(Counter(map(_state, study.trials))),
        epochs=study.epochs,
        num_val=study.num_val,
        verdict=verdict(study, shown),
        top=candidates(study, shown),
        insights=told,
        progress=operations.progress(study),
        baselines={t.baseline: t.value or 0.0 for t in study.ranked()[::-1] if t.baseline},
        importance=shares,
        importance_note=note,
        slices=slices.slices(study),
        rails=slices.rails(study),
        pareto_parameters=slices.pareto(study, lambda trial: trial.num_parameters),
        pareto_seconds=slices.pareto(study, lambda trial: trial.seconds),
        pruner=operations.audit(study),
        failures=operations.failures(study),
        workers=operations.workers(study),
        facts=dict(study.facts),
    )
