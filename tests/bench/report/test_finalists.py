"""Who is worth a row, and what the row says."""

from dataclasses import replace

import pytest

from bench.records import StudyRecord
from bench.report.finalists import candidates, edges, finalists, race
from bench.space import Dimension
from tests.bench.report.synthetic import NUM_TEST


def test_the_top_and_the_baselines_stand_by_confirmed_mean(study: StudyRecord) -> None:
    shown = finalists(study)
    means = [sum(f.values) / len(f.values) for f in shown]

    assert len(shown) == study.top + 2
    assert {f.trial.baseline for f in shown} == {"", "as published", "batch norm only"}
    assert means == sorted(means, reverse=True)


def test_without_a_confirm_stage_they_stand_by_search_value(study: StudyRecord) -> None:
    shown = finalists(replace(study, confirms=()))
    values = [f.trial.value for f in shown]
    assert values == sorted(values, reverse=True)
    assert all(c.confirm is None and c.test is None for c in candidates(study, shown))


def test_of_equal_means_the_baseline_stands_first(study: StudyRecord) -> None:
    equal = tuple(replace(run, value=0.95) for run in study.confirms)
    assert finalists(replace(study, confirms=equal))[0].trial.baseline == "batch norm only"


def test_rows_hold_only_settings_that_differ(study: StudyRecord) -> None:
    shown = [f for f in finalists(study) if f.trial.params["model.batch_norm"]]
    rows = candidates(study, shown)
    assert all("model.batch_norm" not in row.params for row in rows)
    assert all("optimizer.lr" in row.params for row in rows)
    assert any("schedule.gamma" in row.params for row in rows)
    assert not all("schedule.gamma" in row.params for row in rows)


def test_test_accuracy_is_correct_over_total(study: StudyRecord) -> None:
    row = candidates(study, finalists(study))[0]
    runs = [run for run in study.confirms if run.candidate == row.trial]
    assert row.test_values == tuple(run.test_correct / NUM_TEST for run in runs)
    assert row.test.low < row.test.value < row.test.high


def test_a_confirm_run_that_failed_has_no_value_and_is_counted(study: StudyRecord) -> None:
    broken = replace(study.confirms[0], state="failed", value=None)
    shown = finalists(replace(study, confirms=(broken, *study.confirms[1:])))
    hit = next(f for f in shown if f.trial.number == broken.candidate)
    assert (len(hit.values), hit.failed) == (2, 1)


def test_one_that_lost_a_seed_stands_below_those_it_is_not_compared_with(
    study: StudyRecord,
) -> None:
    best = finalists(study)[0].trial.number
    lost = tuple(
        replace(run, state="failed", value=None) if (run.candidate, run.seed) == (best, 1001)
        else run for run in study.confirms
    )  # fmt: skip
    assert finalists(replace(study, confirms=lost))[-1].trial.number == best


def test_a_race_pairs_by_seed_not_by_order(study: StudyRecord) -> None:
    turned = replace(study, confirms=study.confirms[::-1])
    first, second = (race(finalists(s), s.num_val).values for s in (study, turned))
    assert (first == second).all()


LR = Dimension("lr", "float", low=1e-4, high=1.0, log=True)
DROPOUT = Dimension("dropout", "float", low=0.0, high=0.5)
WIDTH = Dimension("width", "int", low=16, high=64, step=16)
PAIR = Dimension("pair", "int", low=1, high=2)


@pytest.mark.parametrize(
    ("dimension", "value", "end"),
    [
        (LR, 0.9, "high"),
        (LR, 0.5, None),
        (LR, 1.2e-4, "low"),
        (DROPOUT, 0.0, None),  # off: nothing lies below
        (DROPOUT, 0.49, "high"),
        (WIDTH, 64, "high"),
        (WIDTH, 48, None),
        (WIDTH, 16, "low"),
        (PAIR, 2, None),  # of two values one is no edge
        (Dimension("bn", "choice", choices=(True, False)), True, None),
    ],
)
def test_edges_are_the_outer_twentieth_or_the_ends_of_a_grid(
    dimension: Dimension, value: object, end: str | None
) -> None:
    assert edges([dimension], {dimension.path: value}).get(dimension.path) == end
