"""Studies are looked at again and again, from any thread, and the looks cost what changed."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench import ledger, steering
from bench.following import Follower
from bench.storage import FILE, default_url, using_storage
from engine.errors import ConfigError, RunError, StorageError
from tests.bench.made_study import ID, make_study


def test_a_study_is_the_same_object_until_it_changes(tmp_path: Path) -> None:
    make_study(tmp_path, confirmed=False)
    follower = Follower(default_url(tmp_path))
    first = follower.look(ID)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(follower.look, ID).result() is first
    assert (first.target, len(first.record.trials), first.to_confirm) == (14, 14, 20)
    assert not first.is_stopping

    steering.enqueue(default_url(tmp_path), ID, {"model.width": 32})
    later = follower.look(ID)
    assert (later.target, later.record.trials[-1].state) == (15, "waiting")

    steering.ask_to_stop(default_url(tmp_path), ID)
    assert follower.look(ID).is_stopping
    follower.close()


def test_a_demand_of_the_pruner_comes_with_the_study(tmp_path: Path) -> None:
    make_study(tmp_path)
    follower = Follower(default_url(tmp_path))

    (demand,) = follower.look(ID).demands
    rung = sorted(trial.curve[2] for trial in follower.look(ID).record.trials)
    assert (demand.epoch, demand.value, demand.rests_on) == (3, rung[-5], 14)
    follower.close()


def test_all_studies_are_summed_up(tmp_path: Path) -> None:
    make_study(tmp_path, running="r14")
    follower = Follower(default_url(tmp_path))

    (found,) = follower.look_at_all()
    assert found.id == ID
    assert found.counts == {"complete": 8, "pruned": 5, "failed": 1, "running": 1}
    assert (found.target, found.confirmed, found.to_confirm) == (16, 20, 0)
    assert found.best == pytest.approx(0.974832, abs=1e-4)
    assert [trial.run for trial in found.running] == ["r14"]
    follower.close()


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    make_study(tmp_path)
    follower = Follower(default_url(tmp_path))
    with pytest.raises(RunError, match="there is no study 'other@0123abcd'"):
        follower.look("other@0123abcd")
    with using_storage(default_url(tmp_path)) as storage:
        source = ledger.open_study(storage, ID).user_attrs[ledger.SOURCE]
        ledger.open_study(storage, ID).set_user_attr(
            ledger.SOURCE, source | {"text": source["text"].replace("sgd", "gone")}
        )
    found = follower.look_at_all()
    with pytest.raises(ConfigError, match="gone"):
        list(found)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("DROP TABLE trials")
    with pytest.raises(StorageError, match="holds no studies"):
        follower.look(ID)
    follower.close()
