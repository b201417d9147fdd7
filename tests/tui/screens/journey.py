"""One person's way through the lab, on digits: python -m tests.tui.screens.journey RUNS_FOLDER

A process of its own, since at its end it looks whether torch was ever imported into it.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TabbedContent

from engine.events import Intervened
from engine.record import replay
from engine.runs import RunFolder, list_runs
from tui import actions
from tui.app import DliApp
from tui.form.rows import FormRows
from tui.listing import row
from tui.screens.compare import CompareScreen
from tui.screens.new import NewRunScreen
from tui.screens.pictures import PicturesScreen
from tui.screens.replay import ReplayScreen
from tui.screens.run import RunScreen
from tui.screens.runs import RunsScreen

PATIENCE = 40.0  # seconds for what takes the import of torch
SIZE = 120, 40
EPOCHS = 400  # long enough for the whole way
Kind = TypeVar("Kind", bound=Screen[Any])
Check = Callable[[], bool]


class Walk:
    """What a person does, and what is to be seen then."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot, self.app = pilot, pilot.app
        self.began = time.monotonic()

    def say(self, what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - self.began:5.1f} s  {what}\n")

    async def until(self, check: Check, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not check():
            await self.pilot.pause(0.05)
            assert time.monotonic() < deadline, f"waited for {what} in vain"
        self.say(what)

    async def at(self, kind: type[Kind]) -> Kind:
        await self.until(lambda: isinstance(self.app.screen, kind), f"{kind.__name__} is in front")
        screen = self.app.screen
        assert isinstance(screen, kind)
        await self.pilot.pause(0.1)
        return screen

    async def fill(self, screen: NewRunScreen, path: str, text: str, section: str) -> None:
        """Write into a field of the form."""
        screen.query_one(FormRows).go_to(section, path)
        await self.pilot.pause(0.1)
        screen.query_one(FormRows).query_one(Input).focus()
        await self.pilot.press("end", *["backspace"] * 6, *text)
        await self.pilot.pause(0.3)


async def make_a_run(walk: Walk) -> RunFolder:
    """First with a mistake, which is told and cannot be started."""
    await walk.at(RunsScreen)
    await walk.pilot.press("n")
    form = await walk.at(NewRunScreen)
    await walk.fill(form, "epochs", "0", "Basics")
    assert "epochs" in form.problems, form.problems
    await walk.pilot.press("ctrl+r")
    await walk.pilot.pause(0.2)
    assert walk.app.screen is form, "a wrong form was started"
    await walk.fill(form, "epochs", str(EPOCHS), "Basics")
    await walk.fill(form, "batch_size", "256", "Basics")
    await walk.until(lambda: not form.problems, "the form is right")
    await walk.pilot.press("ctrl+r")
    screen = await walk.at(RunScreen)
    await walk.until(lambda: _epochs(screen) >= 2, "two epochs are trained")
    assert screen.view is not None
    return screen.view.folder


async def steer(walk: Walk, folder: RunFolder) -> None:
    """Pause it, change the learning rate, and let it go on."""
    await walk.pilot.press("space")
    await walk.until(lambda: row(folder).state == "paused", "it is paused")
    await walk.pilot.pause(0.4)
    await walk.pilot.press("L")
    await walk.until(lambda: bool(walk.app.screen.query(Input)), "the rate is asked for")
    walk.app.screen.query_one(Input).value = "0.02"
    await walk.pilot.press("enter")
    await walk.pilot.pause(0.2)
    await walk.pilot.press("space")
    await walk.until(lambda: row(folder).state == "running", "it goes on")
    done = [e for e in replay(folder) if isinstance(e, Intervened)]
    assert [e.command for e in done] == ["pause", "set", "continue"], done
    assert done[1].value == 0.02


async def look(walk: Walk) -> None:
    """See the confusion matrix of the first epoch and of the last, and a cell's pictures."""
    screen = await walk.at(RunScreen)
    await walk.pilot.press("v")
    await walk.pilot.pause(0.4)
    assert screen.query_one("#tabs", TabbedContent).active == "confusion"
    panel = screen.query_one("#confusion-place > .panel")
    await walk.pilot.press("left_curly_bracket")
    await walk.pilot.pause(0.3)
    assert "epoch 1 of" in _seen(walk)
    await walk.pilot.press("right_curly_bracket")
    await walk.pilot.pause(0.3)
    assert "epoch 1 of" not in _seen(walk)
    panel.focus()
    await walk.pilot.press(*["up"] * 9, *["left"] * 9, "enter")  # a class's own are never none
    await walk.at(PicturesScreen)
    await walk.pilot.press("escape")
    await walk.at(RunScreen)


async def fork(walk: Walk, parent: RunFolder) -> RunFolder:
    """Go on from its weights with another width."""
    await walk.pilot.press("F")
    form = await walk.at(NewRunScreen)
    await walk.fill(form, "model.width", "8", "Model")
    await walk.fill(form, "epochs", "2", "Basics")
    await walk.pilot.press("ctrl+r")
    screen = await walk.at(RunScreen)
    await walk.until(lambda: _shown(screen) != parent.id, "the fork is shown")
    await walk.until(lambda: _ended(screen), "the fork is trained")
    assert screen.view is not None
    started = screen.view.history.started
    assert started is not None
    assert started.parent == parent.id
    assert any("fresh" in notice.text for notice in screen.view.history.notices)
    return screen.view.folder


async def compare(walk: Walk, runs: list[RunFolder]) -> None:
    """Mark both in the list, and compare."""
    await walk.pilot.press("1")
    await walk.at(RunsScreen)
    await walk.pilot.press("g", "space", "G", "space", "c")
    screen = await walk.at(CompareScreen)
    assert sorted(walk.app.marked) == sorted(run.id for run in runs)  # type: ignore[attr-defined]
    await walk.until(lambda: "model.width" in _seen(walk), "what differs is told")
    assert screen.query_one("#figures").display


async def stop_and_resume(walk: Walk, folder: RunFolder) -> None:
    """Stop the first run from its screen, and resume it from the list."""
    walk.app.open_run(folder)  # type: ignore[attr-defined]
    screen = await walk.at(RunScreen)
    await walk.until(lambda: _shown(screen) == folder.id, "the first run is shown")
    await walk.pilot.press("S")
    await walk.until(lambda: row(folder).state == "stopped", "it is stopped")
    await walk.pilot.press("1")
    await walk.at(RunsScreen)
    await walk.pilot.pause(1.2)
    await walk.pilot.press("G", "r")
    await walk.until(lambda: row(folder).state == "running", "it is resumed")


async def come_back(walk: Walk, folder: RunFolder) -> None:
    """See it train on, stop it for good, and play it again."""
    screen = await walk.at(RunScreen)
    await walk.until(lambda: screen.view is not None and screen.view.is_live, "it is live still")
    await walk.pilot.press("S")
    await walk.until(lambda: row(folder).state == "stopped", "it is stopped again")
    await walk.pilot.pause(0.4)
    await walk.pilot.press("P")
    replaying = await walk.at(ReplayScreen)
    await walk.pilot.press("end")
    await walk.until(lambda: _epochs(replaying) >= 2, "it is played to its end")
    await walk.pilot.press("home", "greater_than_sign", "space")
    await walk.until(lambda: replaying.source is not None, "it plays from its start")


def _seen(walk: Walk) -> str:
    from tests.tui.screens.golden import screen_text

    return screen_text(walk.app)  # type: ignore[arg-type]


def _epochs(screen: RunScreen) -> int:
    return len(screen.view.history.epochs) if screen.view else 0


def _shown(screen: RunScreen) -> str:
    return screen.view.folder.id if screen.view else ""


def _ended(screen: RunScreen) -> bool:
    return screen.view is not None and screen.view.row.state == "completed"


async def _walked(app: DliApp, way: Callable[[Walk], Awaitable[None]]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await way(Walk(pilot))


async def journey(root: Path) -> None:
    """Go the whole way."""

    async def first(walk: Walk) -> None:
        folder = await make_a_run(walk)
        await steer(walk, folder)
        await look(walk)
        child = await fork(walk, folder)
        await compare(walk, [folder, child])
        await stop_and_resume(walk, folder)
        await walk.pilot.press("q")

    await _walked(DliApp(root), first)
    folder = list_runs(root)[0]
    assert folder.is_alive(), "training ended with the window"
    await _walked(DliApp(root, first=folder), lambda walk: come_back(walk, folder))
    assert "torch" not in sys.modules, "the UI imported torch"


def main(root: Path) -> None:
    """Go, and leave nothing behind that trains."""
    try:
        asyncio.run(journey(root))
    finally:
        for folder in list_runs(root):
            if folder.is_alive():
                actions.kill(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
