"""What is said of each setting is true of the synthetic study, and carries its evidence."""

from dataclasses import replace

import numpy as np
import pytest

from bench.records import StudyRecord
from bench.report.insights import contrasts, edge_insights, effect, insights
from bench.report.types import Insight, Report
from bench.space import Dimension
from tests.bench.report.synthetic import BATCH_NORM_EFFECT, synthetic_study


def of_kind(found: tuple[Insight, ...], kind: str) -> dict[str, Insight]:
    return {insight.path: insight for insight in found if insight.kind == kind}


@pytest.fixture(scope="module")
def large() -> tuple[Insight, ...]:
    """Return the insights of a study of 600 trials."""
    return insights(synthetic_study(600, seed=1, num_null=2))


def test_the_known_effect_is_told_with_an_interval_that_holds_it(report: Report) -> None:
    found = of_kind(report.insights, "effect")["model.batch_norm"]
    assert found.effect.low <= BATCH_NORM_EFFECT <= found.effect.high
    assert found.sentence == (
        "batch_norm = true: +3.1 points (95 %: 2.64 to 3.47, a linear model of 36 trials,"
        " as too few match)"
    )


def test_in_a_large_study_matched_pairs_tell_real_effects(large: tuple[Insight, ...]) -> None:
    effects = of_kind(large, "effect")
    assert effects["optimizer.lr"].pairs >= 20
    assert f"{effects['optimizer.lr'].pairs} matched pairs)" in effects["optimizer.lr"].sentence


def test_settings_that_do_nothing_are_told_to_do_nothing(large: tuple[Insight, ...]) -> None:
    idle = of_kind(large, "no effect")
    assert {"label_smoothing", "model.null_1"} <= set(idle)
    assert not {"label_smoothing", "model.null_1"} & set(of_kind(large, "effect"))
    for insight in idle.values():
        assert max(-insight.effect.low, insight.effect.high) <= 0.005


def test_each_setting_is_said_to_do_nothing_once(large: tuple[Insight, ...]) -> None:
    paths = [insight.path for insight in large if insight.kind == "no effect"]
    assert len(paths) == len(set(paths))


def test_effects_stand_first_the_largest_first(large: tuple[Insight, ...]) -> None:
    kinds = [insight.kind for insight in large]
    sizes = [abs(insight.effect.value) for insight in large if insight.kind == "effect"]
    assert kinds == sorted(kinds, key=["effect", "edge", "no effect", "note"].index)
    assert sizes == sorted(sizes, reverse=True)


def test_null_settings_are_seldom_called_effects() -> None:
    called = [
        "label_smoothing" in of_kind(insights(synthetic_study(100, seed=seed)), "effect")
        for seed in range(40)
    ]
    assert np.mean(called) <= 0.05


def test_the_better_side_of_two_is_named(study: StudyRecord) -> None:
    turned = (replace(study.space[0], choices=(False, True)), *study.space[1:])
    found = of_kind(insights(replace(study, space=turned)), "effect")["model.batch_norm"]
    assert found.sentence.startswith("batch_norm = true: +3.1 points")


def test_a_choice_of_three_is_compared_one_by_one_with_the_rest(study: StudyRecord) -> None:
    three = Dimension("kind", "choice", choices=("a", "b", "c", "never"))
    trials = tuple(
        replace(t, params={**t.params, "kind": "abc"[t.number % 3]}) for t in study.trials
    )
    found = [
        c
        for c in contrasts(replace(study, space=(three, *study.space), trials=trials))
        if c.dimension.path == "kind"
    ]
    assert [(c.label, c.opposite) for c in found] == [(x, "the rest") for x in "abc"]


def test_ends_of_a_range_are_about_a_third_each(study: StudyRecord) -> None:
    shares = {
        c.label.split()[0]: c.treated.mean()
        for c in contrasts(study)
        if c.dimension.path == "optimizer.lr"
    }
    assert set(shares) == {"up", "from"}
    assert all(0.15 < share < 0.5 for share in shares.values())


def test_a_setting_that_never_varied_is_not_compared(study: StudyRecord) -> None:
    trials = tuple(replace(t, params={**t.params, "model.width": 32}) for t in study.trials)
    paths = {c.dimension.path for c in contrasts(replace(study, trials=trials))}
    assert "model.width" not in paths


def test_what_exists_only_under_a_setting_does_not_stop_its_pairs() -> None:
    study = synthetic_study(200)
    contrast = next(c for c in contrasts(study) if c.dimension.path == "schedule.name")
    assert effect(contrast, study.space).pairs >= 6


def at_width(study: StudyRecord, widths: list[int]) -> StudyRecord:
    """Return a study whose best trials have these widths, and learning rates amid the range."""
    best = [trial.number for trial in study.ranked() if not trial.baseline]
    changed = dict(zip(best, widths, strict=False))
    trials = tuple(
        replace(
            t,
            params={
                **t.params,
                "model.width": changed.get(t.number, 48),
                "optimizer.lr": 0.01,
                "label_smoothing": 0.1,
            },
        )
        for t in study.trials
    )
    return replace(study, trials=trials)


@pytest.mark.parametrize(
    ("widths", "sentences"),
    [
        (
            [96, 96, 96, 48, 48],
            ["3 of the best 5 trials lie at the upper edge of width (96): widen its range."],
        ),
        (
            [16, 16, 16, 16, 48],
            ["4 of the best 5 trials lie at the lower edge of width (16): widen its range."],
        ),
        ([96, 96, 48, 48, 48], []),  # of six widths that is no surprise
    ],
)
def test_edges_are_told_where_chance_does_not_put_so_many(
    study: StudyRecord, widths: list[int], sentences: list[str]
) -> None:
    found = [i.sentence for i in edge_insights(at_width(study, widths)) if "width" in i.sentence]
    assert found == sentences


def test_what_cannot_be_told_is_said_in_one_note(report: Report) -> None:
    notes = [insight for insight in report.insights if insight.kind == "note"]
    assert len(notes) == 1
    assert "36 complete trials are too few to tell what these change" in notes[0].sentence
    assert "label_smoothing" in notes[0].sentence


def test_a_study_without_complete_trials_says_nothing(study: StudyRecord) -> None:
    assert insights(replace(study, trials=())) == ()


def test_trials_that_are_all_equal_do_not_prove_that_nothing_matters(study: StudyRecord) -> None:
    trials = tuple(replace(t, value=0.9) for t in study.trials)
    few = replace(study, trials=trials, num_val=50)
    assert of_kind(insights(few), "effect") == {}
    assert of_kind(insights(few), "no effect") == {}
