"""The log: written before anyone sees an event, readable however the writer ended."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from engine.config import RunConfig
from engine.control import Stop
from engine.errors import ConfigError, RunError, StorageError
from engine.events import Event, Notice, RunFinished, RunResumed, RunStarted, StepCompleted
from engine.history import History
from engine.record import Tail, has_started, last_event, recorded, replay
from engine.runs import RunFolder, create_run

Events = Generator[Event, None, None]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return create_run(tmp_path, RunConfig())


def steps(count: int = 3) -> Events:
    """A trainer in small: it tells its steps, and ends as asked."""
    yield RunStarted(1.0, "r", RunConfig())
    done = 0
    try:
        for done in range(1, count + 1):
            yield StepCompleted(1.0, 1, done, 1, 0.5, 0.5, 0.5, 0.1, 0.0, 9.0)
        yield RunFinished(2.0, "completed", "done", 1, done)
    except Stop as stop:
        yield RunFinished(2.0, stop.status, stop.reason, 0, done)


def test_what_is_yielded_is_in_the_log_already(folder: RunFolder) -> None:
    for number, event in enumerate(recorded(steps(), folder), start=1):
        logged = list(replay(folder))
        assert len(logged) == number
        assert logged[-1] == event


def test_the_fold_of_the_stream_equals_the_fold_of_the_log(folder: RunFolder) -> None:
    assert History.of(recorded(steps(), folder)) == History.of(replay(folder))


def test_a_thrown_stop_reaches_the_trainer_and_its_last_event_the_consumer(
    folder: RunFolder,
) -> None:
    events = recorded(steps(), folder)
    next(events)
    next(events)
    last = events.throw(Stop("enough", "pruned"))
    assert last == RunFinished(2.0, "pruned", "enough", 0, 1)
    assert list(events) == []
    assert last_event(folder) == last


def test_closing_the_stream_still_ends_the_log(folder: RunFolder) -> None:
    events = recorded(steps(), folder)
    next(events)
    events.close()
    last = last_event(folder)
    assert isinstance(last, RunFinished)
    assert last.status == "stopped"


def test_a_users_error_is_logged_told_and_raised(folder: RunFolder) -> None:
    def failing() -> Events:
        yield Notice(1.0, 0, "info", "here it comes")
        raise ConfigError("no good")

    seen = []
    with pytest.raises(ConfigError, match="no good"):
        seen.extend(recorded(failing(), folder))
    last = last_event(folder)
    assert isinstance(last, RunFinished)
    assert (last.status, last.reason) == ("failed", "no good")


def test_half_a_line_is_passed_over_and_the_log_goes_on_behind_it(folder: RunFolder) -> None:
    list(recorded(steps(), folder))
    whole = folder["events.jsonl"].read_bytes()
    folder["events.jsonl"].write_bytes(whole[:-40])  # RunFinished is cut
    assert len(list(replay(folder))) == 4
    assert isinstance(last_event(folder), StepCompleted)

    def resumed() -> Events:
        yield RunResumed(3.0, 2, 0)

    list(recorded(resumed(), folder))
    history = History.of(replay(folder))
    assert history.steps["step"].tolist() == [1, 2]
    assert folder["events.jsonl"].read_bytes().startswith(whole[:-40])


def test_a_tail_reads_whole_lines_once_as_they_come(folder: RunFolder) -> None:
    tail = Tail(folder)
    assert tail.read() == []
    events = recorded(steps(), folder)
    first = next(events)
    assert tail.read() == [first]
    assert tail.read() == []
    with folder["events.jsonl"].open("ab") as file:
        file.write(b'{"event":"Noti')
    assert tail.read() == []
    with folder["events.jsonl"].open("ab") as file:
        file.write(b'ce","time":1,"step":2,"level":"info","text":"x"}\n')
    assert tail.read() == [Notice(1, 2, "info", "x")]
    events.close()


def test_the_state_file_tells_where_the_run_stands(folder: RunFolder) -> None:
    list(recorded(steps(), folder))
    state = folder.state()
    assert state is not None
    assert (state.status, state.step, state.model) == ("completed", 3, "cnn")
    folder["state.json"].write_text(json.dumps({"future": 1}))
    assert folder.state() is None


def test_a_full_disk_is_one_sentence_and_the_log_stays_readable(folder: RunFolder) -> None:
    events = recorded(steps(), folder)
    next(events)
    folder["state.json"].unlink()
    folder["state.json"].mkdir()  # nothing can be moved over a folder
    (folder["state.json"] / "x").touch()
    with pytest.raises(StorageError, match=r"state\.json"):
        list(events)
    assert has_started(folder)


def test_a_log_that_cannot_be_read_says_so(folder: RunFolder) -> None:
    folder["events.jsonl"].mkdir()
    with pytest.raises(RunError, match="cannot read"):
        Tail(folder).read()
