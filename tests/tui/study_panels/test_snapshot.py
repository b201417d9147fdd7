"""What a study does is told from its trials, their runs, and the process of its search."""

import fcntl
from pathlib import Path

import optuna
import pytest

from bench import confirm, steering
from bench.following import Follower
from bench.storage import default_url, using_storage
from engine.config import RunConfig
from engine.runs import RunFolder, create_run
from tests.bench.made_study import ID, START, make_study
from tui import clock
from tui.study_panels.snapshot import Activity, look_at_all, look_at_study
from tui.study_panels.tuner import Tuner


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a runs folder, two minutes after the last trial of the study ended."""
    monkeypatch.setattr(clock, "now", lambda: START + 220)
    return tmp_path


def _activity(root: Path, tuner: Tuner | None = None) -> Activity:
    follower = Follower(default_url(root))
    view = look_at_study(follower, ID, root, tuner)
    follower.close()
    assert view.problem == ""
    return view.activity


def _running(root: Path) -> RunFolder:
    folder = create_run(root, RunConfig())
    make_study(root, running=folder.id, confirmed=False)
    return folder


def test_a_study_that_nobody_works_on(root: Path) -> None:
    make_study(root)
    assert _activity(root) == "finished"
    make_study(root, confirmed=False)
    assert _activity(root) == "unconfirmed"
    steering.enqueue(default_url(root), ID, {"model.width": 32})
    assert _activity(root) == "stopped"


def test_a_trial_that_runs_is_believed_only_while_its_run_lives(root: Path) -> None:
    folder = _running(root)
    assert _activity(root) == "interrupted"
    with folder.lock():
        assert _activity(root) == "searching"
        steering.ask_to_stop(default_url(root), ID)
        assert _activity(root) == "stopping"


def _confirming(root: Path) -> None:
    """Let a run of the confirm stage be trained elsewhere."""
    with using_storage(default_url(root)) as storage:
        stage = optuna.load_study(storage=storage, study_name=ID + confirm.SUFFIX)
        stage.enqueue_trial({confirm.CANDIDATE: 4, confirm.SEED: 99})
        trial = stage.ask()
        confirm.suggest(trial)
        trial.set_user_attr("run", "20260101-000000-elsewhere")


def test_a_confirm_run_is_no_search_even_where_trials_wait(root: Path) -> None:
    make_study(root)
    _confirming(root)
    assert _activity(root) == "confirming"
    steering.enqueue(default_url(root), ID, {"model.width": 32})
    follower = Follower(default_url(root))
    view = look_at_study(follower, ID, root, None)
    (listed,) = look_at_all(follower, root)
    follower.close()
    assert (view.activity, listed.activity) == ("confirming", "confirming")
    assert view.is_confirming
    steering.ask_to_stop(default_url(root), ID)
    assert _activity(root) == "stopping"


def test_a_trial_of_another_machine_is_believed(root: Path) -> None:
    make_study(root, running="20260101-000000-elsewhere", confirmed=False)
    assert _activity(root) == "searching"


def test_a_process_that_comes_up_is_preparing(root: Path) -> None:
    make_study(root, confirmed=False)
    log = root / ".tune" / "20300101-120000-000000-digits_cnn.log"
    log.parent.mkdir()
    log.write_text(f"$ dli tune\n{ID}: 14 configurations\ntiming steps ...\n")
    with log.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert _activity(root, Tuner(log)) == "preparing"
        assert _activity(root) == "preparing"  # also for a screen that did not start it
    assert _activity(root, Tuner(log)) == "unconfirmed"
