"""A worker: a process that takes trials from a study's queue and trains them, one after another.

`python -m bench.worker ORDER NUMBER` is started by `bench.workers`; ORDER is the JSON of an
`Order`. It ends with exit code 0 when nothing waits, or the search was asked to end; after SIGTERM
it puts its trial back first.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import optuna

from bench import confirm, slots
from bench.ledger import last_stop, open_study, read_study
from bench.objective import ConfirmObjective, Objective
from bench.samplers import make_pruner, make_sampler
from bench.storage import open_storage
from bench.study import Study
from bench.trainee import Failed, Place, Void
from bench.worker_order import Order
from engine.control import Control
from engine.errors import DliError
from engine.memory import limit_memory
from engine.signals import stop_on_signals


def main(text: str, worker: int) -> int:
    """Do what the order says, as the worker of this number; return the exit code."""
    order = Order(**json.loads(text))
    limit_memory(order.memory_bytes)
    parent = os.getppid()
    control = Control()
    storage = open_storage(order.url, revive=slots.revive, patient=True)
    search = open_study(storage, order.study)
    study = read_study(search)
    place = Place(Path(order.root), order.threads, control, parent)

    def is_asked() -> bool:
        return last_stop(search) != order.answered

    with stop_on_signals(control):
        if order.stage == order.study:
            _work(search, Objective(study, place), study, worker, is_asked)
        else:
            stage = open_study(storage, order.stage)
            _work(stage, ConfirmObjective(study, place, search), study, worker, is_asked)
    return 0


def _work(
    stage: optuna.Study,
    objective: Objective | ConfirmObjective,
    study: Study,
    worker: int,
    is_asked: Callable[[], bool],
) -> None:
    control = objective.place.control
    stage.pruner = make_pruner(study)
    while not control.stop_reason and not is_asked() and slots.num_to_do(stage):
        stage.sampler = make_sampler(study, _seed(study, stage, worker))
        try:
            stage.optimize(objective, n_trials=1, catch=(Void, Failed))
        except ValueError as error:
            if "FAIL" not in str(error):  # declared dead while it was paused: another has it
                raise
        if isinstance(objective, Objective):
            _keep_the_best_weights(stage, study, objective.place.root)


def _seed(study: Study, stage: optuna.Study, worker: int) -> int:
    """Return a seed that no other worker here has now, nor this one had before.

    One worker alone draws the same trials again from the same start.
    """
    count = len(stage.get_trials(deepcopy=False))
    text = f"{study.file.search.seed} {stage.study_name} {worker} {count}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def _keep_the_best_weights(stage: optuna.Study, study: Study, root: Path) -> None:
    """Delete the weights of finished trials but the best and the baselines."""
    trials = stage.get_trials(deepcopy=False)
    kept = {trial.number for trial in confirm.candidates(trials, study, study.file.confirm.top)}
    for trial in trials:
        run = trial.user_attrs.get("run")
        if trial.state.is_finished() and trial.number not in kept and run:
            (root / run / "best.safetensors").unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], int(sys.argv[2])))
    except DliError as error:
        sys.stderr.write(f"dli: error: {error}\n")
        sys.exit(error.exit_code)
