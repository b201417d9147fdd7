"""Importance is Optuna's, beside chance; what is no more than chance is never ranked."""

from dataclasses import replace

import pytest

from bench.records import StudyRecord
from bench.report.importance import importance
from bench.report.types import Importance, Report
from engine.work import finish
from tests.bench.report.synthetic import synthetic_study


def by_path(found: tuple[Importance, ...]) -> dict[str, Importance]:
    return {one.path: one for one in found}


def test_the_null_setting_is_noise_and_the_driver_is_not(report: Report) -> None:
    found = by_path(report.importance)
    assert found["label_smoothing"].is_noise
    assert not found["optimizer.lr"].is_noise


def test_noise_stands_last(report: Report) -> None:
    order = [(one.is_noise, -one.share) for one in report.importance]
    assert order == sorted(order)


def test_shares_add_up_and_lie_in_their_intervals(report: Report) -> None:
    assert sum(one.share for one in report.importance) == pytest.approx(1)
    assert all(one.low <= one.share <= one.high for one in report.importance)


@pytest.fixture
def _few_shuffles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.report.importance.SHUFFLES", 40)


@pytest.mark.usefixtures("_few_shuffles")
def test_null_settings_are_noise_and_the_learning_rate_is_mostly_found() -> None:
    studies = [by_path(finish(importance(synthetic_study(100, seed=s)))[0]) for s in range(5)]
    assert sum(not found["label_smoothing"].is_noise for found in studies) <= 1
    assert sum(not found["optimizer.lr"].is_noise for found in studies) >= 3


@pytest.mark.usefixtures("_few_shuffles")
def test_shares_are_those_that_optuna_gives(study: StudyRecord) -> None:
    """Without pruned trials and with eight trials as the best, against a study of Optuna's own."""
    import optuna
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    kinds = {
        "model.batch_norm": CategoricalDistribution((True, False)),
        "model.width": IntDistribution(16, 96, step=16),
        "optimizer.lr": FloatDistribution(1e-3, 0.1, log=True),
        "label_smoothing": FloatDistribution(0.0, 0.2, step=0.05),
        "schedule.name": CategoricalDistribution(("constant", "exponential")),
        "schedule.gamma": FloatDistribution(0.8, 0.99),
    }
    complete = replace(study, trials=study.complete())
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    own = optuna.create_study(direction="maximize")
    for trial in complete.trials:
        own.add_trial(
            optuna.trial.create_trial(
                params=dict(trial.params),
                distributions={path: kinds[path] for path in trial.params},
                value=trial.value,
            )
        )
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=8 / 36)
    known = optuna.importance.get_param_importances(own, evaluator=evaluator)

    found = by_path(finish(importance(complete))[0])

    assert {path: one.share for path, one in found.items()} == pytest.approx(known)


@pytest.mark.usefixtures("_few_shuffles")
def test_pruned_trials_count_as_not_among_the_best() -> None:
    """Nearly all trials without batch norm were pruned: among complete ones it hardly varies."""
    study = synthetic_study(400, seed=0)
    without = replace(study, trials=study.complete())
    with_pruned, alone = (
        by_path(finish(importance(one))[0])["model.batch_norm"] for one in (study, without)
    )
    assert not with_pruned.is_noise
    assert alone.is_noise


def test_few_trials_have_none_and_a_note() -> None:
    study = synthetic_study()
    found, note = finish(importance(replace(study, trials=study.complete()[:9])))
    assert found == ()
    assert note == (
        "Importance needs 10 complete or pruned trials, 5 of them complete; there are 9 and 9."
    )


def test_equal_trials_have_none_and_a_note(study: StudyRecord) -> None:
    trials = tuple(replace(trial, value=0.9) for trial in study.complete())
    found, note = finish(importance(replace(study, trials=trials)))
    assert found == ()
    assert note == "Nothing varies among the trials."


@pytest.mark.usefixtures("_few_shuffles")
def test_a_setting_that_never_varied_is_left_out_and_told(study: StudyRecord) -> None:
    trials = tuple(replace(t, params={**t.params, "model.width": 32}) for t in study.trials)
    found, note = finish(importance(replace(study, trials=trials)))
    assert "model.width" not in by_path(found)
    assert note.endswith("1 setting never varied.")


@pytest.mark.usefixtures("_few_shuffles")
def test_a_second_look_gives_the_same(study: StudyRecord) -> None:
    assert finish(importance(study)) == finish(importance(study))
