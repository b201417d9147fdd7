"""`dli train` and `dli show`: real runs, how they end, and what keeps one from starting."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from engine.control import make_command, send
from engine.events import EpochCompleted, RunFinished, RunStarted, from_json
from engine.runs import RunFolder, list_runs, runs_dir

Dli = Callable[..., Any]
TINY = ("--model", "linear", "--subset", "100", "--epochs", "1", "--threads", "1")
ENDLESS = (*TINY, "--epochs", "100000")


def _only_run() -> RunFolder:
    (folder,) = list_runs(runs_dir())
    return folder


def _soon(act: Callable[[RunFolder], None], past: int = 0) -> threading.Thread:
    """Do something to the live run as soon as it has done an epoch past a step."""

    def wait_and_act() -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for folder in list_runs(runs_dir()):
                state = folder.state()
                if state and state.epoch and state.step > past and folder.is_alive():
                    return act(folder)
            time.sleep(0.005)
        return None

    thread = threading.Thread(target=wait_and_act)
    thread.start()
    return thread


def _interrupt(folder: RunFolder) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def _stop(folder: RunFolder) -> None:
    send(folder, make_command("stop"))


def _step() -> int:
    state = _only_run().state()
    assert state is not None
    return state.step


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--model", "resnt9"), 2, "unknown model 'resnt9'. Did you mean 'resnet9'?"),
        (("--dataset", "mist"), 2, "unknown data set 'mist'. Did you mean 'mnist'?"),
        (("mnist_mpl",), 2, "unknown study 'mnist_mpl'. Did you mean 'mnist_mlp'?"),
        (
            ("--set", "optimizer.lrr=1"),
            2,
            "unknown key 'optimizer.lrr'. Did you mean 'optimizer.lr'",
        ),
        (("--set", "epochs"), 2, "--set needs KEY=VALUE"),
        (("--epochs", "0"), 2, "epochs cannot be 0: it must be at least 1"),
        (("--lr", "-1"), 2, "optimizer.lr cannot be -1.0: it must be above 0"),
        (("--set", "epochs=many"), 2, "epochs cannot be 'many': it must be a whole number"),
        (("--device", "tpu"), 2, "device cannot be 'tpu'"),
        (("--set", "augment.crop_mode=zero"), 2, "has no effect with augment.crop_padding 0"),
        (("mnist_mlp", "--config", "x.json"), 2, "choose one of STUDY and --config"),
        (("--config", "/no/config.json"), 2, "cannot read the config /no/config.json"),
        (("--dataset", "mnist"), 3, "`dli data get mnist` downloads it"),
        (("--dataset", "folder:/nowhere"), 3, "/nowhere"),
        (("--resume", "last"), 5, "there are no runs"),
        (("--resume", "last", "--lr", "1", "--no-test"), 2, "cannot take --lr, --no-test"),
        (("mnist_mlp", "--resume", "last", "--set", "seed=1"), 2, "cannot take STUDY, --set"),
    ],
)
def test_a_mistake_is_one_sentence_and_leaves_no_run(
    dli: Dli, words: tuple[str, ...], code: int, sentence: str
) -> None:
    shown = dli("train", *words)

    assert sentence in shown.err
    assert shown.code == code
    assert shown.err.startswith("dli: error: ")
    assert shown.err.count("\n") == 1
    assert list_runs(runs_dir()) == []


def test_a_model_that_cannot_take_the_pictures_leaves_no_run(dli: Dli) -> None:
    shown = dli("train", "--model", "resnet9", "--set", "data.image_size=4", "--subset", "100")

    assert shown.code == 4
    assert "cannot take pictures of 1x4x4" in shown.err
    assert list_runs(runs_dir()) == []


def test_what_a_study_loses_is_told(dli: Dli) -> None:
    shown = dli("train", "mnist_mlp", "--model", "linear")

    note, error = shown.err.splitlines()
    assert note.startswith("note: model is now 'linear': dropped the settings of 'mlp'")
    assert "data set 'mnist' is not in" in error


def test_a_run_is_told_line_by_line_and_summed_up(dli: Dli) -> None:
    shown = dli("train", *TINY)

    assert shown.code == 0
    assert "epoch 1/1" in shown.out
    assert "test accuracy" in shown.out
    assert f"dli train --config {_only_run()['config.json']}" in shown.out
    assert "\x1b" not in shown.out
    assert shown.err == ""
    assert dli("runs").out.splitlines()[1].split()[0] == "completed"


def test_json_is_the_events_and_nothing_else(dli: Dli) -> None:
    shown = dli("train", *TINY, "--no-test", "--json", "--name", "My first")

    events = [from_json(line) for line in shown.out.splitlines()]
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].test is None
    assert sum(isinstance(event, EpochCompleted) for event in events) == 1
    assert _only_run().id.endswith("-my-first")
    assert shown.err == ""


def test_a_finished_run_can_be_shown_and_repeated_but_not_resumed(dli: Dli) -> None:
    dli("train", *TINY)
    folder = _only_run()

    resumed = dli("train", "--resume", "last")
    detached = dli("train", "--resume", "last", "--detach")
    shown = json.loads(dli("show", "--json").out)
    followed = dli("show", "last", "--follow")
    repeated = dli("train", "--config", str(folder["config.json"]), "--json")

    assert (resumed.code, detached.code) == (5, 5)
    assert f"run '{folder.id}' is completed" in resumed.err
    assert f"run '{folder.id}' is completed" in detached.err
    assert shown["state"] == "completed"
    assert shown["epochs"]["epoch"] == [1]
    assert "test accuracy" in followed.out
    assert repeated.code == 0


def test_a_run_is_forked_with_its_config_and_weights_and_changes(dli: Dli) -> None:
    dli("train", *TINY)
    parent = _only_run()

    forked = dli("train", "--fork", "last", "--epochs", "2", "--set", "optimizer.lr=0.001")
    shown = json.loads(dli("show", "last", "--json").out)
    drawn = dli("show", "last")

    assert forked.code == 0
    assert f"fork of  {parent.id} at step 2" in forked.out
    assert f"took all 2 tensors from {parent.id} (epoch 1, step 2)" in forked.out
    assert f"{parent.id} at step 2" in drawn.out
    assert "train fresh" in drawn.out
    assert "the weights that it began with" in drawn.out
    assert (shown["parent"], shown["parent_step"]) == (parent.id, 2)
    assert shown["config"]["model"]["name"] == "linear"
    assert (shown["config"]["optimizer"]["lr"], shown["config"]["epochs"]) == (0.001, 2)
    for words in (["cifar_bn"], ["--config", "x.json"], ["--resume", "last"]):
        assert dli("train", "--fork", "last", *words).code == 2
    assert "cannot take STUDY" in dli("train", "--fork", "last", "cifar_bn").err


def test_a_diverging_run_is_stopped_with_its_own_exit_code_and_stays(dli: Dli) -> None:
    shown = dli("train", *TINY, "--model", "mlp", "--lr", "1e9", "--epochs", "30")

    assert shown.code == 7
    assert "epoch 1, step" in shown.err.splitlines()[0]
    assert dli("runs").out.splitlines()[1].split()[0] == "failed"


def test_an_interrupted_run_says_how_to_go_on_and_does(dli: Dli) -> None:
    thread = _soon(_interrupt)
    interrupted = dli("train", *ENDLESS)
    thread.join()

    before = _step()
    thread = _soon(_interrupt, past=before)
    resumed = dli("train", "--resume", "last")
    thread.join()

    assert (interrupted.code, resumed.code) == (130, 130)
    assert f"dli train --resume {_only_run().id}" in interrupted.err
    assert "resumed after epoch" in resumed.out
    assert _step() > before > 0


def test_a_run_that_dli_control_stopped_was_not_interrupted_and_goes_on(dli: Dli) -> None:
    thread = _soon(_stop)
    stopped = dli("train", *ENDLESS)
    thread.join()

    before = _step()
    thread = _soon(_stop, past=before)
    resumed = dli("train", "--resume", "last")
    thread.join()

    assert (stopped.code, resumed.code) == (0, 0)
    assert f"dli train --resume {_only_run().id}" in stopped.err
    assert _step() > before > 0, "the old command does not stop it again"


def test_a_detached_run_goes_on_by_itself_and_can_be_followed(dli: Dli) -> None:
    started = dli("train", *TINY, "--detach")
    followed = dli("show", started.out.strip(), "--follow", "--json")

    finished = from_json(followed.out.splitlines()[-1])
    assert started.code == 0
    assert f"dli show {_only_run().id} --follow" in started.err
    assert isinstance(finished, RunFinished)
    assert finished.status == "completed"
