"""The verdict claims what the evidence carries, in plain sentences."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.records import ConfirmRecord, StudyRecord, TrialRecord
from bench.report.finalists import finalists
from bench.report.types import Verdict
from bench.report.verdict import verdict
from tests.bench.report.synthetic import synthetic_study


def judged(study: StudyRecord) -> Verdict:
    return verdict(study, finalists(study))


def with_confirms(
    study: StudyRecord, change: Callable[[ConfirmRecord], ConfirmRecord | None]
) -> StudyRecord:
    changed = [change(run) for run in study.confirms]
    return replace(study, confirms=tuple(run for run in changed if run is not None))


def baselines(study: StudyRecord) -> set[int]:
    return {trial.number for trial in study.trials if trial.baseline}


def test_a_clear_study_reads_like_this(study: StudyRecord) -> None:
    assert judged(study).sentences == (
        "Take trial 33: batch_norm = true, width = 96, lr = 0.0445, label_smoothing = 0,"
        " schedule.name = exponential, gamma = 0.959.",
        "Validation accuracy 94.48 % (95 %: 93.8 to 95.2; 3 fresh seeds, 5,000 pictures).",
        'Against the best baseline, "batch norm only": +1.5 points (95 %: 0.8 to 2.1; paired by'
        " seed).",
        "It really beats the runner-up, trial 37, with a probability of 76 %.",
        "Not told apart from it, with all 7 compared at once: trial 37, trial 36, trial 29 and"
        " trial 18.",
        "The search saw 95.40 %; fresh seeds gave -0.92 points: its value was a lucky one.",
        "Being the best of 5 confirmed means, its mean is probably still 0.27 points too high.",
        "Test accuracy 94.42 % (95 %: 93.9 to 95.0; 3 seeds).",
    )


def test_its_figures_say_the_same(study: StudyRecord) -> None:
    found = judged(study)
    assert found.kind == "better"
    assert found.recommended.trial == 33
    assert found.best_baseline.baseline == "batch norm only"
    assert found.gap_to_baseline.value == pytest.approx(0.0146)
    assert found.tied == (37, 36, 29, 18)
    assert found.shrinkage == pytest.approx(0.0092)
    assert found.settings == study.trials[33].params


def test_a_lead_within_the_noise_is_not_enough_evidence(study: StudyRecord) -> None:
    """The baselines are lifted until the lead is one standard error."""
    found = judged(
        with_confirms(
            study,
            lambda run: (
                replace(run, value=run.value + 0.011) if run.candidate in baselines(study) else run
            ),
        )
    )
    assert found.kind == "not enough evidence"
    assert found.sentences[0].startswith("Not enough evidence that anything beats every baseline")
    assert found.gap_to_baseline.low < 0 < found.gap_to_baseline.high
    assert 1 in found.tied
    assert any("seeds" in sentence and "tell" in sentence for sentence in found.sentences)


def test_a_baseline_ahead_is_named_as_such(study: StudyRecord) -> None:
    found = judged(
        with_confirms(
            study,
            lambda run: replace(run, value=0.97) if run.candidate in baselines(study) else run,
        )
    )
    assert found.kind == "not enough evidence"
    assert found.recommended.baseline
    assert found.gap_to_baseline is None
    assert "which is ahead itself" in found.sentences[0]


def test_one_seed_is_not_enough_evidence() -> None:
    found = judged(synthetic_study(seed=4, seeds=1))
    assert found.kind == "not enough evidence"
    assert found.recommended.confirm.low is None
    assert found.gap_to_baseline.low is None
    assert found.probability_better is None
    assert found.sentences[-1] == "One seed is too few to compare: set confirm.seeds = 3 or more."


def test_all_values_equal_is_not_enough_evidence(study: StudyRecord) -> None:
    found = judged(with_confirms(study, lambda run: replace(run, value=0.95, test_correct=9_500)))
    assert found.kind == "not enough evidence"
    assert found.probability_better == pytest.approx(0.5)
    assert len(found.tied) == 6
    assert found.recommended.confirm.low < 0.95 < found.recommended.confirm.high


def test_without_a_confirmed_baseline_the_gain_is_unknown(study: StudyRecord) -> None:
    found = judged(
        with_confirms(study, lambda run: None if run.candidate in baselines(study) else run)
    )
    assert found.best_baseline is None
    assert "No baseline was confirmed: what the search gained cannot be told." in found.sentences
    assert found.sentences[-1].startswith("Not confirmed, and so not compared: baseline")


def test_one_confirmed_alone_beats_nobody(study: StudyRecord) -> None:
    found = judged(with_confirms(study, lambda run: run if run.candidate == 33 else None))
    assert found.kind == "not enough evidence"
    assert found.runner_up is None
    assert found.probability_better is None


def test_a_seed_that_failed_takes_its_candidate_out_and_is_told(study: StudyRecord) -> None:
    found = judged(
        with_confirms(
            study,
            lambda run: (
                replace(run, state="failed", value=None)
                if (run.candidate, run.seed) == (33, 1001)
                else run
            ),
        )
    )
    assert found.recommended.trial == 37
    assert "Confirm runs that failed: 1 of trial 33." in found.sentences
    assert found.sentences[-1].endswith("not compared: trial 33.")


@pytest.mark.parametrize("left", ["waiting", "running"])
def test_an_unfinished_confirm_stage_has_no_verdict(study: StudyRecord, left: str) -> None:
    """Only the first seed, and the second of trial 33: the baselines stand above it."""

    def early(run: ConfirmRecord) -> ConfirmRecord:
        is_done = run.seed == 1001 or (run.candidate, run.seed) == (33, 1002)
        lifted = replace(run, value=0.97) if run.candidate in baselines(study) else run
        return lifted if is_done else replace(run, state=left, value=None)

    found = judged(with_confirms(study, early))

    assert found.kind == "not confirmed"
    assert found.sentences[0] == "Confirm stage unfinished (8 of 21): no verdict yet."
    assert found.recommended is None
    assert found.runner_up is None
    assert found.tied == ()
    assert not any("trial" in sentence.split("dli tune")[0] for sentence in found.sentences)


def test_seeds_that_were_planned_and_not_queued_are_missing_too(study: StudyRecord) -> None:
    found = judged(with_confirms(study, lambda run: run if run.seed == 1001 else None))
    assert found.sentences[0] == "Confirm stage unfinished (7 of 21): no verdict yet."


def test_one_that_left_the_top_is_not_awaited(study: StudyRecord) -> None:
    """The search went on: trial 33 is no longer a candidate, and one of its seeds is unknown."""
    trials = tuple(replace(t, value=0.5) if t.number == 33 else t for t in study.trials)
    kept = [run for run in study.confirms if (run.candidate, run.seed) != (33, 1003)]
    found = judged(replace(study, trials=trials, confirms=tuple(kept)))
    assert found.recommended.trial == 37


def test_an_unconfirmed_best_is_called_optimistic_and_the_command_is_given() -> None:
    found = judged(synthetic_study(confirmed=False))
    assert found.kind == "not confirmed"
    assert found.recommended.trial == 33
    assert found.best_baseline.baseline == "batch norm only"
    assert found.gap_to_baseline is None
    assert found.sentences[1:] == (
        "The best of 36 noisy values is a lucky one: expect less than that of it.",
        "The choice of 5,000 validation pictures alone moves an accuracy by up to ±0.58 points;"
        " seeds come on top.",
        "To train the best and the baselines again with fresh seeds:"
        " dli tune --study synthetic --trials 60 --workers 2 --confirm-only",
    )


def test_confirm_runs_that_all_failed_leave_it_unconfirmed(study: StudyRecord) -> None:
    found = judged(with_confirms(study, lambda run: replace(run, state="failed", value=None)))
    assert found.kind == "not confirmed"
    assert "All 21 confirm runs so far failed." in found.sentences


def test_where_nothing_finished_the_causes_are_grouped(study: StudyRecord) -> None:
    def failed(trial: TrialRecord) -> TrialRecord:
        cause = "OSError" if trial.number % 3 else "memory_gb"
        state = "failed" if trial.number % 3 else "pruned"
        return replace(
            trial, state=state, value=None, cause=cause, message="why.", feasible=state == "failed"
        )

    trials = (*map(failed, study.trials[:7]), replace(study.trials[7], state="pruned"))
    found = judged(replace(study, trials=trials, confirms=()))

    assert found.kind == "nothing finished"
    assert found.recommended is None
    assert found.sentences == (
        "Nothing has finished: none of 8 trials was trained to the end.",
        "4 trials ended by OSError: why.",
        "3 trials ended by memory_gb: why.",
        "1 trial was pruned.",
    )


def test_an_empty_study_has_nothing_to_say(study: StudyRecord) -> None:
    found = judged(replace(study, trials=(), confirms=()))
    assert found.sentences == ("Nothing has finished: no trial has ended yet.",)
