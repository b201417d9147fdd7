"""Whole searches by real worker processes, killed, stopped and continued."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Literal

import optuna
import pytest
from optuna.trial import TrialState

from bench import slots
from bench.records import ConfirmRecord, StudyRecord, TrialRecord
from bench.steering import prune
from bench.storage import default_url, using_storage
from bench.study import Study, setting
from bench.tune import Plan, tune
from bench.tuning_events import (
    StudyEnded,
    StudyOpened,
    Ticked,
    TrialBegan,
    TrialEnded,
    TuningEvent,
    WorkerEnded,
)
from engine.control import make_command, send
from engine.errors import RunError
from engine.events import RunFinished, RunResumed, RunStarted, to_json
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder, create_run, list_runs
from tests.bench.working import record_of, work

LONG = {"epochs": 14, "model": '{ name = "cnn", width = 8 }', "data": "{}"}  # seconds a trial


def collect(events: Iterable[TuningEvent]) -> list[TuningEvent]:
    """Return all events but the ticks."""
    return [event for event in events if not isinstance(event, Ticked)]


def torch_has_cuda() -> bool:
    """Tell whether torch could train on a GPU here."""
    import torch

    return torch.cuda.is_available()


def trainer_past(plan: Plan, event: Ticked, epoch: int) -> int | None:
    """Return the process of a running trial that is past an epoch, if there is one."""
    for run in filter(None, event.running.values()):
        folder = plan_folder(plan, run)
        state = folder.state()
        if state and state.epoch > epoch and not state.status and folder.is_alive():
            return int(folder["run.lock"].read_text())
    return None


def plan_folder(plan: Plan, run: str) -> RunFolder:
    """Return the folder of a run."""
    return RunFolder(plan.root / run)


def test_a_search_ends_with_distinct_trials_and_confirmed_ones(
    make_plan: Callable[..., Plan],
) -> None:
    plan = make_plan(trials=5)

    events = collect(tune(plan))

    study = record_of(plan)
    assert len(study.trials) == 5
    assert {trial.state for trial in study.trials} == {"complete"}
    assert len({tuple(sorted(trial.params.items())) for trial in study.trials}) == 5
    assert study.trials[0].baseline == "as it is"
    _check_runs(plan, study)
    best = next(trial for trial in study.ranked() if not trial.baseline)
    pairs = Counter((done.candidate, done.seed) for done in study.confirms)
    assert set(pairs) == {(n, seed) for n in (best.number, 0) for seed in (1, 2)}
    assert set(pairs.values()) == {1}
    assert all(done.test_total == 360 and done.value is not None for done in study.confirms)
    _check_events(events)
    _check_that_nothing_is_confirmed_twice(make_plan(trials=5, search=False))


def _check_that_nothing_is_confirmed_twice(plan: Plan) -> None:
    *_, ended = tune(plan)

    assert isinstance(ended, StudyEnded)
    assert (ended.status, ended.to_confirm) == ("complete", 0)
    assert len(record_of(plan).confirms) == 4


def _check_runs(plan: Plan, study: StudyRecord) -> None:
    """A trial is an ordinary run that never saw test; only the best and baselines keep weights."""
    best = next(trial for trial in study.ranked() if not trial.baseline)
    kept = {best.run, study.trials[0].run}
    for trial in study.trials:
        folder = plan_folder(plan, trial.run)
        history = History.of(replay(folder))
        assert history.started is not None
        assert (history.started.study, history.started.trial) == (plan.id, trial.number)
        assert history.finished is not None
        assert history.finished.test is None
        assert trial.curve == tuple(history.epochs["val_accuracy"])
        assert trial.value == max(trial.curve)
        assert not folder["checkpoint.pt"].exists()
        assert folder["best.safetensors"].exists() == (trial.run in kept)


def _check_events(events: list[TuningEvent]) -> None:
    opened, ended = events[0], events[-1]
    assert isinstance(opened, StudyOpened)
    assert (opened.target, opened.finished) == (5, 0)
    assert isinstance(ended, StudyEnded)
    assert (ended.status, ended.finished, ended.to_confirm) == ("complete", 5, 0)
    done = [event for event in events if isinstance(event, TrialEnded)]
    assert [event.finished for event in done if event.stage == "search"] == [1, 2, 3, 4, 5]
    assert {type(event.record) for event in done} == {TrialRecord, ConfirmRecord}


def test_killed_and_stopped_searches_lose_nothing_and_go_on_from_their_checkpoints(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    study = make_study(**LONG)
    first, second = (make_plan(study, trials=3, confirm=False) for _ in range(2))
    killed: list[int] = []
    events = []
    with closing(tune(first)) as stream:
        for event in stream:
            events.append(event)
            trainer = trainer_past(first, event, 2) if isinstance(event, Ticked) else None
            if trainer is None or trainer in killed:
                continue
            if len(killed) == 2:
                first.control.request_stop("interrupted by ^C")
            else:
                os.kill(trainer, signal.SIGKILL)
                killed.append(trainer)
    ended = events[-1]
    assert isinstance(ended, StudyEnded)
    assert ended.status == "stopped"
    assert [e.exit_code for e in events if isinstance(e, WorkerEnded)] == [-signal.SIGKILL] * 2
    states = Counter(trial.state for trial in record_of(first).trials)
    assert states["waiting"] >= 1
    assert states["running"] == 0

    again = [event for event in tune(second) if isinstance(event, TrialBegan)]

    _check_that_nothing_was_lost(second)
    assert again[0].again


def _check_that_nothing_was_lost(plan: Plan) -> None:
    trials = record_of(plan).trials
    assert [trial.state for trial in trials] == ["complete"] * 3
    assert len({tuple(trial.params.items()) for trial in trials}) == 3
    assert {trial.epochs for trial in trials} == {LONG["epochs"]}
    folders = list_runs(plan.root)
    assert len(folders) == 3
    events = [event for folder in folders for event in replay(folder)]
    assert Counter(map(type, events))[RunStarted] == 3
    resumed = [event.epoch for event in events if isinstance(event, RunResumed)]
    assert len(resumed) >= 2
    assert min(resumed) > 0


def test_a_small_space_is_tried_once_and_whole(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    study = make_study(epochs=1, **{'"optimizer.lr"': "{ choice = [0.05, 0.1] }"})

    trials = work(make_plan(study, trials=50)).trials

    assert {trial.state for trial in trials} == {"complete"}
    assert len(trials) == len({tuple(sorted(trial.params.items())) for trial in trials}) == 8


def test_one_worker_draws_the_same_trials_again(
    make_plan: Callable[..., Plan], tmp_path: Path
) -> None:
    (tmp_path / "again").mkdir()
    first = work(make_plan(trials=3))
    plan = make_plan(trials=3, url=default_url(tmp_path / "again"), root=tmp_path / "again")

    second = work(plan)

    assert [trial.params for trial in second.trials] == [trial.params for trial in first.trials]
    assert [trial.curve for trial in second.trials] == [trial.curve for trial in first.trials]


def test_a_trial_is_trained_with_the_very_values_that_are_told(
    make_plan: Callable[..., Plan],
) -> None:
    plan = make_plan(trials=2)

    for trial in work(plan).trials:
        config = plan_folder(plan, trial.run).config()
        assert {path: setting(config, path) for path in trial.params} == trial.params


@pytest.mark.parametrize(("status", "same"), [("failed", False), ("stopped", True)])
def test_a_queued_trial_takes_up_its_run_unless_that_failed(
    make_plan: Callable[..., Plan], status: Literal["failed", "stopped"], same: bool
) -> None:
    plan = make_plan(trials=1)
    params = dict(plan.study.baselines[0].params)
    config = plan.study.config_of(params, test=False, threads=2)  # more than the worker has
    folder = create_run(plan.root, config, "before")
    events = [RunStarted(0.0, folder.id, config), RunFinished(1.0, status, "gone", 0, 0)]
    folder["events.jsonl"].write_text("".join(to_json(event) + "\n" for event in events))
    with using_storage(plan.url, create=True) as storage:
        stored = optuna.create_study(
            storage=storage, study_name=plan.id, direction="maximize", load_if_exists=True
        )
        stored.enqueue_trial(params, user_attrs={"run": folder.id})

    (trial,) = work(plan).trials

    assert trial.state == "complete"
    assert (trial.run == folder.id) == same


def test_a_trial_is_steered_like_any_run_and_the_search_goes_on_after_it(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    plan = make_plan(make_study(**LONG), trials=3)
    hand = threading.Thread(target=_prune_and_stop, args=(plan,))
    hand.start()

    trials = work(plan).trials

    hand.join()
    pruned = trials[0]
    assert [trial.state for trial in trials] == ["pruned", "pruned", "complete"]
    assert [trial.cause for trial in trials] == ["pruned by hand", "stopped by hand", ""]
    assert pruned.feasible
    assert 0 < pruned.epochs < LONG["epochs"]
    last = list(replay(plan_folder(plan, pruned.run)))[-1]
    assert isinstance(last, RunFinished)
    assert last.status == "pruned"


def _prune_and_stop(plan: Plan) -> None:
    """Prune the first run that is past an epoch, and stop the second."""
    done: set[RunFolder] = set()
    deadline = time.monotonic() + 60
    while len(done) < 2 and time.monotonic() < deadline:
        for folder in list_runs(plan.root):
            state = folder.state()
            if state and state.epoch and folder not in done and folder.is_alive():
                if done:
                    send(folder, make_command("stop"))
                else:
                    prune(folder)
                done.add(folder)
        time.sleep(0.01)


def test_what_breaks_a_limit_is_infeasible_with_its_cause_before_its_first_step(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    study = make_study(pruner='"none"\n[limits]\nparameters = 1_000')

    trials = work(make_plan(study, trials=3)).trials

    assert {trial.cause for trial in trials} == {"over the limit of parameters"}
    assert not any(trial.feasible or trial.curve for trial in trials)
    assert "12,730 parameters, over the study's limit of 1,000" in trials[0].message


def test_what_diverges_is_infeasible(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    study = make_study(**{'"optimizer.lr"': "{ float = [0.04, 1e11], log = true }"}, startup=9)

    trials = work(make_plan(study, trials=8)).trials

    diverged = [trial for trial in trials if trial.cause == "diverged"]
    assert diverged
    assert all(trial.state == "pruned" and not trial.feasible for trial in diverged)
    assert all("training diverged" in trial.message for trial in diverged)


def test_workers_that_cannot_start_end_the_search_with_their_last_words(
    make_plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan()
    monkeypatch.setenv("PYTHONHASHSEED", "not a number")  # no interpreter starts with this

    with pytest.raises(RunError, match=r"end as soon as they start.*PYTHONHASHSEED"):
        collect(tune(plan))


def test_a_search_in_which_every_trial_fails_ends_and_says_why(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    if torch_has_cuda():
        pytest.skip("this machine has what the study asks for in vain")
    plan = make_plan(make_study(dataset='"digits"\ndevice = "cuda"'), trials=500, workers=1)

    with pytest.raises(RunError, match=r"all \d+ trials failed.*\d × MachineError: device 'cuda'"):
        collect(tune(plan))

    failed = [trial for trial in record_of(plan).trials if trial.state == "failed"]
    assert 5 <= len(failed) < 500
    assert {trial.cause for trial in failed} == {"MachineError"}


def test_a_trial_whose_worker_is_killed_three_times_teaches_the_sampler(
    make_plan: Callable[..., Plan],
) -> None:
    plan = make_plan()
    with using_storage(plan.url, create=True) as storage:
        study = optuna.create_study(storage=storage, study_name="a", direction="maximize")
        study.enqueue_trial({"x": 1.0})
        for _ in range(3):
            trial = study.ask()
            trial.suggest_float("x", 0, 2)
            assert slots.fail_and_revive(study, trial.number)
            assert not slots.fail_and_revive(study, trial.number)

        held = slots.slots(study.get_trials())

    assert [trial.state for trial in held] == [TrialState.PRUNED]
    assert held[0].constraints == {"killed": 1.0}
    assert held[0].params == {"x": 1.0}
    assert held[0].user_attrs["cause"] == "killed"
