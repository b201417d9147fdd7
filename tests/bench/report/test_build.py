"""The whole report: of the fixed study whose truth is known, of odd ones, and of large ones."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.records import StudyRecord
from bench.report.build import build
from bench.report.types import Report
from engine.data.spec import Progress
from engine.work import finish
from tests.bench.report.synthetic import synthetic_study, truth

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def _few_shuffles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.report.importance.SHUFFLES", 20)


def test_the_intervals_of_all_confirmed_hold_their_truth(
    study: StudyRecord, report: Report
) -> None:
    for row in report.top:
        true = truth(study.trials[row.trial].params)
        assert row.confirm.low <= true <= row.confirm.high
        assert row.test.low <= true <= row.test.high


def test_the_gap_to_the_baseline_holds_its_truth(study: StudyRecord, report: Report) -> None:
    best, baseline = (
        truth(study.trials[row.trial].params)
        for row in (report.verdict.recommended, report.verdict.best_baseline)
    )
    gap = report.verdict.gap_to_baseline
    assert gap.low <= best - baseline <= gap.high


def test_all_parts_tell_of_the_same_study(study: StudyRecord, report: Report) -> None:
    assert report.counts == {"complete": 36, "pruned": 18, "infeasible": 3, "failed": 3}
    assert report.baselines == {"as published": 0.904, "batch norm only": 0.9304}
    assert report.top[0] == report.verdict.recommended
    assert [part.path for part in report.slices] == [d.path for d in study.space]
    assert report.facts == study.facts
    assert (report.name, report.epochs, report.num_val) == ("synthetic", 10, 5_000)


@pytest.mark.usefixtures("_few_shuffles")
def test_it_says_how_far_it_is(study: StudyRecord) -> None:
    told = list(build(study))
    assert len(told) == 2 + 20 + 1
    assert all(isinstance(progress, Progress) for progress in told)
    assert all(0 <= progress.done <= progress.total for progress in told)
    assert {progress.what for progress in told} == {
        "comparing trials",
        "measuring importance",
    }


@pytest.mark.usefixtures("_few_shuffles")
@pytest.mark.parametrize("count", [0, 1, 2, 3, 12])
def test_a_study_that_has_just_begun_has_a_report(count: int) -> None:
    found = finish(build(synthetic_study(count)))
    assert sum(found.counts.values()) == count
    assert found.verdict.sentences
    assert found.importance_note


@pytest.mark.usefixtures("_few_shuffles")
def test_trials_under_way_are_counted_only(study: StudyRecord) -> None:
    running = replace(study.trials[-1], state="running", value=None, finished=None)
    waiting = replace(running, number=60, state="waiting", params={}, curve=(), started=None)
    found = finish(build(replace(study, trials=(*study.trials[:-1], running, waiting))))
    assert found.counts["running"] == found.counts["waiting"] == 1
    assert len(found.progress) == 59


@pytest.mark.usefixtures("_few_shuffles")
def test_a_space_of_one_setting_has_a_report(study: StudyRecord) -> None:
    space = study.space[:1]
    trials = tuple(
        replace(t, params={"model.batch_norm": t.params["model.batch_norm"]}) for t in study.trials
    )
    found = finish(build(replace(study, space=space, trials=trials)))
    assert [one.path for one in found.importance] == ["model.batch_norm"]


def test_an_empty_space_has_a_report(study: StudyRecord) -> None:
    trials = tuple(replace(t, params={}) for t in study.trials)
    found = finish(build(replace(study, space=(), trials=trials)))
    assert found.importance == ()
    assert found.insights == ()


@pytest.mark.slow
def test_neither_torch_nor_a_terminal_library_is_imported() -> None:
    program = """
import sys
from bench.report.build import build
import bench.report.cache
from engine.work import finish
assert not {"optuna", "scipy", "sklearn"} & set(sys.modules), "imported before it is needed"
from tests.bench.report.synthetic import synthetic_study
finish(build(synthetic_study(14)))
found = {"torch", "typer", "textual", "plotext"} & set(sys.modules)
sys.exit(f"imports {found}" if found else 0)
"""
    child = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, child.stderr
