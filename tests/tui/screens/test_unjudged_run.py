"""A run without val on every screen: none shows a figure that is not there, and each says why."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, TabbedContent

from engine.config import parse
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder, create_run
from engine.session import run
from tests.tui.screens.conftest import BEST, OpenLab, front
from tests.tui.screens.golden import screen_text
from tui.diagnosis import findings
from tui.ghost import find_ghost
from tui.panels.epochs import NO_VAL
from tui.replaying import state_of
from tui.screens.compare import CompareScreen
from tui.screens.replay import ReplayScreen
from tui.screens.run import RunScreen
from tui.screens.run_tabs import TABS
from tui.screens.runs import RunsScreen

_TABS = tuple(name for name, _ in TABS if name != "layers")  # those are the model's alone
_SAYING_WHY = ("confusion", "classes", "mistakes")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, prepared_digits: None) -> Path:
    """Return the folder of a run on digits that held no val out."""
    config = parse(
        {
            "model": {"name": "mlp", "hidden": [16]},
            "data": {"subset": 200, "val_size": 0},
            "epochs": 9,
            "batch_size": 50,
            "optimizer": {"name": "sgd", "lr": 1e-6},
            "threads": 1,
        }
    )
    folder = create_run(tmp_path_factory.mktemp("unjudged"), config)
    for _ in run(folder):
        pass
    return folder.path


@pytest.fixture
def unjudged(trained: Path, runs: Path) -> RunFolder:
    """Return the run among the recorded ones."""
    return RunFolder(Path(shutil.copytree(trained, runs / trained.name)))


async def seen(pilot: Pilot[Any], *wanted: str) -> str:
    """Wait until the screen has some texts, and return its whole text, which has no NaN."""
    for _ in range(200):
        text = screen_text(pilot.app)  # type: ignore[arg-type]
        if all(_words(part) in _words(text) for part in wanted):
            assert not re.search(r"\bnan\b", text, re.IGNORECASE), text
            return text
        await pilot.pause(0.04)
    raise AssertionError(f"{wanted} did not come:\n{text}")


async def test_each_tab_of_the_run_shows_what_there_is_or_says_why_not(
    lab: OpenLab, unjudged: RunFolder
) -> None:
    app = lab(unjudged.id)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await front(pilot, RunScreen)
        tabs, texts = screen.query_one("#tabs", TabbedContent), {}
        own = {"curves": "train accuracy", "config": "200 train, no val, 360 test"}
        own |= dict.fromkeys(_SAYING_WHY, NO_VAL)
        for name in _TABS:
            tabs.active = name
            weights = "weights  of epoch 9, the last: no val to choose by"
            texts[name] = await seen(pilot, weights, own.get(name, ""))
        for name, text in texts.items():
            assert (_words(NO_VAL) in _words(text)) == (name in _SAYING_WHY), name
            assert "ghost" not in text
        assert " val" not in texts["curves"].replace("no val", "")


async def test_the_confusion_on_test_can_be_seen_and_its_pictures(
    lab: OpenLab, unjudged: RunFolder
) -> None:
    app = lab(unjudged.id)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await front(pilot, RunScreen)
        screen.query_one("#tabs", TabbedContent).active = "confusion"
        await seen(pilot, "Press t for test.")
        await pilot.press("t")
        await seen(pilot, "by the weights of epoch 9, the last")
        await pilot.press("enter")
        await seen(pilot, " test ")
        await pilot.press("escape", "left_square_bracket", "D", "d")
        await seen(pilot, NO_VAL)


async def test_the_list_the_comparison_and_the_replay_leave_val_out(
    lab: OpenLab, unjudged: RunFolder
) -> None:
    app = lab()
    app.marked = [BEST, unjudged.id]
    async with app.run_test(size=(140, 45)) as pilot:
        await front(pilot, RunsScreen)
        text = await seen(pilot, "weights of epoch 9, the last: no val to choose by, test")
        (line,) = (line for line in text.splitlines() if unjudged.id in line and "9/9" in line)
        assert "–" in line
        await pilot.press("5")
        screen = await front(pilot, CompareScreen)
        rows = screen.query_one("#figures", DataTable)
        cells = [str(cell) for cell in rows.get_row_at(1)]
        assert cells[2:4] == ["–", "no val"]
        assert "%" in cells[4]
        for metric in ("val accuracy", "val loss", "train accuracy", "train loss", "learning rate"):
            legend = (await seen(pilot, f"{metric} by epoch")).splitlines()[1]
            assert ("2 digits-mlp" in legend) != metric.startswith("val")
            await pilot.press("y")
        shutil.copytree(unjudged.path, f"{unjudged.path}-2")
        app.marked = [unjudged.id, f"{unjudged.id}-2"]
        screen.beat_soon()
        await seen(pilot, "train accuracy by")
        app.open_run(unjudged)
        await front(pilot, RunScreen)
        await pilot.press("P")
        await front(pilot, ReplayScreen)
        await pilot.press("end")
        await seen(pilot, "no val to choose by")


def test_nothing_is_read_into_figures_that_are_not_there(unjudged: RunFolder) -> None:
    history = History.of(replay(unjudged))
    assert history.config is not None
    history.finished = None  # trends are told of runs that train
    assert findings(history) == []
    assert find_ghost(unjudged.path.parent, unjudged, history.config) is None
    state = state_of(history, 1.0)
    assert state is not None
    assert (state.best_epoch, state.best_value, state.sparkline) == (9, None, ())


def _words(text: str) -> str:
    return " ".join(text.split())
