"""A replay: at every place it is the fold of what had happened by then, and its clock obeys."""

import os
import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine.config import RunConfig
from engine.events import (
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
from engine.record import recorded, replay
from engine.runs import RunFolder
from tests.tui.conftest import CLASSES, EPOCHS, MakeEvents, RecordRun
from tui import clock
from tui.recording import Recording
from tui.replaying import ReplaySource, state_of

SLEPT = 80_000.0


class Watch:
    """A clock that a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = 2_000_000_000.0
        monkeypatch.setattr(clock, "now", lambda: self.time)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


def loaded(folder: RunFolder) -> ReplaySource:
    """Return a source that has read the whole log and waits at the start."""
    source = ReplaySource(folder)
    source.pause()
    while source.read(limit=20_000):
        pass
    return source


def write(path: Path, events: list[Event]) -> RunFolder:
    path.mkdir()
    (path / "config.json").write_text(RunConfig().model_dump_json())
    os.utime(path / "config.json", (0, 0))  # long enough ago not to be about to start
    (path / "events.jsonl").write_text("".join(to_json(event) + "\n" for event in events))
    return RunFolder(path)


def interrupted(folder: RunFolder) -> list[Event]:
    """Return a run that was paused, stopped in epoch 3, and resumed a day later from epoch 2."""
    events = list(replay(folder))
    cut = next(i for i, e in enumerate(events) if isinstance(e, StepCompleted) and e.step == 50)
    first, at = events[:cut], events[cut].time
    pause = [
        Intervened(at, "a", "pause", 49, "training"),
        PhaseChanged(at, "paused"),
        Intervened(at + 600, "b", "continue", 49, "paused"),
        PhaseChanged(at + 600, "training"),
    ]
    stop = RunFinished(at + 601, "stopped", "stopped by `dli control`", 2, 50)
    start = PhaseChanged(at + SLEPT, "loading data")
    back = RunResumed(at + SLEPT + 2, 40, 2)
    late = [replace(e, time=e.time + SLEPT + 3) for e in events if past(e, 40)]
    return [*first, *pause, stop, start, back, *late]


def past(event: Event, step: int) -> bool:
    return getattr(event, "step", 0) > step


def test_after_the_end_a_replay_is_the_fold_of_its_log(record_run: RecordRun) -> None:
    folder = record_run()
    source = loaded(folder)
    source.seek(source.duration)
    assert source.history == History.of(replay(folder))
    assert source.view().row.state == "completed"
    assert source.is_at_end


@pytest.mark.parametrize("with_interruption", [False, True])
def test_at_any_place_a_replay_is_the_fold_of_what_had_happened(
    record_run: RecordRun, tmp_path: Path, with_interruption: bool
) -> None:
    folder = record_run()
    if with_interruption:
        folder = write(tmp_path / "interrupted", interrupted(folder))
    events = list(replay(folder))
    source = loaded(folder)
    places = source._recording.places
    half = len(events) // 2
    source.seek(places[half - 1])
    known = source._count
    assert known >= half
    assert source.history == History.of(events[:known])
    draw = random.Random(7)
    for _ in range(40):
        place = draw.uniform(0, source.duration)
        source.seek(place)
        count = sum(each <= place for each in places)
        assert source.history == History.of(events[:count])
        assert 0 < source.position <= source.duration


def test_a_pause_and_an_interruption_are_left_out_of_the_time(
    record_run: RecordRun, tmp_path: Path
) -> None:
    source = loaded(write(tmp_path / "interrupted", interrupted(record_run())))
    assert source.duration < 40
    assert source.end_of_epoch[3] > source.epoch_ends[1]
    source.seek(source.duration)
    assert [resume.step for resume in source.history.resumes] == [40]
    assert source.view().now > 1_700_000_000 + SLEPT


def test_the_state_of_a_recorded_run_follows_from_its_history(record_run: RecordRun) -> None:
    folder = record_run()
    known = folder.state()
    state = state_of(History.of(replay(folder)), 0.0)
    assert known is not None
    assert state is not None
    assert replace(state, updated=known.updated, seconds=known.seconds) == known


def test_the_row_tells_how_the_run_stood(record_run: RecordRun, tmp_path: Path) -> None:
    source = loaded(write(tmp_path / "interrupted", interrupted(record_run())))
    seen = []
    for place in source._recording.places:
        source.seek(place)
        row = source.view().row
        seen += [row.state] if row.state not in seen else []
        assert row.facts is not None
        assert row.facts.epoch == len(source.history.epochs)
        assert row.facts.step <= EPOCHS * 20
    assert seen == ["running", "paused", "stopped", "completed"]


def test_the_clock_moves_at_its_speed_and_stops_at_the_end(
    record_run: RecordRun, watch: Watch
) -> None:
    source = loaded(record_run())
    source.play()
    source.speed = 2
    watch.time += 1.5
    source.read()
    assert source.position == pytest.approx(3.0)
    assert source.view().now == pytest.approx(1_700_000_003.0)
    watch.time += 1e6  # a closed lid
    source.read()
    assert source.position == pytest.approx(7.0)
    source.change_speed(+1)
    watch.time += 2
    source.read()
    assert source.position == pytest.approx(17.0)
    for _ in range(3):
        watch.time += 2
        source.read()
    assert source.position == source.duration
    assert not source.is_playing
    source.toggle()
    assert source.is_playing
    assert source.position == 0


def test_a_clock_that_is_set_back_does_not_turn_time(record_run: RecordRun, watch: Watch) -> None:
    source = loaded(record_run())
    source.seek(5.0)
    source.play()
    watch.time -= 100
    source.read()
    assert source.position == 5.0


def test_epochs_and_groups_of_events_are_found_both_ways(record_run: RecordRun) -> None:
    source = loaded(record_run())
    source.seek_epoch(3)
    assert len(source.history.epochs) == 3
    source.step_epoch(+1)
    assert len(source.history.epochs) == 4
    source.step_epoch(-1)
    source.step_epoch(-1)
    assert len(source.history.epochs) == 2
    before = source._count
    source.step(-1)
    assert source._count < before
    source.step(+1)
    assert source._count == before
    source.seek_epoch(0)
    assert source.position == 0
    source.step_epoch(-1)
    source.step(-1)
    assert source.position == 0
    source.seek_epoch(99)
    source.step_epoch(+1)
    assert source.position == source.duration
    assert source.history.prepared is not None
    assert source.history.prepared.classes == CLASSES


def test_a_speed_stays_within_its_steps(record_run: RecordRun) -> None:
    source = ReplaySource(record_run())
    for _ in range(9):
        source.change_speed(+1)
    assert source.speed == 100
    for _ in range(9):
        source.change_speed(-1)
    assert source.speed == 1


def test_a_place_that_is_not_read_yet_is_reached_when_it_is(record_run: RecordRun) -> None:
    folder = record_run()
    source = ReplaySource(folder)
    source.pause()
    source.read(limit=4000)
    source.seek(15.0)
    assert source.position == source.duration < 15
    while source.read(limit=4000):
        pass
    assert source.position == 15.0
    assert not source.is_at_end


def test_a_live_run_is_followed_at_its_end(
    make_events: MakeEvents, tmp_path: Path, watch: Watch
) -> None:
    folder = write(tmp_path / "live", [])
    events = recorded(make_events(folder.id), folder)
    with folder.lock():
        for event in events:
            if isinstance(event, StepCompleted) and event.step == 30:
                break
        source = ReplaySource(folder)
        source.read()
        source.seek(source.duration)
        watch.time += 1
        source.read()
        assert source.is_live
        assert source.is_playing
        assert source.view().row.state == "running"
        next(events)
        watch.time += 1
        source.read()
        assert source.history.steps["step"][-1] == 31
        events.close()


def test_an_empty_and_a_foreign_log_are_survived(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty", [])
    source = loaded(empty)
    source.step(1)
    source.step_epoch(1)
    source.toggle()
    source.read()
    assert source.view().history == History()
    assert not source.is_playing
    (tmp_path / "empty" / "events.jsonl").write_bytes(b"\x00\xff\n{}\n[1]\n")
    source.read()
    assert source.duration == 0
    (tmp_path / "empty" / "events.jsonl").unlink()
    (tmp_path / "empty" / "events.jsonl").mkdir()
    source.read()
    assert "cannot read" in source.view().problem


def test_a_seek_in_a_hundred_and_fifty_thousand_events_takes_less_than_a_tenth_of_a_second(
    tmp_path: Path,
) -> None:
    start: list[Event] = [
        RunStarted(0.0, "long", RunConfig(epochs=750)),
        RunPrepared(1.0, CLASSES, (1, 8, 8), 10, 10, 10, 10, 200, "d", "cpu", "fp32", 1),
    ]
    steps = [
        StepCompleted(n / 10, n // 200 + 1, n, 1, 1.0, 1.0, 1.0, 0.1, 0.9, 5.0)
        for n in range(1, 150_000)
    ]
    recording = Recording(RunFolder(tmp_path))
    for event in [*start, *steps]:
        recording._take(event)
    source = ReplaySource(RunFolder(tmp_path))
    source._recording = recording
    source.pause()
    draw, slowest = random.Random(1), 0.0
    for _ in range(20):
        before = time.thread_time()
        source.seek(draw.uniform(0, recording.duration))
        slowest = max(slowest, time.thread_time() - before)
    assert slowest < 0.1
    assert int(source.history.steps["step"][-1]) == source._count - 2
