"""Slices count every trial once, rails lie in [0, 1], fronts hold what nothing beats."""

from dataclasses import replace

import pytest

from bench.records import StudyRecord, TrialRecord
from bench.report.slices import pareto, rails, slices
from bench.report.types import Report
from bench.space import Dimension


def test_every_trial_that_ended_is_in_one_bin_of_each_setting_it_has(
    study: StudyRecord, report: Report
) -> None:
    for part in report.slices:
        have = [t for t in study.trials if part.path in t.params]
        assert sum(b.count + b.not_complete for b in part.bins) == len(have)
        assert sum(b.count for b in part.bins) == len(
            [t for t in study.complete() if part.path in t.params]
        )


def test_bins_tell_the_best_and_the_median(study: StudyRecord, report: Report) -> None:
    true, false = report.slices[0].bins
    values = [t.value for t in study.complete() if t.params["model.batch_norm"] is True]
    assert (true.label, false.label) == ("true", "false")
    assert true.best == max(values)
    assert min(values) < true.median < max(values)


@pytest.mark.parametrize(
    ("dimension", "labels"),
    [
        (Dimension("d", "choice", choices=("sgd", "adam")), ["sgd", "adam"]),
        (Dimension("d", "int", low=1, high=4), ["1", "2", "3", "4"]),
        (Dimension("d", "int", low=1, high=4, log=True), ["1", "2", "3", "4"]),
        (Dimension("d", "float", low=0.0, high=0.2, step=0.1), ["0", "0.1", "0.2"]),
        (
            Dimension("d", "float", low=1e-6, high=1.0, log=True),
            [
                "1e-06 to 1e-05", "1e-05 to 0.0001", "0.0001 to 0.001", "0.001 to 0.01",
                "0.01 to 0.1", "0.1 to 1",
            ],
        ),
    ],
)  # fmt: skip
def test_few_values_stand_alone_and_a_continuum_is_cut_in_six(
    study: StudyRecord, dimension: Dimension, labels: list[str]
) -> None:
    ends = dimension.extremes()
    trials = tuple(
        TrialRecord(n, "complete", {"d": value}, value=0.5 + n / 10)
        for n, value in enumerate((ends[0], ends[-1]))
    )
    (part,) = slices(replace(study, space=(dimension,), trials=trials))
    assert [b.label for b in part.bins] == labels
    assert (part.bins[0].best, part.bins[-1].best) == (0.5, 0.6)


def test_trials_that_broke_a_limit_are_not_complete(study: StudyRecord) -> None:
    broken = replace(study.ranked()[0], feasible=False)
    (part, *_) = slices(replace(study, trials=(broken,)))
    assert sum(b.count for b in part.bins) == 0
    assert sum(b.not_complete for b in part.bins) == 1


def test_rails_hold_the_best_ten_and_all_baselines(study: StudyRecord) -> None:
    found = rails(study)
    assert [rail.trial for rail in found[:10]] == [t.number for t in study.ranked()[:10]]
    assert {rail.baseline for rail in found} == {"", "as published", "batch norm only"}
    for rail in found:
        assert all(place is None or 0 <= place <= 1 for place in rail.positions.values())


def test_a_setting_that_does_not_exist_has_no_place_on_its_rail(study: StudyRecord) -> None:
    constant = next(rail for rail in rails(study) if rail.texts["schedule.name"] == "constant")
    assert constant.positions["schedule.gamma"] is None
    assert "schedule.gamma" not in constant.texts


def test_the_front_holds_what_nothing_beats_for_less(study: StudyRecord) -> None:
    def trial(number: int, value: float, cost: int) -> TrialRecord:
        return TrialRecord(number, "complete", {}, value=value, num_parameters=cost)

    trials = (
        trial(0, 0.90, 100),
        trial(1, 0.92, 300),
        trial(2, 0.91, 300),  # as costly as 1, and worse
        trial(3, 0.90, 200),  # as good as 0, and costlier
        trial(4, 0.95, 500),
        trial(5, 0.99, 0),  # of unknown cost
    )
    found = pareto(replace(study, trials=trials), lambda t: t.num_parameters)

    assert [(p.trial, p.is_on_front) for p in found] == [
        (0, True), (3, False), (1, True), (2, False), (4, True),
    ]  # fmt: skip


def test_both_fronts_end_with_the_best_trial(study: StudyRecord, report: Report) -> None:
    best = study.ranked()[0]
    for points in (report.pareto_parameters, report.pareto_seconds):
        front = [point for point in points if point.is_on_front]
        assert front[-1].value == best.value
        assert [point.value for point in front] == sorted(point.value for point in front)
