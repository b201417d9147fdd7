"""A run's summary, of real runs: finished, stopped, resumed, without test or val, and refused."""

import json
import math
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.results.result import COLUMNS, RESULT_SCHEMA, read
from bench.results.summary import summarise
from engine.control import make_command, send
from engine.errors import RunError
from engine.fork import fork_run
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder, create_run
from engine.session import run
from tests.bench.results.conftest import config_of

TrainRun = Callable[..., RunFolder]


def test_a_finished_run_is_summed_up_with_all_that_a_table_tells(train_run: TrainRun) -> None:
    folder = train_run(seed=3)
    history = History.of(replay(folder))

    result = summarise(folder)

    assert history.prepared is not None
    assert history.finished is not None
    assert history.finished.test is not None
    assert (result.study, result.variant, result.data) == ("tiny", "", "digits")
    assert result.command == "dli train tiny --seed 3"
    assert result.data_digest == history.prepared.data_digest
    assert (result.parts.train, result.parts.val, result.parts.test) == (270, 30, 360)
    assert result.num_parameters == history.prepared.num_parameters
    assert (result.ending.epochs, result.ending.planned) == (3, 3)
    assert result.is_complete
    assert result.ending.reason == "all 3 epochs done"
    assert result.ending.best_epoch == history.best_epoch
    assert result.ending.best_value == pytest.approx(max(history.epochs["val_accuracy"]), rel=1e-5)
    assert result.test is not None
    assert result.test.num_correct == history.finished.test.num_correct
    assert result.test.accuracy == history.finished.test.accuracy
    assert result.epoch == (1, 2, 3)
    for name in COLUMNS:
        assert result.columns[name] == pytest.approx(history.epochs[name].tolist(), rel=1e-5)
    assert result.machine.python.startswith("3.")
    assert (result.machine.device, result.machine.threads) == ("cpu", 1)
    assert result.machine.gpu is None


def test_the_file_gives_the_same_result_and_names_neither_host_nor_folder(
    train_run: TrainRun, tmp_path: Path
) -> None:
    folder = train_run()
    file = tmp_path / "one.json"
    result = summarise(folder).model_copy(update={"shared": True})

    file.write_text(result.to_json())

    text = file.read_text()
    assert read(file) == result
    assert json.loads(text)["schema"] == RESULT_SCHEMA
    assert len(text) < 5_000
    host = json.loads(folder["environment.json"].read_text())["host"]
    assert host == socket.gethostname()
    assert f'"{host}"' not in text
    assert str(tmp_path) not in text


def test_times_are_those_of_the_events(train_run: TrainRun) -> None:
    folder = train_run()
    events = list(replay(folder))
    history = History.of(events)

    seconds = summarise(folder).seconds

    assert seconds.all == pytest.approx(events[-1].time - events[0].time, abs=1e-3)
    assert 0 < seconds.training < seconds.all - seconds.set_up
    assert seconds.until_best is not None
    assert seconds.training >= history.epochs["seconds"].sum() - 0.01


def test_a_thousand_epochs_fit_into_fifteen_kilobytes_with_the_best_among_them(
    train_run: TrainRun,
) -> None:
    folder = train_run(epochs=1)
    lines = folder["events.jsonl"].read_text().splitlines()
    (epoch,) = (line for line in lines if '"EpochCompleted"' in line)
    best = [epoch.replace('"epoch":1', f'"epoch":{number}') for number in (1, 2)]
    worse = epoch.replace('"is_best":true', '"is_best":false')
    later = [worse.replace('"epoch":1', f'"epoch":{number}') for number in range(3, 1001)]
    folder["events.jsonl"].write_text("\n".join([*lines[:-1], *best[1:], *later, lines[-1], ""]))

    result = summarise(folder)

    assert 8_000 < len(result.to_json()) <= 15_000
    assert (result.epoch[0], result.epoch[1], result.epoch[-1]) == (1, 2, 1000)
    assert len(result.epoch) == 101
    assert (result.ending.best_epoch, result.ending.epochs) == (2, 1000)


def test_a_stopped_run_has_its_best_epoch_and_no_test(train_run: TrainRun) -> None:
    result = summarise(train_run(stop_after=2))

    assert (result.ending.status, result.ending.reason) == ("stopped", "stopped by hand")
    assert (result.ending.epochs, result.ending.planned) == (2, 3)
    assert result.ending.best_val_accuracy == max(v for v in result.columns["val_accuracy"] if v)
    assert result.test is None
    assert not result.is_complete


def test_a_resumed_run_is_the_whole_run_and_the_time_between_does_not_count(
    train_run: TrainRun, go_on: Callable[..., None]
) -> None:
    folder = train_run(stop_after=1)
    first = summarise(folder)
    _postpone(folder, 1000.0)
    stopped_at = list(replay(folder))[-1].time
    go_on(folder)

    result = summarise(folder)

    events = list(replay(folder))
    assert events[-1].time - stopped_at > 900
    assert result.ending.epochs == 3
    assert result.epoch == (1, 2, 3)
    assert first.seconds.training < result.seconds.training < 100
    assert result.seconds.all < 100
    assert first.key == result.key


def _postpone(folder: RunFolder, seconds: float) -> None:
    """Make the log look as if it had been written so much earlier."""
    shifted = []
    for line in folder["events.jsonl"].read_text().splitlines():
        values = json.loads(line)
        shifted.append(json.dumps(values | {"time": values["time"] - seconds}))
    folder["events.jsonl"].write_text("\n".join(shifted) + "\n")


def test_a_killed_run_is_one_that_was_interrupted(train_run: TrainRun) -> None:
    folder = train_run()
    lines = folder["events.jsonl"].read_text().splitlines()
    folder["events.jsonl"].write_text("\n".join(lines[:-1]) + '\n{"event":"RunFi')

    result = summarise(folder)

    assert (result.ending.status, result.test) == ("interrupted", None)


def test_a_run_that_never_read_test_has_no_test_result(train_run: TrainRun) -> None:
    result = summarise(train_run(test=False))

    assert result.is_complete
    assert result.test is None
    assert result.variant == ""
    assert result.command == "dli train tiny --seed 0 --no-test"


def test_a_run_without_val_has_empty_columns_and_its_last_epoch(
    train_run: TrainRun, tmp_path: Path
) -> None:
    result = summarise(train_run(data__val_size=0))

    assert result.columns["val_accuracy"] == (None, None, None)
    assert (result.ending.best_epoch, result.ending.best_value) == (3, None)
    assert result.test is not None
    assert result.seconds.until_best is not None
    file = tmp_path / "one.json"
    file.write_text(result.to_json())
    assert read(file) == result
    assert "NaN" not in file.read_text()


def test_the_day_is_that_of_its_start(train_run: TrainRun) -> None:
    folder = train_run()
    started = next(replay(folder)).time

    day = datetime.strptime(summarise(folder).date, "%Y-%m-%d").replace(tzinfo=UTC)

    assert 0 <= started - day.timestamp() < 86_400


def test_numbers_have_six_significant_digits(train_run: TrainRun) -> None:
    result = summarise(train_run())

    losses = [value for value in result.columns["train_loss"] if value is not None]
    assert all(math.isclose(value, float(f"{value:.6g}"), rel_tol=0) for value in losses)
    assert any(value != float(f"{value:.4g}") for value in losses)


def test_what_is_no_recipe_s_result_is_refused_in_a_sentence(
    train_run: TrainRun, tmp_path: Path
) -> None:
    parent = train_run()
    root = tmp_path / "runs"
    fork = fork_run(root, parent.config(), parent, "tiny")
    list(run(fork))
    never = create_run(root, config_of(), "tiny")
    steered = create_run(root, config_of(threads=1), "tiny")
    for event in (events := run(steered)):
        if type(event).__name__ == "PhaseChanged" and event.phase == "training":
            send(steered, make_command("set", ("optimizer.lr", 0.01)))
            break
    list(events)

    with pytest.raises(RunError, match=r"began with the weights of .*-tiny', which no recipe"):
        summarise(fork)
    with pytest.raises(RunError, match="has no complete epoch, so there is nothing to keep"):
        summarise(never)
    with pytest.raises(RunError, match="had its learning rate changed by hand"):
        summarise(steered)
    with parent.lock(), pytest.raises(RunError, match="is being trained"):
        summarise(parent)


def test_a_failed_run_is_refused_with_its_reason(train_run: TrainRun) -> None:
    folder = train_run()
    log = folder["events.jsonl"]
    text = log.read_text().replace('"status":"completed"', '"status":"failed"')
    log.write_text(text.replace("all 3 epochs done", "the loss became nan."))

    with pytest.raises(RunError, match="failed: the loss became nan; only a trained one is kept"):
        summarise(folder)


def test_a_run_of_no_known_study_is_told_so(train_run: TrainRun) -> None:
    folder = train_run(label="my-own-thing", optimizer__lr=0.123)

    with pytest.raises(RunError, match=r"is of no known study: .*`dli studies` lists them"):
        summarise(folder)


def test_a_run_whose_machine_is_not_told_is_refused(train_run: TrainRun) -> None:
    folder = train_run()
    folder["environment.json"].unlink()

    with pytest.raises(RunError, match=r"has no readable environment\.json"):
        summarise(folder)
