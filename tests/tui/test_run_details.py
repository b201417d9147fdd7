"""What a listing tells of the chosen run."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.config import parse
from engine.events import Intervened, Notice, to_json
from engine.runs import RunFolder
from tests.tui.made_up_runs import STATE, make_row, make_run
from tui.listing import row
from tui.palette import DARK
from tui.run_details import Details, describe, read_details
from tui.runs_columns import Look
from tui.runs_table import select

LOOK = Look(DARK, False, STATE.started + 7200)


def _lines(*args: object) -> list[str]:
    return describe(*args).plain.split("\n")  # type: ignore[arg-type]


def test_settings_notices_and_last_words_are_read_from_the_ends_of_files(
    record_run: Callable[..., RunFolder],
) -> None:
    folder = record_run(parse({"epochs": 20, "optimizer": {"name": "adam"}}))
    with folder["events.jsonl"].open("a") as log:
        log.write(to_json(Intervened(1.0, "x", "pause", 4, "training")) + "\n")
        log.write(to_json(Notice(1.0, 5, "warning", "the val loss rises")) + "\n{cut")
    folder["console.log"].write_text("first\nTraceback\nMemoryError\n\n")

    known = read_details(folder)

    assert known.settings == ("epochs=20", "optimizer.name=adam")
    assert known.notices == ("warning: the val loss rises",)
    assert known.last_words == "MemoryError"


def test_a_run_without_files_tells_only_why(tmp_path: Path) -> None:
    known = read_details(RunFolder(tmp_path / "gone"))

    assert known.settings == ()
    assert "no readable config.json" in known.last_words


def test_two_lines_tell_the_name_the_size_and_the_settings_or_the_trouble() -> None:
    done = make_row("20260101-120000-digits-cnn", num_parameters=29290)
    known = Details(settings=("epochs=20", "seed=3"))
    failed = make_row("b", status="failed", reason="the loss is nan in epoch 3")

    assert _lines(done, known, LOOK, (78, 2)) == [
        "✓ 20260101-120000-digits-cnn  digits, cnn, 29,290 parameters",
        "settings  epochs=20, seed=3",
    ]
    assert _lines(make_row("c", status="pruned"), known, LOOK, (78, 2))[1].startswith("settings")
    assert _lines(failed, known, LOOK, (78, 2))[1] == (
        "end       failed: the loss is nan in epoch 3"
    )


def test_a_run_that_was_killed_says_what_it_said_last_and_how_to_go_on(tmp_path: Path) -> None:
    folder = make_run(tmp_path, "dead", status="")
    folder["checkpoint.pt"].touch()

    line = _lines(row(folder), Details(last_words="MemoryError"), LOOK, (90, 2))[1]

    assert line == (
        "end       interrupted: its process went away; it said: MemoryError; r resumes it"
    )


def test_all_that_is_known_fits_beside_a_tall_list() -> None:
    curve = (0.5, 0.75, math.nan, 1.0)
    shown = make_row("20260101-120000-digits-cnn", sparkline=curve, study="s@1", trial=3,
                     parent="old", parent_step=40, test_accuracy=0.5)  # fmt: skip
    known = Details(settings=("data.subset=100", "model.name=mlp"), notices=("info: a", "warn: b"))

    lines = _lines(shown, known, LOOK, (40, 40))
    text = "\n".join(lines)

    assert lines[:2] == ["✓ 20260101-120000-digits-cnn", "  digits, cnn"]
    assert lines[3] == " 100.00 %         ████"
    assert " 50.00 % ▁▁▁▁" in text
    assert "val accuracy, epochs 4 to 7" in text
    for part in (
        "data.subset=100, ", "warn: b", "accuracy 98.71 % at", "test 50.00 %", "7 of 12 epochs",
        "2 h ago", "s@1, trial 3", "old, step 40",
    ):  # fmt: skip
        assert part in text
    assert max(map(len, lines)) <= 40


def test_a_study_tells_how_many_runs_ended_how_and_the_best() -> None:
    runs = [make_row(f"t{trial}", study="s@1", trial=trial, best_value=0.5 + trial / 10,
                     status="pruned" if trial else "completed") for trial in range(3)]  # fmt: skip
    (shown,) = select(runs, "", fold=True)

    lines = _lines(shown, Details(runs=tuple(runs)), LOOK, (78, 4))

    assert lines[0].endswith("s@1 (3 runs)")
    assert lines[1].startswith("study     3 runs: 2 pruned, 1 completed; enter opens the study")
    assert lines[2] == "best      val accuracy 70.00 % at epoch 6 of t2"
    assert lines[3] == "time      4 m 09 s of training"


def test_other_states_say_what_is_so() -> None:
    running = replace(make_row("a", phase="validating"), state="running")
    unreadable = replace(make_row("b"), state="unreadable", facts=None)
    plain = Look(DARK, True, LOOK.now)

    assert _lines(running, Details(), plain, (78, 3))[:2] == [
        "* a  digits, cnn",
        "settings  all at their defaults",
    ]
    assert _lines(running, Details(), plain, (78, 5))[1] == "state     running, validating"
    assert "its state.json is not one of ours" in _lines(unreadable, Details(), plain, (78, 2))[1]
    assert _lines(make_row("c" * 90), Details(), plain, (20, 2))[0] == "* " + "c" * 17 + "~"
