"""Forks: runs that begin with another run's weights, whatever becomes of that run."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.checkpoint import load_checkpoint, load_weights, save_weights
from engine.config import RunConfig, parse
from engine.control import Stop
from engine.errors import CheckpointError, RunError
from engine.events import CheckpointSaved, Event, Notice, RunFinished, RunStarted, StepCompleted
from engine.fork import fork_run, read_fork
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder, create_run, list_runs
from engine.session import run


def tiny(**changes: Any) -> RunConfig:
    values = {
        "model": {"name": "mlp", "hidden": [16]},
        "data": {"subset": 200},
        "epochs": 2,
        "batch_size": 32,
        "threads": 1,
    }
    return parse(values | changes)


def trained(root: Path, config: RunConfig) -> RunFolder:
    folder = create_run(root, config)
    for _ in run(folder):
        pass
    return folder


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run with running means of its weights; only to be read."""
    return trained(tmp_path_factory.mktemp("parents"), tiny(ema=0.9))


def first_checkpoint(folder: RunFolder, config: RunConfig) -> Any:
    """Begin the run, stop it before its first step, and return what it had then."""
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, Notice):
                for _ in (events.throw(Stop("enough")), *events):
                    pass
                break
    return load_checkpoint(folder["checkpoint.pt"], config.digest())


def notices(folder: RunFolder) -> list[str]:
    return [notice.text for notice in History.of(replay(folder)).notices]


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in other)


def test_a_fork_begins_with_its_parents_newest_weights_and_their_mean(
    tmp_path: Path, parent: RunFolder
) -> None:
    config = tiny(ema=0.9, seed=5)
    folder = fork_run(tmp_path, config, parent, "my fork")

    begun = first_checkpoint(folder, config)

    last = load_checkpoint(parent["checkpoint.pt"], parent.config().digest())
    assert same(begun.model, last.model)
    assert same(begun.ema, last.ema)
    assert begun.optimizer["state"] == {}
    assert notices(folder) == [f"took all 4 tensors from {parent.id} (epoch 2, step 12)"]
    assert folder.id.endswith("my-fork")
    started = next(replay(folder))
    assert isinstance(started, RunStarted)
    assert (started.parent, started.parent_step) == (parent.id, 12)
    state = folder.state()
    assert state is not None
    assert (state.parent, state.parent_step) == (parent.id, 12)


def test_the_best_weights_can_be_asked_for(tmp_path: Path, parent: RunFolder) -> None:
    folder = fork_run(tmp_path, tiny(), parent, which="best")

    begun = first_checkpoint(folder, tiny())

    weights, about = load_weights(parent["best.safetensors"])
    assert same(begun.model, weights)
    fork = read_fork(folder)
    assert fork is not None
    assert (fork.epoch, fork.step) == (about["epoch"], 6 * about["epoch"])


def test_other_layers_begin_fresh_and_the_rest_is_taken(tmp_path: Path, parent: RunFolder) -> None:
    config = tiny(model={"name": "mlp", "hidden": [16, 8]}, ema=0.9)
    plain = first_weights(tmp_path, config)
    folder = fork_run(tmp_path, config, parent)

    begun = first_checkpoint(folder, config)

    last = load_checkpoint(parent["checkpoint.pt"], parent.config().digest())
    taken = [name for name in begun.model if torch.equal(begun.model[name], plain[name])]
    alike = [n for n in begun.model if n in last.model and same_shape(begun.model, last.model, n)]
    assert sorted(taken + alike) == sorted(begun.model)
    assert all(torch.equal(begun.model[name], last.model[name]) for name in alike)
    assert begun.ema["n_averaged"] == 0
    (told,) = notices(folder)
    assert told.startswith(f"took {len(alike)} of 6 tensors from {parent.id}")
    assert "head.weight (10x8 here, 10x16 there)" in told
    assert told.endswith("fresh, as there were none of that name: dense2.weight, dense2.bias")


def same_shape(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor], name: str) -> bool:
    return one[name].shape == other[name].shape


def first_weights(root: Path, config: RunConfig) -> dict[str, torch.Tensor]:
    """Return the weights that a run without a parent begins with."""
    folder = create_run(root, config)
    with closing(run(folder)) as events:
        for event in events:
            if type(event).__name__ == "RunPrepared":
                events.throw(Stop("enough"))
                break
    return load_checkpoint(folder["checkpoint.pt"], config.digest()).model


def test_where_nothing_fits_it_is_said_that_all_is_fresh(tmp_path: Path, parent: RunFolder) -> None:
    mine = RunFolder(Path(shutil.copytree(parent.path, tmp_path / "parent")))
    save_weights({"layer": torch.ones(3)}, {"epoch": 1}, mine["best.safetensors"])
    folder = fork_run(tmp_path, tiny(), mine, which="best")

    first_checkpoint(folder, tiny())

    (notice,) = History.of(replay(folder)).notices
    assert notice.level == "warning"
    assert notice.text.endswith("fits this model, so it starts fresh")


def test_the_same_fork_twice_is_the_same_run_and_not_its_parents(
    tmp_path: Path, parent: RunFolder
) -> None:
    one, two = (fork_run(tmp_path, tiny(), parent) for _ in range(2))
    fresh = create_run(tmp_path, tiny())

    first, second, other = (History.of(run(folder)) for folder in (one, two, fresh))

    assert first.same_course(second)
    assert not first.same_course(other)
    assert first.epochs["train_loss"][0] < other.epochs["train_loss"][0]


@pytest.mark.parametrize("becomes", ["deleted", "trained on"])
def test_what_becomes_of_the_parent_changes_nothing(
    tmp_path: Path, parent: RunFolder, becomes: str
) -> None:
    mine = RunFolder(Path(shutil.copytree(parent.path, tmp_path / "parent")))
    folder = fork_run(tmp_path, tiny(), mine)
    before = folder["fork.pt"].read_bytes()
    assert folder["fork.pt"].samefile(mine["checkpoint.pt"])
    if becomes == "deleted":
        shutil.rmtree(mine.path)
    else:  # as a trainer does, with a checkpoint that is put in its place
        mine["events.jsonl"].write_bytes(b"")
        first_checkpoint_of_a_resumed(mine)
        assert not folder["fork.pt"].samefile(mine["checkpoint.pt"])

    assert folder["fork.pt"].read_bytes() == before
    assert History.of(run(folder)).epochs["val_accuracy"].size == 2


def first_checkpoint_of_a_resumed(folder: RunFolder) -> None:
    """Let the trainer write a checkpoint over the one that is there."""
    with closing(run(folder)) as events:
        for event in events:
            if isinstance(event, CheckpointSaved) and event.kind == "last":
                return


def test_without_links_the_weights_are_copied(
    tmp_path: Path, parent: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr(os, "link", refuse)

    folder = fork_run(tmp_path, tiny(), parent)

    assert folder["fork.pt"].read_bytes() == parent["checkpoint.pt"].read_bytes()
    assert not folder["fork.pt"].samefile(parent["checkpoint.pt"])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _of_another_run(path: Path) -> None:
    fork = json.loads(path.with_name("fork.json").read_bytes())
    path.with_name("fork.json").write_text(json.dumps(fork | {"config_digest": "0" * 12}))


def _empty_story(path: Path) -> None:
    path.with_name("fork.json").write_text('{"parent": ')


def _foreign_story(path: Path) -> None:
    fork = json.loads(path.with_name("fork.json").read_bytes())
    path.with_name("fork.json").write_text(json.dumps(fork | {"source": "../other.pt"}))


@pytest.mark.parametrize(
    "damage", [_cut, Path.unlink, _of_another_run, _empty_story, _foreign_story]
)
def test_a_damaged_fork_fails_in_one_sentence_and_never_starts_fresh(
    tmp_path: Path, parent: RunFolder, damage: Callable[[Path], None]
) -> None:
    folder = fork_run(tmp_path, tiny(), parent)
    kept = folder["fork.pt"].read_bytes()
    folder["fork.pt"].unlink()
    folder["fork.pt"].write_bytes(kept)  # the parent keeps its own
    damage(folder["fork.pt"])

    with pytest.raises(CheckpointError, match=str(folder.path)):
        list(run(folder))

    last = list(replay(folder))[-1]
    assert isinstance(last, RunFinished)
    assert (last.status, last.step) == ("failed", 0)
    assert not folder["checkpoint.pt"].exists()


def test_a_run_without_weights_or_with_damaged_ones_cannot_be_forked(
    tmp_path: Path, parent: RunFolder
) -> None:
    mine = RunFolder(Path(shutil.copytree(parent.path, tmp_path / "runs" / "parent")))
    mine["checkpoint.pt"].write_bytes(b"PK, but no more")
    with pytest.raises(CheckpointError, match="cut or unreadable"):
        fork_run(tmp_path / "runs", tiny(), mine)
    mine["checkpoint.pt"].unlink()
    assert read_fork(fork_run(tmp_path / "others", tiny(), mine)).source == "best.safetensors"  # type: ignore[union-attr]
    mine["best.safetensors"].write_bytes(b"\x05\0\0\0\0\0\0\0null!")
    with pytest.raises(CheckpointError, match="cut or foreign"):
        fork_run(tmp_path / "runs", tiny(), mine)
    mine["best.safetensors"].unlink()
    with pytest.raises(RunError, match=r"has no weights.*no checkpoint\.pt or best\.safetensors"):
        fork_run(tmp_path / "runs", tiny(), mine)
    with pytest.raises(RunError, match=r"has no best weights"):
        fork_run(tmp_path / "runs", tiny(), mine, which="best")
    assert list_runs(tmp_path / "runs") == [mine]


def test_forking_runs_no_code_that_hides_in_a_checkpoint(tmp_path: Path, parent: RunFolder) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "was here"),)

    mine = RunFolder(Path(shutil.copytree(parent.path, tmp_path / "parent")))
    torch.save({"schema": 1, "progress": Hostile()}, mine["checkpoint.pt"])

    with pytest.raises(CheckpointError, match="not written by this dli"):
        fork_run(tmp_path, tiny(), mine)

    assert not (tmp_path / "was here").exists()


def test_a_notice_that_a_fork_repeats_after_a_kill_stands_once(
    tmp_path: Path, parent: RunFolder
) -> None:
    folder = fork_run(tmp_path, tiny(), parent)
    story: list[Event] = []
    with closing(run(folder)) as events:
        for event in events:
            story.append(event)
            if isinstance(event, StepCompleted):
                break
    log = folder["events.jsonl"].read_bytes().splitlines(keepends=True)
    folder["events.jsonl"].write_bytes(b"".join(log[: len(story) - 1]))
    folder["checkpoint.pt"].unlink()

    assert len(list(run(folder))) > 1

    whole = History.of(replay(folder))
    assert len(whole.notices) == 1
    assert len(whole.resumes) == 1
    assert whole.same_course(History.of(run(fork_run(tmp_path, tiny(), parent))))
