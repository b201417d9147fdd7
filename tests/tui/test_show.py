import io
import subprocess
import sys
from collections.abc import Callable

import pytest
from rich.console import Console

from engine.config import RunConfig, parse
from engine.errors import ConfigError
from engine.events import Intervened, Notice, RunFinished, to_json
from engine.runs import RunFolder
from tui.show import differences, show_run

RecordRun = Callable[..., RunFolder]


def shown(folder: RunFolder, *metrics: str, width: int = 80, **options: object) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, **options)  # type: ignore[arg-type]
    show_run(folder, metrics or None, console)
    return file.getvalue()


def test_a_finished_run_shows_state_curves_and_results(record_run: RecordRun) -> None:
    text = shown(record_run())

    assert "state        completed, epoch 15 of 15" in text
    assert "data         digits  1,293 train, 144 val, 360 test" in text
    assert "settings     all at their defaults" in text
    for title in ("loss (log)  · train  x val", "accuracy  · train  x val", "learning rate"):
        assert title in text
    assert "test accuracy 97.78 %" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_nothing_is_wider_than_the_terminal(record_run: RecordRun, width: int) -> None:
    lines = shown(record_run(), width=width).split("\n")

    assert max(len(line) for line in lines if "/" not in line) <= width


def test_a_running_run_shows_how_far_it_is(record_run: RecordRun) -> None:
    folder = record_run(epochs=3)

    with folder.lock():
        text = shown(folder)

    assert "state        running, epoch 3 of 15" in text
    assert "3/15 epochs  14 s left" in text


def test_a_run_that_died_says_how_to_go_on(record_run: RecordRun) -> None:
    folder = record_run(epochs=3)
    folder["state.json"].write_text(
        folder["state.json"].read_text().replace('"status": "stopped"', '"status": ""')
    )
    folder["checkpoint.pt"].write_bytes(b"")

    text = " ".join(shown(folder).split())

    assert "state interrupted, epoch 3 of 15" in text
    assert f"go on with `dli train --resume {folder.id}`" in text


def test_a_failed_run_says_why(record_run: RecordRun) -> None:
    folder = record_run(epochs=2)
    reason = "The loss of epoch 3, step 47 is nan."
    state = folder["state.json"].read_text()
    folder["state.json"].write_text(
        state.replace('"status": "stopped"', '"status": "failed"').replace(
            '"reason": "its reader went away"', f'"reason": "{reason}"'
        )
    )

    assert reason in " ".join(shown(folder).split())


def test_notices_and_interventions_are_listed_and_marked(record_run: RecordRun) -> None:
    folder = record_run(epochs=4)
    told = [
        Intervened(1.0, "a", "set", 40, "training", "optimizer.lr", 0.01),
        Notice(2.0, 50, "info", "Something happened."),
        RunFinished(3.0, "stopped", "", 4, 80),
    ]
    unmarked = shown(folder, "lr").count("│")
    with folder["events.jsonl"].open("a") as log:
        log.writelines(to_json(event) + "\n" for event in told)

    assert "set optimizer.lr 0.01 at step 40, by hand\nSomething happened.\n" in shown(folder)
    assert shown(folder, "lr").count("│") > unmarked + 5


def test_single_curves_can_be_chosen(record_run: RecordRun) -> None:
    text = shown(record_run(), "lr")

    assert text.startswith("learning rate")
    assert "loss" not in text


def test_an_unknown_curve_is_refused_with_the_nearest(record_run: RecordRun) -> None:
    folder = record_run(epochs=1)

    with pytest.raises(ConfigError, match=r"unknown curve 'acuracy'\. Did you mean 'accuracy'"):
        shown(folder, "acuracy")


def test_a_run_that_has_said_nothing_yet_can_be_shown(record_run: RecordRun) -> None:
    folder = record_run(epochs=0)
    folder["events.jsonl"].unlink()
    folder["state.json"].unlink()

    assert folder.id in shown(folder)


def test_settings_are_those_that_differ_from_the_defaults() -> None:
    config = parse(
        {
            "dataset": "mnist",
            "model": {"name": "cnn", "filters": [16, 32]},
            "optimizer": {"name": "adamw", "lr": 0.002},
            "drop_last": True,
            "augment": {"flip": "random"},
        }
    )

    assert differences(config) == [
        "dataset=mnist",
        "model.filters=[16, 32]",
        "drop_last=true",
        "augment.flip=random",
        "optimizer.name=adamw",
        "optimizer.lr=0.002",
    ]
    assert differences(RunConfig()) == []


def test_showing_a_run_imports_no_torch(record_run: RecordRun) -> None:
    folder = record_run()
    program = (
        "import sys; from pathlib import Path; from engine.runs import RunFolder\n"
        "from tui.show import show_run; show_run(RunFolder(Path(sys.argv[1])))\n"
        "assert 'torch' not in sys.modules"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(folder.path)], capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"test accuracy 97.78 %" in done.stdout
