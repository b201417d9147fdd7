"""What the console tells of a run without val: no figure that is not there, and why."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from engine.config import parse
from engine.events import ClassCounts, EpochCompleted, Event, RunPrepared, RunStarted
from engine.history import History
from engine.record import recorded
from engine.runs import RunFolder, create_run
from tests.tui.conftest import START, MakeEvents
from tui.console import watch
from tui.form.live import plan_of
from tui.glance import Glances, line_of
from tui.live import Dashboard
from tui.show import show_run

_CONFIG = parse({"data": {"val_size": 0}})
_ZEROS = (0,) * 10


def unjudged(event: Event) -> Event:
    """Return what a run without val would have said instead."""
    if isinstance(event, RunPrepared):
        return replace(event, num_train=1437, num_val=0)
    if isinstance(event, EpochCompleted):
        nan, counts = float("nan"), ClassCounts(_ZEROS, _ZEROS, _ZEROS)
        return replace(
            event, val_loss=nan, val_accuracy=nan, val_seconds=0.0, is_best=True, counts=counts
        )
    return replace(event, config=_CONFIG) if isinstance(event, RunStarted) else event


@pytest.fixture
def events(make_events: MakeEvents) -> list[Event]:
    """The first eight epochs."""
    return [unjudged(event) for event in make_events(epochs=8)]


@pytest.fixture
def folder(tmp_path: Path, events: list[Event]) -> RunFolder:
    folder = create_run(tmp_path / "runs", _CONFIG)
    for _ in recorded((event for event in events), folder):
        pass
    return folder


def check(text: str) -> str:
    assert not re.search(r"\bnan\b", text, re.IGNORECASE), text
    return text


def test_a_line_an_epoch_tells_of_train_alone(
    events: list[Event], capsys: pytest.CaptureFixture[str]
) -> None:
    watch((event for event in events), "lines")
    told = check(capsys.readouterr().out)
    assert "1,437 train, no val, 360 test" in told
    (line,) = (line for line in told.splitlines() if line.startswith("epoch  8/15"))
    assert "train accuracy  98.80 %" in line
    assert "val" not in line
    assert "best" not in line


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
def test_the_live_view_has_no_curve_and_no_figure_of_val(
    events: list[Event], size: tuple[int, int]
) -> None:
    file = io.StringIO()
    dashboard = Dashboard("mine", False, "checkpoint and stop")
    view = dashboard(History.of(events), START + 12, size)
    Console(file=file, width=size[0], height=size[1]).print(view)
    text = check(file.getvalue())
    (now,) = (line for line in text.splitlines() if line.startswith("now"))
    (kept,) = (line for line in text.splitlines() if line.startswith("weights"))
    assert "train accuracy 98.80 %" in now
    assert "val" not in now
    assert "of epoch 8, the last: no val to choose by   checkpoint at step 160" in kept
    assert "· val" not in text


def test_a_run_is_shown_and_watched_without_figures_of_val(folder: RunFolder) -> None:
    file = io.StringIO()
    show_run(folder, console=Console(file=file, width=100))
    text = check(file.getvalue())
    assert "weights of epoch 8, the last: no val to choose by" in text
    assert "Confusion" not in text  # test was not read, and there is no val
    glance = Glances(folder).look()
    assert (glance.val_accuracy, glance.best_value, glance.best_epoch) == (None, None, 8)
    assert "val" not in check(line_of(glance))


def test_the_form_counts_on_all_of_train() -> None:
    size, batch = 1437, _CONFIG.batch_size
    assert plan_of(_CONFIG, None).steps_per_epoch == -(-size // batch)
    held = parse({"data": {"val_size": 437}})
    assert plan_of(held, None).steps_per_epoch == -(-1000 // batch)
