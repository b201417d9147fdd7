"""How every screen looks in its states, in two sizes, from recorded runs; and once as a picture.

One walk for all, since an app that is started for each picture costs more than all pictures.
"""

import re
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from engine.data.prepare import prepare
from engine.options import DataOptions
from engine.runs import RunFolder
from tests.bench.made_study import make_study
from tests.conftest import ROOT
from tests.tui.screens import golden
from tests.tui.screens.conftest import BEST, DIVERGED, KILLED, MLP, WIDE
from tests.tui.screens.golden import screen_text
from tests.tui.screens.recorded_helper import RecordedHelper
from tui.app import DliApp

SIZES = ((80, 24), (140, 45))
PICTURE = 100, 30
PATIENCE, SETTLED = 25.0, 0.8  # seconds
_MEASURED = re.compile(r"(?<=[\s~])[\d,.]+(?= (images/s|s|m \d\d s|kB|MB|GB)\b)")
_HERE = re.compile(r".*/pytest-of-.*")
Walk = Callable[["Guide"], Awaitable[None]]


def _as_pinned(*packages: str) -> bool:
    """Tell whether what draws has the versions that the pictures were taken with."""
    pinned = (ROOT / "constraints.txt").read_text().split()
    return all(f"{package}=={version(package)}" in pinned for package in packages)


AS_PINNED = _as_pinned("textual", "rich")


class Guide:
    """Leads through an app and looks at it, in every size as text, in both themes as a picture."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot, self.app = pilot, pilot.app

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause(0.05)

    async def see(self, name: str, mask: bool = False, wait_for: str = "") -> None:
        """Compare with the goldens of a name; `mask` hides what was measured just now."""
        await self.until(wait_for)
        for size in SIZES:
            await self.pilot.resize_terminal(*size)
            await self._compare(f"{name}-{size[0]}x{size[1]}.txt", lambda: self._text(mask))

    def _text(self, mask: bool) -> str:
        text = _HERE.sub("(the folder's path)", screen_text(self.app))  # type: ignore[arg-type]
        return _MEASURED.sub("#", text) if mask else text

    async def _compare(self, name: str, seen: Callable[[], str]) -> None:
        """Wait until the screen is as its golden says; what never comes is a failure."""
        await self.pilot.pause(SETTLED if golden.UPDATE else 0)
        deadline = time.monotonic() + PATIENCE
        expected = None if golden.UPDATE else golden.expected(name)
        while expected is not None and seen() != expected and time.monotonic() < deadline:
            await self.pilot.pause(0.03)
        golden.check_golden(name, seen())

    async def photograph(self, name: str) -> None:
        """Compare with the pictures of a name, dark and light."""
        if not AS_PINNED:
            return  # another Textual draws other pictures of the same text
        await self.pilot.resize_terminal(*PICTURE)
        for theme in ("dark", "light"):
            await self._compare(
                f"{name}-{theme}.svg", lambda: self.app.export_screenshot(title="dli")
            )
            await self.press("ctrl+t")

    async def until(self, text: str) -> None:
        for _ in range(400):
            if text in screen_text(self.app):  # type: ignore[arg-type]
                await self.pilot.pause(0.1)
                return
            await self.pilot.pause(0.05)
        raise AssertionError(f"{text!r} did not come:\n{screen_text(self.app)}")  # type: ignore[arg-type]


async def _list(guide: Guide) -> None:
    await guide.see("list", wait_for="digits")
    await guide.photograph("list")
    await guide.press("slash", *"mlp")
    await guide.see("list-filtered")
    await guide.press("escape", "space", "down", "space")
    await guide.see("list-marked")
    await guide.press("d")
    await guide.see("list-delete")
    await guide.press("escape")


async def _empty(guide: Guide) -> None:
    await guide.see("list-empty", wait_for="no runs here yet")
    for key, name in (("3", "run"), ("5", "compare"), ("7", "replay")):
        await guide.press(key)
        await guide.see(f"{name}-empty")


async def _finished(guide: Guide) -> None:
    await guide.see("run-curves", wait_for="ghost after epoch")
    await guide.photograph("run")
    for tab in ("confusion", "classes", "mistakes"):
        await guide.press("v")
        await guide.see(f"run-{tab}")
    await guide.press("v", "v", "v")
    await guide.see("run-log")
    await guide.press("question_mark")
    await guide.see("run-help")


async def _layers(guide: Guide) -> None:
    await guide.until("the ghost after")
    for _ in range(4):
        await guide.press("v")
    await guide.see("run-layers", wait_for="Conv2d")


async def _confusion_in_detail(guide: Guide) -> None:
    await guide.until("the ghost after")
    await guide.press("v")
    await guide.until("recall")
    await guide.press("n", "left_square_bracket", "d")
    await guide.see("run-confusion-change", wait_for="change since")
    await guide.press("d", "right_curly_bracket", "enter")
    await guide.see("pictures", wait_for="of")
    await guide.press("enter")
    await guide.see("pictures-large")


async def _live(guide: Guide) -> None:
    await guide.see("run-live", wait_for="the ghost after")
    await guide.press("L")
    await guide.pilot.pause(0.1)
    guide.app.screen.query_one(Input).value = "fast"
    await guide.see("run-set-lr")
    await guide.press("escape", "K")
    await guide.see("run-kill")


async def _interrupted(guide: Guide) -> None:
    await guide.see("run-interrupted", wait_for="the ghost after")


async def _diverged(guide: Guide) -> None:
    await guide.see("run-diverged", wait_for="non-finite")


async def _stopped(guide: Guide) -> None:
    await guide.see("run-stopped", wait_for="the ghost after")


async def _compared(guide: Guide) -> None:
    guide.app.marked = [BEST, WIDE, MLP]  # type: ignore[attr-defined]
    await guide.press("5")
    await guide.see("compare", wait_for="same val pictures")
    await guide.photograph("compare")
    await guide.press("v", "y", "t")
    await guide.see("compare-settings")


async def _data(guide: Guide) -> None:
    await guide.press("6")
    await guide.see("data", mask=True, wait_for="digits")
    await guide.photograph("data")


async def _form(guide: Guide) -> None:
    await guide.press("2")
    await guide.see("new", wait_for="~")
    await guide.photograph("new")
    await guide.press("escape", "down", "right")
    await guide.see("new-model")
    await guide.press("down", "down", *"many")
    await guide.see("new-mistake", wait_for="many")


async def _study(guide: Guide) -> None:
    await guide.press("4")
    await guide.until("not searched")
    await guide.press("enter")
    await guide.until("best so far")
    await guide.photograph("study")


async def _replayed(guide: Guide) -> None:
    await guide.press("7", "full_stop", "full_stop", "full_stop")
    await guide.see("replay", wait_for="epoch 4")
    await guide.photograph("replay")


WALKS: dict[str, tuple[str | None, Walk]] = {
    "list": (None, _list),
    "empty": (None, _empty),
    "finished": (WIDE, _finished),
    "layers": (WIDE, _layers),
    "confusion": (WIDE, _confusion_in_detail),
    "live": (KILLED, _live),
    "interrupted": (KILLED, _interrupted),
    "diverged": (DIVERGED, _diverged),
    "stopped": (MLP, _stopped),
    "compared": (None, _compared),
    "data": (None, _data),
    "form": (None, _form),
    "study": (None, _study),
    "replayed": (WIDE, _replayed),
}


async def _go(walk: str) -> None:
    run, way = WALKS[walk]
    folder = RunFolder(Path("runs") / run) if run else None
    app = DliApp(Path("none" if walk == "empty" else "runs"), first=folder)
    app._helper = RecordedHelper()
    async with app.run_test(size=PICTURE if walk == "study" else SIZES[0]) as pilot:
        await way(Guide(pilot))


@pytest.mark.parametrize("walk", WALKS)
async def test_screens_look_as_they_should(
    walk: str, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs.parent)  # so that no path on a screen depends on the machine
    if walk == "study":
        make_study(runs)
    if walk == "data":  # nor a size on what other tests prepared
        monkeypatch.setenv("DLI_CACHE", str(runs.parent / "cache"))
        for _ in prepare("digits", DataOptions()):
            pass
    if walk == "live":
        with RunFolder(runs / KILLED).lock():
            await _go(walk)
    else:
        await _go(walk)
