import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.events import (
    EpochCompleted,
    PhaseChanged,
    RunFinished,
    RunResumed,
    StepCompleted,
    from_json,
    to_json,
)
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder
from tui import glance as glance_module
from tui.glance import Glance, Glances, line_of
from tui.progress import remaining_seconds

RecordRun = Callable[..., RunFolder]
LIVE = Glance(
    run="20260101-120000-digits-cnn", path="/runs/x", state="running", phase="training",
    epoch=3, epochs=15, progress=0.25, loss=0.1234, val_accuracy=0.9, best_epoch=2,
    best_value=0.95, remaining_seconds=83,
)  # fmt: skip


def test_a_line_tells_everything_where_there_is_room() -> None:
    assert line_of(LIVE) == (
        "20260101-120000-digits-cnn  training  epoch 3/15  ━━────────  1 m 23 s left  "
        "loss 0.1234  val 90.00 %  best 95.00 % at 2"
    )


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("state", ["running", "interrupted", "failed", "completed"])
def test_a_line_is_never_longer_than_asked_for(state: str, ascii_only: bool) -> None:
    shown = replace(LIVE, state=state, phase=state, can_resume=True, reason="Some … reason.")  # type: ignore[arg-type]

    for width in range(1, 200):
        line = line_of(shown, width, ascii_only)
        assert 0 < len(line) <= width
        assert line.isascii() or not ascii_only


def test_what_matters_most_stays_longest() -> None:
    assert line_of(LIVE, 8) == "training"
    assert line_of(LIVE, 20) == "training  epoch 3/15"
    assert line_of(LIVE, 33) == "training  epoch 3/15  val 90.00 %"
    assert line_of(LIVE, 3) == "tr…"


def test_a_live_run_tells_phase_pace_and_what_is_left(record_run: RecordRun) -> None:
    folder = record_run(epochs=3)

    with folder.lock():
        seen = Glances(folder).look()

    assert (seen.state, seen.epoch, seen.epochs) == ("running", 3, 15)
    assert seen.remaining_seconds == pytest.approx(12 * 1.2)
    assert seen.progress == pytest.approx(0.2)
    assert seen.is_live
    assert seen.is_well


def test_a_phase_that_counts_tells_how_far_it_is(record_run: RecordRun) -> None:
    folder = record_run(epochs=3)
    with folder["events.jsonl"].open("a") as log:
        log.write(to_json(PhaseChanged(1.0, "validating", 36, 144)) + "\n")

    with folder.lock():
        assert line_of(Glances(folder).look(), 20).startswith("validating 25 %")


def test_what_has_only_begun_or_is_left_without_training_has_no_number() -> None:
    testing = replace(LIVE, phase="testing", phase_progress=0.0, remaining_seconds=0.0)

    assert "training  epoch" in line_of(replace(LIVE, phase_progress=0.0))
    assert "testing  epoch" in line_of(testing)
    assert "left" not in line_of(testing)


def test_what_was_logged_past_a_resume_does_not_count(record_run: RecordRun) -> None:
    folder = record_run(epochs=3)
    with folder["events.jsonl"].open("a") as log:
        log.write(to_json(RunResumed(1.0, 20, 1)) + "\n")

    seen = Glances(folder).look()

    assert (seen.loss, seen.val_accuracy) == (None, None)


def test_before_the_first_epoch_the_rest_is_judged_from_steps(record_run: RecordRun) -> None:
    folder = record_run(epochs=1)
    lines = folder["events.jsonl"].read_bytes().splitlines(keepends=True)
    folder["events.jsonl"].write_bytes(b"".join(x for x in lines if b"EpochCompleted" not in x))

    with folder.lock():
        assert Glances(folder).look().remaining_seconds == pytest.approx(14 * 20 * 0.05)


def test_a_run_that_died_says_how_to_go_on(record_run: RecordRun) -> None:
    folder = record_run(epochs=3)
    folder["state.json"].write_text(
        folder["state.json"].read_text().replace('"status": "stopped"', '"status": ""')
    )
    folder["checkpoint.pt"].write_bytes(b"")

    seen = Glances(folder).look()

    assert line_of(seen, 80).startswith("interrupted  epoch 3/15")
    assert line_of(seen).endswith(f"go on: dli train --resume {folder.id}")
    assert not seen.is_well


def test_only_the_end_of_a_long_log_is_read(
    record_run: RecordRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record_run()
    log = folder["events.jsonl"].read_bytes()
    folder["events.jsonl"].write_bytes(b'{"event":"Unknown"}\n' * 2_000_000 + log)

    began = time.process_time()
    seen = Glances(folder).look()

    assert time.process_time() - began < 0.3, "of 40 MB only the end was read"
    assert seen.val_accuracy is not None
    monkeypatch.setattr(glance_module, "_END_BYTES", 3000)
    assert Glances(folder).look().val_accuracy == seen.val_accuracy


def test_a_folder_without_a_readable_state_is_no_problem(record_run: RecordRun) -> None:
    folder = record_run()
    folder["state.json"].write_text("{")

    seen = Glances(folder).look()

    assert line_of(seen) == f"{folder.id}  unreadable"
    assert not seen.is_well


def test_a_pause_in_the_first_epoch_does_not_count(record_run: RecordRun) -> None:
    folder = record_run(epochs=1)
    paused: list[str] = []
    steps = 0
    for line in folder["events.jsonl"].read_text().splitlines():
        event = from_json(line)
        assert event is not None
        steps += isinstance(event, StepCompleted)
        if not isinstance(event, EpochCompleted | RunFinished):
            paused.append(to_json(replace(event, time=event.time + (500 if steps > 3 else 0))))
    folder["events.jsonl"].write_text("\n".join(paused) + "\n")

    with folder.lock():
        assert Glances(folder).look().remaining_seconds == pytest.approx(14 * 20 * 0.05)
    rest = remaining_seconds(History.of(replay(folder)))
    assert rest == pytest.approx(14 * 20 * 0.05)
