"""A study in a storage with one of everything: made by hand, so that nothing is trained."""

import math
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import optuna
from optuna.trial import FrozenTrial, TrialState, create_trial

from bench import confirm, ledger, slots
from bench.catalog import find
from bench.resolve import resolve
from bench.space import Value
from bench.storage import FILE, default_url, using_storage
from bench.study import Study

ID = "digits_cnn@0123abcd"
START = 1_795_270_000.0
EPOCHS = 8
_OTHERS = {
    9: (TrialState.PRUNED, {"cause": "diverged", "message": "the loss is nan at step 7"}),
    10: (TrialState.FAIL, {"cause": "DataError", "message": "cannot read the pictures"}),
}  # states beside complete and pruned, by the trial's number


def make_study(root: Path, running: str = "", confirmed: bool = True) -> str:
    """Put a study into a runs folder's storage, and return its id.

    Args:
        root: the runs folder.
        running: the run of a trial that is trained now; none if empty.
        confirmed: whether the confirm stage is over.
    """
    root.mkdir(exist_ok=True)
    (root / FILE).write_bytes(_made(running, confirmed))
    return ID


@cache
def _made(running: str, confirmed: bool) -> bytes:
    """Return the storage's file, made once."""
    with TemporaryDirectory() as folder:
        _make(Path(folder), running, confirmed)
        return (Path(folder) / FILE).read_bytes()


def _make(root: Path, running: str, confirmed: bool) -> None:
    study = resolve(find("digits_cnn"))
    source = ledger.source_of(study, (), 431, "d1g35t")
    with using_storage(default_url(root), create=True) as storage:
        stored = ledger.make_study(storage, study, ID, source)
        stage = ledger.make_study(storage, study, ID + confirm.SUFFIX, source)
        stored.add_trials([_trial(number, study) for number in range(14)])
        stored.set_user_attr(slots.TARGET, 14)
        if running:
            stored.set_user_attr(slots.TARGET, 16)
            stored.add_trial(_running(running, study))
        if confirmed:
            _confirm(stored, stage, study)
        for one in (stored, stage):
            one.set_user_attr(ledger.OPENED, START)
            one.set_user_attr(ledger.FACTS, {"command": "dli tune --study digits_cnn --workers 3"})


def _trial(number: int, study: Study) -> FrozenTrial:
    """Return a baseline, or a point of the space; every third is pruned after epoch 3."""
    params = _params(number, study)
    pruned = number % 3 == 2
    state, told = _OTHERS.get(number, (TrialState.PRUNED if pruned else TrialState.COMPLETE, {}))
    top = 0.95 + (number * 7 % 11) / 400
    curve = [top - 0.5 * math.exp(-epoch) for epoch in range(1, 1 + (3 if pruned else EPOCHS))]
    return create_trial(
        state=state,
        value=None if state == TrialState.FAIL else curve[-1],
        params=params,
        distributions=slots.distributions(study.space),
        user_attrs=told | {
            "worker": "here:1", "run": f"r{number}", "parameters": 9000 + number, "seconds": 2.5,
            "started": START + 3 * number, "finished": START + 3 * number + 2,
        },
        system_attrs={"completed_rung_0": curve[2]},
        intermediate_values=dict(enumerate(curve)),
        constraints={"finite": 1.0} if number == 9 else None,
    )  # fmt: skip


def _params(number: int, study: Study) -> dict[str, Value]:
    if number < len(study.baselines):
        return dict(study.baselines[number].params)
    return {
        "optimizer.lr": 0.004 * 1.4**number,
        "model.width": 8 + 8 * (number % 4),
        "model.batch_norm": number % 2 == 0,
        "model.conv_dropout": (number % 5) / 10,
        "loss.label_smoothing": (number % 4) / 20,
    }


def _running(run: str, study: Study) -> FrozenTrial:
    return create_trial(
        state=TrialState.RUNNING,
        params=_params(14, study),
        distributions=slots.distributions(study.space),
        user_attrs={"worker": "here:1", "run": run, "started": START + 60, slots.BEGAN: 14},
        intermediate_values={0: 0.71, 1: 0.83},
    )


def _confirm(stored: optuna.Study, stage: optuna.Study, study: Study) -> None:
    confirm.fill(stored, stage, study)
    trials = stored.get_trials(deepcopy=False)
    for _ in range(len(stage.get_trials(deepcopy=False))):
        trial = stage.ask()
        number, seed = confirm.suggest(trial)
        value = (trials[number].value or 0.0) - 0.01 + seed / 500
        trial.set_user_attr("test_correct", round(360 * value))
        trial.set_user_attr("test_total", 360)
        trial.set_user_attr("finished", START + 90)
        trial.report(value, EPOCHS - 1)
        stage.tell(trial, value)
