"""A lab with recorded runs, in which time stands still."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from engine.data.prepare import prepare
from engine.options import DataOptions
from engine.runs import RunFolder
from tui import clock
from tui.app import DliApp

RECORDED = Path(__file__).parents[1] / "recorded"
BEST, WIDE, MLP, DIVERGED, KILLED = (
    "20260101-120000-digits-cnn",
    "20260101-130000-digits-cnn",
    "20260101-140000-digits-mlp",
    "20260101-150000-digits-cnn",
    "20260102-090000-digits-cnn",
)
NOW = 1_795_280_000.0  # an hour or two after the recordings
OpenLab = Callable[..., DliApp]


@pytest.fixture(scope="session")
def prepared_digits() -> None:
    """Put the embedded digits into the cache."""
    for _ in prepare("digits", DataOptions()):
        pass


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock, and animations; keep a user's own settings out."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("DLI_CONFIG", os.devnull)


@pytest.fixture
def runs(tmp_path: Path, prepared_digits: None) -> Path:
    """Return a runs folder with copies of the recorded runs."""
    root = tmp_path / "runs"
    for folder in RECORDED.glob("2026*"):
        shutil.copytree(folder, root / folder.name)
        (root / folder.name / "checkpoint.pt").write_bytes(b"")  # so that it can be resumed
    return root


@pytest.fixture
def lab(runs: Path) -> OpenLab:
    """Return a function that makes an app on the recorded runs, perhaps on one of them."""

    def make(run: str | None = None, **options: object) -> DliApp:
        first = RunFolder(runs / run) if run else None
        return DliApp(runs, first=first, **options)  # type: ignore[arg-type]

    return make


ScreenType = TypeVar("ScreenType", bound=Screen[Any])


async def front(pilot: Pilot[Any], kind: type[ScreenType]) -> ScreenType:
    """Wait until a screen of a kind is in front and has drawn, and return it."""
    for _ in range(500):
        await pilot.pause(0.02)
        if isinstance(pilot.app.screen, kind):
            await pilot.pause(0.1)
            return pilot.app.screen
    raise AssertionError(f"{kind.__name__} did not come to front; {pilot.app.screen} is there")
