"""What a person does to a search: it ends, has one trial more, or tries beside the best."""

import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench import slots, steering
from bench.ledger import open_study
from bench.records import StudyRecord, TrialRecord
from bench.space import Dimension, draw, same
from bench.stage import ASKED
from bench.steering import ask_to_stop, enqueue, neighbour
from bench.storage import using_storage
from bench.study import Study
from bench.tune import Plan, tune
from bench.tuning_events import StageBegan, StudyEnded, TrialBegan, TrialEnded
from engine.config import parse
from engine.errors import ConfigError, RunError, StorageError
from engine.runs import create_run
from tests.bench.working import record_of, work

SPACE = (
    Dimension("model.name", "choice", choices=("cnn", "mlp", "linear")),
    Dimension("model.width", "int", low=16, high=96, step=16, when={"model.name": ("cnn",)}),
    Dimension("model.depth", "int", low=1, high=1024, log=True, when={"model.name": ("mlp",)}),
    Dimension("optimizer.lr", "float", low=1e-3, high=0.1, log=True),
    Dimension("optimizer.momentum", "float", low=0.0, high=0.9, step=0.3),
)


def record(*params: dict[str, object], space: tuple[Dimension, ...] = SPACE) -> StudyRecord:
    """Return a study whose first trial is the best."""
    trials = tuple(
        TrialRecord(number, "complete", point, value=0.9 - number / 100)  # type: ignore[arg-type]
        for number, point in enumerate(params)
    )
    base = {"model.width": 48, "optimizer.lr": 0.05}
    return StudyRecord("made-up", "made-up@1", "", space, base, 3, 100, 1, 2, trials)


@pytest.mark.slow
def test_a_search_that_is_asked_to_stop_ends_its_trials_and_no_later_one_is_stopped(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    study = make_study(epochs=8, model='{ name = "cnn", width = 8 }', data="{}")
    plan = make_plan(study, trials=6)
    events = []
    with closing(tune(plan)) as stream:
        for event in stream:
            events.append(event)
            if isinstance(event, TrialBegan) and not any(isinstance(e, TrialEnded) for e in events):
                ask_to_stop(plan.url, plan.id)

    ended = events[-1]
    assert isinstance(ended, StudyEnded)
    assert (ended.status, ended.reason) == ("stopped", ASKED)
    begun = {event.number for event in events if isinstance(event, TrialBegan)}
    done = {event.number for event in events if isinstance(event, TrialEnded)}
    assert begun <= done
    assert 1 <= len(done) < 6
    assert [event.stage for event in events if isinstance(event, StageBegan)] == ["search"]
    trials = record_of(plan).trials
    assert {trial.state for trial in trials} <= {"complete"}
    assert {trial.epochs for trial in trials} == {8}

    again = work(make_plan(study, trials=len(done) + 1))

    assert len(again.trials) == len(done) + 1


def test_a_trial_by_hand_is_trained_though_the_search_was_complete(
    make_plan: Callable[..., Plan],
) -> None:
    plan = make_plan(trials=2)
    assert len(work(plan).trials) == 2

    point = enqueue(plan.url, plan.id, {"optimizer.momentum": 0.3})
    waiting = record_of(plan).trials[-1]
    trials = work(plan).trials

    assert point == {"optimizer.lr": 0.05, "optimizer.momentum": 0.3}
    assert (waiting.state, waiting.params) == ("waiting", point)
    assert [trial.state for trial in trials] == ["complete"] * 3
    assert trials[-1].params == point


def test_a_trial_by_hand_is_one_more_than_the_search_was_to_try(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    study = make_study(epochs=1, **{'"optimizer.lr"': "{ choice = [0.05, 0.1] }"})
    plan = make_plan(study, trials=7)
    assert len(work(plan).trials) == 7
    known = [trial.params for trial in record_of(plan).trials]
    numbers = random.Random(0)
    last = next(p for p in iter(lambda: draw(study.space, numbers), None) if p not in known)

    enqueue(plan.url, plan.id, last)

    with using_storage(plan.url) as storage:
        assert open_study(storage, plan.id).user_attrs[slots.TARGET] == 8
    assert len(work(make_plan(study, trials=1)).trials) == 8
    with pytest.raises(ConfigError, match=r"trial \d+ has these values already .* is complete"):
        enqueue(plan.url, plan.id, last)
    assert neighbour(record_of(plan), numbers) is None


def test_values_that_cannot_be_tried_are_refused(make_plan: Callable[..., Plan]) -> None:
    plan = make_plan(trials=1)
    work(plan)

    for params, sentence in (
        ({"optimizer.lr": 2.0}, r"optimizer.lr cannot be 2.0: the space has 0.001 to 1, log"),
        ({"optimizer.mo": 0.3}, r"'optimizer.mo' is not searched. Did you mean"),
        ({}, "trial 0 has these values already"),
    ):
        with pytest.raises(ConfigError, match=sentence):
            enqueue(plan.url, plan.id, params)
    assert len(record_of(plan).trials) == 1
    for act in (ask_to_stop, lambda url, name: enqueue(url, name, {})):
        with pytest.raises(RunError, match="there is no study 'other'"):
            act(plan.url, "other")
        with pytest.raises(StorageError, match="there are no studies"):
            act(f"sqlite:///{plan.root}/none.sqlite3", plan.id)


def test_a_run_that_nobody_trains_cannot_be_pruned(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not being trained"):
        steering.prune(create_run(tmp_path, parse({})))


@pytest.mark.parametrize("seed", range(40))
def test_a_neighbour_differs_in_one_or_two_settings_by_a_little(seed: int) -> None:
    best = {"model.name": "mlp", "model.depth": 32, "optimizer.lr": 0.01, "optimizer.momentum": 0.9}

    found = neighbour(record(best), random.Random(seed))

    assert found is not None
    by_path = {dimension.path: dimension for dimension in SPACE}
    assert all(by_path[path].contains(value) for path, value in found.items())
    assert list(found) == [d.path for d in SPACE if d.is_active(found)]
    changed = [path for path in best if path in found and not same(best[path], found[path])]
    assert 1 <= len(changed) <= 2
    for path in changed:
        if path != "model.name":
            moved = by_path[path].position(found[path]) - by_path[path].position(best[path])
            assert 0.09 < abs(moved) < 0.35, (path, found[path])
    assert found.get("model.width", 48) == 48


def test_a_neighbour_was_never_tried_and_there_may_be_none() -> None:
    space = (
        Dimension("optimizer.nesterov", "choice", choices=(True, False)),
        Dimension("epochs", "int", low=1, high=2),
    )
    points = [{"optimizer.nesterov": n, "epochs": e} for n in (True, False) for e in (1, 2)]

    for missing in points[1:]:
        tried = record(*(point for point in points if point != missing), space=space)
        assert neighbour(tried, random.Random(1)) == missing
    assert neighbour(record(*points, space=space), random.Random(1)) is None
    assert neighbour(record(space=space), random.Random(1)) is None
    waiting = replace(record(*points[:3], space=space).trials[0], state="waiting")
    alone = replace(record(space=space), trials=(waiting,))
    assert neighbour(alone, random.Random(1)) is None
