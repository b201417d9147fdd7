"""A search on a real PostgreSQL server: first starts, a killed worker, a restart in the middle."""

import os
import signal
from collections import Counter
from collections.abc import Callable

from bench.reading import read_record
from bench.storage import using_storage
from bench.study import Study
from bench.tune import Plan, tune
from bench.tuning_events import StudyEnded, Ticked, WorkerEnded
from engine.runs import RunFolder

SLOW = {"epochs": 50}  # more than a second a trial


def test_six_workers_at_once_on_an_empty_database_survive_a_kill_and_a_restart(
    make_plan: Callable[..., Plan],
    make_study: Callable[..., Study],
    postgres: "Postgres",  # noqa: F821
) -> None:
    study = make_study(**SLOW)
    plan = make_plan(study, trials=7, workers=6, confirm=False, url=postgres.url)
    killed, restarted, ends = 0, False, []
    for event in tune(plan):
        if isinstance(event, WorkerEnded):
            ends.append(event.exit_code)
        if not isinstance(event, Ticked):
            continue
        trainers = [pid for run in event.running.values() if (pid := _trainer(plan, run))]
        if trainers and not killed:
            os.kill(trainers[0], signal.SIGKILL)
            killed = trainers[0]
        elif trainers and not restarted and ends:
            postgres.stop()
            postgres.start()
            restarted = True

    assert isinstance(event, StudyEnded)
    assert (event.status, event.finished) == ("complete", 7)
    assert restarted
    assert ends == [-signal.SIGKILL]
    with using_storage(plan.url) as storage:
        trials = read_record(storage, plan.id).trials
    assert len({tuple(trial.params.items()) for trial in trials}) == 7
    assert Counter(trial.state for trial in trials) == {"complete": 7}
    assert {trial.epochs for trial in trials} == {50}


def _trainer(plan: Plan, run: str) -> int | None:
    folder = RunFolder(plan.root / run)
    state = folder.state() if run else None
    if state is None or state.epoch < 2 or state.status or not folder.is_alive():
        return None
    return int(folder["run.lock"].read_text())
