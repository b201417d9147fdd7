"""The main loop on real pictures: reproducible, steerable, stoppable anywhere, resumable."""

import math
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.checkpoint import load_checkpoint, load_weights
from engine.config import RunConfig, parse
from engine.control import Command, Control, Stop, make_command, send
from engine.errors import CheckpointError, ConfigError, DivergedError, RunError, StorageError
from engine.events import (
    CheckpointSaved,
    EpochCompleted,
    Event,
    Intervened,
    PhaseChanged,
    RunFinished,
    RunPrepared,
    RunResumed,
    RunStarted,
    StepCompleted,
    to_json,
)
from engine.history import History
from engine.predictions import read_predictions, read_split, read_test_predictions
from engine.record import recorded, replay
from engine.runs import RunFolder, create_run
from engine.session import run
from engine.train import train


def tiny(**changes: Any) -> RunConfig:
    values = {
        "model": {"name": "mlp", "hidden": [16]},
        "data": {"subset": 200},
        "epochs": 2,
        "batch_size": 32,
        "threads": 1,
    }
    return parse(values | changes)


def of_type(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def final_weights(folder: RunFolder, config: RunConfig) -> dict[str, torch.Tensor]:
    return load_checkpoint(folder["checkpoint.pt"], config.digest()).model


def test_a_run_tells_its_story_in_order() -> None:
    events = list(train(tiny()))
    kinds = [type(event).__name__ for event in events if not isinstance(event, PhaseChanged)]
    steps = ["StepCompleted"] * 6
    epochs = [*steps, "EpochCompleted"] * 2
    assert kinds == ["RunStarted", "RunPrepared", *epochs, "RunFinished"]
    phases = [event.phase for event in of_type(events, PhaseChanged)]
    assert list(dict.fromkeys(phases)) == [
        "loading data", "building", "training", "validating", "testing",
    ]  # fmt: skip
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.status == "completed"
    assert finished.test is not None
    assert finished.test.num_pictures == 360


def test_the_fold_of_a_recorded_run_equals_its_replay(tmp_path: Path) -> None:
    folder = create_run(tmp_path, tiny())
    assert History.of(run(folder)) == History.of(replay(folder))


def test_the_same_seed_gives_the_same_run_and_another_does_not() -> None:
    config = tiny(augment={"crop_padding": 2, "flip": "random"})
    one, same = History.of(train(config)), History.of(train(config))
    other = History.of(train(config.model_copy(update={"seed": 1})))
    assert one.same_course(same)
    assert not one.same_course(other)


def test_a_search_never_reads_test() -> None:
    finished = list(train(tiny(test=False)))[-1]
    assert isinstance(finished, RunFinished)
    assert finished.test is None


def test_predictions_and_split_agree_with_what_the_events_say(tmp_path: Path) -> None:
    folder = create_run(tmp_path, tiny())
    history = History.of(run(folder))
    split = read_split(folder)
    for epoch, accuracy in enumerate(history.epochs["val_accuracy"], start=1):
        predicted, confidence = read_predictions(folder, epoch)
        assert (predicted == split["val_labels"]).mean() == pytest.approx(accuracy)
        assert ((confidence > 0) & (confidence <= 1)).all()
    predicted, _ = read_test_predictions(folder)
    assert history.finished is not None
    assert history.finished.test is not None
    assert (predicted == split["test_labels"]).mean() == history.finished.test.accuracy


def test_step_events_lie_on_a_fixed_grid_of_at_most_two_hundred_an_epoch() -> None:
    events = list(train(tiny(batch_size=1, epochs=1, data={"subset": 500}, test=False)))
    groups = of_type(events, StepCompleted)
    assert len(groups) == 150  # 450 steps: groups of three
    assert [group.step for group in groups] == list(range(3, 451, 3))
    assert all(group.loss_min <= group.loss <= group.loss_max for group in groups)


def test_a_thrown_stop_ends_the_run_with_a_checkpoint_and_resuming_finishes_it(
    tmp_path: Path,
) -> None:
    config = tiny()
    whole, folder = create_run(tmp_path, config), create_run(tmp_path, config)
    list(run(whole))
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, StepCompleted) and event.step == 9:
                break
        told: list[Event] = [events.throw(Stop("enough"))]
        told += list(events)
    assert isinstance(told[0], CheckpointSaved)
    assert isinstance(told[-1], RunFinished)
    assert (told[-1].status, told[-1].reason, told[-1].step) == ("stopped", "enough", 9)
    resumed = list(run(folder))
    assert of_type(resumed, RunResumed)[0].step == 9
    assert History.of(replay(folder)).same_course(History.of(replay(whole)))
    mine, theirs = final_weights(folder, config), final_weights(whole, config)
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize("where", [RunPrepared, StepCompleted, EpochCompleted, CheckpointSaved])
def test_a_stream_closed_anywhere_resumes_to_the_same_run(tmp_path: Path, where: type) -> None:
    config = tiny()
    folder = create_run(tmp_path, config)
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, where):
                break
    list(run(folder))
    assert History.of(replay(folder)).same_course(History.of(train(config)))


def test_a_finished_run_cannot_be_resumed(tmp_path: Path) -> None:
    folder = create_run(tmp_path, tiny(epochs=1))
    list(run(folder))
    with pytest.raises(RunError, match=r"is completed after epoch 1 and cannot be\s+resumed"):
        list(run(folder))


def test_a_diverging_run_stops_at_the_first_bad_loss_and_keeps_the_last_good_state(
    tmp_path: Path,
) -> None:
    config = tiny(
        model={"name": "cnn", "filters": [4, 4]},
        optimizer={"name": "sgd", "lr": 1e9},
        schedule={"name": "constant"},
    )
    folder = create_run(tmp_path, config)
    with pytest.raises(DivergedError, match=r"epoch 1, step \d+: training diverged"):
        list(run(folder))
    history = History.of(replay(folder))
    assert history.finished is not None
    assert history.finished.status == "failed"
    assert all(math.isfinite(loss) for loss in history.steps["loss"])
    if folder["checkpoint.pt"].exists():
        weights = final_weights(folder, config)
        assert all(torch.isfinite(value).all() for value in weights.values())


def test_early_stopping_ends_the_run_and_says_why() -> None:
    config = tiny(epochs=40, stop={"patience": 2, "metric": "val_accuracy"}, test=False)
    events = list(train(config))
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert "early stopping" in finished.reason
    history = History.of(events)
    best = int(history.epochs["val_accuracy"].argmax()) + 1
    assert finished.epoch == best + 2 < 40
    assert finished.best_epoch == best


def test_the_best_weights_are_those_of_the_best_epoch(tmp_path: Path) -> None:
    config = tiny(epochs=3, best_metric="val_loss")
    folder = create_run(tmp_path, config)
    history = History.of(run(folder))
    _, about = load_weights(folder["best.safetensors"])
    best = int(history.epochs["val_loss"].argmin()) + 1
    assert about["epoch"] == history.best_epoch == best
    assert about["config"] == config.model_dump(mode="json")


def test_the_mean_of_the_weights_is_what_val_and_test_judge(tmp_path: Path) -> None:
    config = tiny(ema=0.5, epochs=1)
    folder = create_run(tmp_path, config)
    list(run(folder))
    checkpoint = load_checkpoint(folder["checkpoint.pt"], config.digest())
    best, _ = load_weights(folder["best.safetensors"])
    assert checkpoint.ema is not None
    name = next(iter(best))
    assert torch.equal(best[name], checkpoint.ema[f"module.{name}"])
    assert not torch.equal(best[name], checkpoint.model[name])


class Scripted(Control):
    """Gives one waiting command at each poll, as if another process sent them in a row."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Command] = []

    def give(self, verb: str, setting: tuple[str, object] | None = None) -> None:
        self.waiting.append(make_command(verb, setting))

    def poll(self) -> list[Command]:
        return [self.waiting.pop(0)] if self.waiting else []


def test_pause_set_and_continue_are_obeyed_and_told() -> None:
    script, events = Scripted(), []
    for event in train(tiny(schedule={"name": "constant"}, test=False), control=script):
        events.append(event)
        if isinstance(event, StepCompleted) and event.step == 4:
            script.give("pause")
            script.give("set", ("optimizer.lr", 0.5))
            script.give("continue")
    told = [(event.command, event.value, event.step) for event in of_type(events, Intervened)]
    assert told == [("pause", None, 4), ("set", 0.5, 4), ("continue", None, 4)]
    for group in of_type(events, StepCompleted):
        assert group.lr == pytest.approx(0.5 if group.step > 4 else 0.05)


def test_pause_after_the_epoch_waits_for_its_end() -> None:
    script, events = Scripted(), []
    for event in train(tiny(epochs=3, test=False), control=script):
        events.append(event)
        if isinstance(event, StepCompleted) and event.step == 2:
            script.give("pause_after_epoch")
        if isinstance(event, PhaseChanged) and event.phase == "paused":
            script.give("stop")
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.step, finished.epoch) == ("stopped", 6, 1)


def test_a_pruned_run_is_over_for_good(tmp_path: Path) -> None:
    folder = create_run(tmp_path, tiny())
    above = Control()
    control = Control(folder, above)
    events = []
    with closing(run(folder, control)) as stream:
        for event in stream:
            events.append(event)
            if isinstance(event, EpochCompleted):
                send(folder, make_command("prune"))
                control._next_poll = 0.0

    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason) == ("pruned", "pruned by hand")
    assert (finished.epoch, finished.test) == (1, None)
    assert above.asked is None
    with pytest.raises(RunError, match="is pruned after epoch 1"):
        list(run(folder))


def test_a_run_stops_with_what_stands_above_it(tmp_path: Path) -> None:
    folder = create_run(tmp_path, tiny())
    above = Control()
    with closing(run(folder, Control(folder, above))) as stream:
        for event in stream:
            if isinstance(event, EpochCompleted):
                above.request_stop("all stop")

    finished = list(replay(folder))[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason, finished.epoch) == ("stopped", "all stop", 1)


def test_a_changed_rate_survives_a_kill_after_it(tmp_path: Path) -> None:
    """The log says when the rate changed; a resume from before that changes it there again."""
    config = tiny(schedule={"name": "constant"}, test=False)
    folder, script = create_run(tmp_path, config), Scripted()
    whole = History()
    for event in recorded(train(config, folder, script), folder):
        whole.fold(event)
        if isinstance(event, StepCompleted) and event.step == 4:
            script.give("set", ("optimizer.lr", 0.5))
    folder["checkpoint.pt"].unlink()  # as if killed before the first checkpoint
    lines = folder["events.jsonl"].read_bytes().splitlines(keepends=True)
    folder["events.jsonl"].write_bytes(b"".join(lines[:-1]))
    list(run(folder))
    again = History.of(replay(folder))
    assert again.same_course(whole)
    assert [done.step for done in again.interventions] == [4]


def test_a_batch_that_takes_all_pictures_is_refused_where_none_would_be_left() -> None:
    with pytest.raises(ConfigError, match="batch_size 1000 leaves no whole batch of 180"):
        list(train(tiny(batch_size=1000, drop_last=True)))


DAMAGE = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "tampered": lambda content: content[:900] + b"XXXX" + content[904:],
    "foreign": lambda content: b"PK" + b"\0" * 100,
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_checkpoint_is_refused_in_one_sentence(tmp_path: Path, how: str) -> None:
    folder = stopped_run(tmp_path)
    content = folder["checkpoint.pt"].read_bytes()
    folder["checkpoint.pt"].write_bytes(DAMAGE[how](content))
    with pytest.raises(CheckpointError) as error:
        list(run(folder))
    assert str(folder["checkpoint.pt"]) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_hostile_checkpoint_runs_no_code(tmp_path: Path) -> None:
    folder, witness = stopped_run(tmp_path), tmp_path / "ran"

    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (witness,))

    torch.save({"schema": 1, "model": Hostile()}, folder["checkpoint.pt"])
    with pytest.raises(CheckpointError, match="never run"):
        list(run(folder))
    assert not witness.exists()


def test_a_checkpoint_of_another_config_is_refused(tmp_path: Path) -> None:
    folder = stopped_run(tmp_path)
    other = create_run(tmp_path, tiny(seed=9))
    other["checkpoint.pt"].write_bytes(folder["checkpoint.pt"].read_bytes())
    other["events.jsonl"].write_bytes(folder["events.jsonl"].read_bytes())
    with pytest.raises(CheckpointError, match="another config"):
        list(run(other))


def stopped_run(root: Path) -> RunFolder:
    folder = create_run(root, tiny())
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, EpochCompleted):
                break
    return folder


def test_a_run_started_elsewhere_keeps_its_study(tmp_path: Path) -> None:
    started = RunStarted(1.0, "x", tiny(epochs=1), study="s", trial=3)
    assert next(train(started.config, started=started)) == started


def test_a_changed_rate_survives_two_kills_in_a_row(tmp_path: Path) -> None:
    """The second kill comes before the resumed run is back where the rate was changed."""
    config = tiny(schedule={"name": "constant"}, test=False)
    folder, script = create_run(tmp_path, config), Scripted()
    whole = History()
    for event in recorded(train(config, folder, script), folder):
        whole.fold(event)
        if isinstance(event, StepCompleted) and event.step == 8:
            script.give("set", ("optimizer.lr", 0.5))
    folder["checkpoint.pt"].unlink()
    lines = folder["events.jsonl"].read_bytes().splitlines(keepends=True)
    folder["events.jsonl"].write_bytes(b"".join(lines[:-1]))
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, StepCompleted) and event.step == 4:
                break
    list(run(folder))
    assert History.of(replay(folder)).same_course(whole)


def test_a_bug_is_logged_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = create_run(tmp_path, tiny())
    monkeypatch.setattr("engine.trainer.take_in", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(run(folder))
    finished = list(replay(folder))[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason[:12]) == ("failed", "a bug in dli")


def test_a_rate_set_while_paused_before_a_stop_is_there_after_the_resume(tmp_path: Path) -> None:
    folder, script = create_run(tmp_path, tiny(schedule={"name": "constant"})), Scripted()
    for event in recorded(train(folder.config(), folder, script), folder):
        if isinstance(event, StepCompleted) and event.step == 4:
            script.give("pause")
            script.give("set", ("optimizer.lr", 0.5))
            script.give("stop")
    rates = [event.lr for event in run(folder) if isinstance(event, StepCompleted)]
    assert rates == [0.5] * 8


def test_a_stop_that_nobody_obeyed_does_not_stop_the_next_trainer(tmp_path: Path) -> None:
    folder = stopped_run(tmp_path)
    late = make_command("stop")
    folder["control.jsonl"].write_text(f'{{"id":"{late.id}","verb":"stop"}}\n')
    last = list(run(folder))[-1]
    assert isinstance(last, RunFinished)
    assert last.status == "completed"


def test_a_log_that_cannot_be_written_ends_the_run_without_a_checkpoint_ahead_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: what the log does not know, the checkpoint does not know either."""
    folder = create_run(tmp_path, tiny())

    def full(event: Event) -> str:
        if isinstance(event, EpochCompleted) and event.epoch == 2:
            raise OSError(28, "No space left on device")
        return to_json(event)

    with monkeypatch.context() as patch:
        patch.setattr("engine.record.to_json", full)
        with pytest.raises(StorageError, match="the disk is full; free some space"):
            list(run(folder))
    list(run(folder))
    assert History.of(replay(folder)).same_course(History.of(train(tiny())))
