"""The course of the search, pruning, failures and workers."""

import math
from dataclasses import replace

import pytest

from bench.records import StudyRecord, TrialRecord
from bench.report.operations import audit, failures, progress, workers
from bench.report.types import Report


def test_the_best_so_far_never_falls_and_ends_with_the_best(
    study: StudyRecord, report: Report
) -> None:
    best = [point.best for point in report.progress if point.best is not None]
    assert best == sorted(best)
    assert best[-1] == study.ranked()[0].value


def test_points_go_by_the_time_at_which_trials_ended(report: Report) -> None:
    times = [point.finished_seconds for point in report.progress]
    assert times == sorted(times)
    assert len(times) == 60


def test_a_pruned_value_is_no_best_and_nan_is_no_value(study: StudyRecord) -> None:
    trials = (
        TrialRecord(0, "pruned", {}, value=0.99, started=0.0, finished=1.0),
        TrialRecord(1, "pruned", {}, value=math.nan, feasible=False, started=0.0, finished=2.0),
        TrialRecord(2, "complete", {}, value=0.5, started=1.0, finished=3.0),
        TrialRecord(3, "running", {}, started=3.0),
    )
    found = progress(replace(study, trials=trials))
    assert [(p.value, p.best) for p in found] == [(0.99, None), (None, None), (0.5, 0.5)]


def test_the_audit_counts_epochs_that_were_not_trained(study: StudyRecord, report: Report) -> None:
    cut = [t for t in study.trials if t.state == "pruned" and t.feasible]
    assert report.pruner.pruned == len(cut)
    assert report.pruner.epochs_saved == sum(10 - len(t.curve) for t in cut)
    assert report.pruner.rung == 3
    assert report.pruner.sentence == (
        "Pruning 18 trials saved 108 of 540 epochs. Values after epoch 3 agree with the end"
        " (rank correlation 0.90, 95 %: 0.80 to 0.96)."
    )


def curved(number: int, early: float, value: float) -> TrialRecord:
    return TrialRecord(number, "complete", {}, value=value, curve=(early, early, value))


CUT = TrialRecord(99, "pruned", {}, value=0.1, curve=(0.1,))


def test_early_values_that_say_nothing_are_called_so(study: StudyRecord) -> None:
    trials = (CUT, *(curved(n, (n * 37 % 41) / 41, n / 41) for n in range(41)))
    found = audit(replace(study, trials=trials, epochs=3))
    assert found.agreement.high < 0.5
    assert "say little about the end" in found.sentence


def test_an_open_agreement_is_called_open(study: StudyRecord) -> None:
    order = [1, 0, 3, 2, 5, 7, 4, 6]
    trials = (CUT, *(curved(n, early / 10, n / 10) for n, early in enumerate(order)))
    assert "is open" in audit(replace(study, trials=trials, epochs=3)).sentence


def test_missing_and_nan_values_at_the_rung_are_left_out(study: StudyRecord) -> None:
    trials = (CUT, curved(0, math.nan, 0.5), curved(1, 0.4, 0.6), curved(2, 0.3, 0.5))
    found = audit(replace(study, trials=trials, epochs=3))
    assert found.num_complete == 2
    assert found.agreement.low is None
    assert found.sentence.endswith("Too few trials went on to say whether that was right.")


def test_without_pruning_there_is_nothing_to_audit(study: StudyRecord) -> None:
    found = audit(replace(study, trials=study.complete()))
    assert (found.pruned, found.epochs_saved, found.rung) == (0, 0, None)
    assert found.sentence == "No trial was pruned."


def test_failures_are_grouped_by_cause_limits_among_them(report: Report) -> None:
    assert [(f.cause, f.count, f.trials) for f in report.failures] == [
        ("DataError", 3, (11, 30, 49)),
        ("memory_gb", 3, (9, 26, 43)),
    ]
    assert report.failures[0].example == "cannot read picture 11."


def test_a_failure_without_a_cause_is_unknown(study: StudyRecord) -> None:
    (found,) = failures(replace(study, trials=(TrialRecord(0, "failed", {}),)))
    assert (found.cause, found.example) == ("unknown", "")


def test_workers_are_busy_most_of_their_time(report: Report) -> None:
    assert [use.worker for use in report.workers] == ["machine-a:0", "machine-a:1"]
    assert sum(use.trials for use in report.workers) == 60
    for use in report.workers:
        assert 0.95 < use.busy_seconds / use.span_seconds < 1


def test_a_trial_of_no_worker_is_nobodys(study: StudyRecord) -> None:
    trials = (TrialRecord(0, "complete", {}, value=0.5, started=0.0, finished=1.0),)
    assert workers(replace(study, trials=trials)) == ()


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_trials_are_no_trouble(study: StudyRecord, count: int) -> None:
    few = replace(study, trials=study.trials[:count])
    assert len(progress(few)) == count
    assert audit(few).pruned == 0
