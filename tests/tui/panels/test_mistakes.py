import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.data.load import LoadedData
from engine.runs import RunFolder
from tests.tui.predicted_runs import (
    ALWAYS_WRONG,
    FORGOTTEN,
    TWICE_FORGOTTEN,
    UNSURE,
    digits,
    host_app,
    text_of,
    write_predictions,
)
from tui.panels import wall as module
from tui.panels.mistakes import MistakesPanel
from tui.panels.wall import Wall
from tui.screens.pictures import PicturesScreen

RecordRun = Callable[..., RunFolder]


@pytest.fixture(scope="module")
def data() -> LoadedData:
    return digits()


@pytest.fixture
def folder(record_run: RecordRun, data: LoadedData) -> RunFolder:
    made = record_run(digest=data.prepared.digest)
    write_predictions(made, data, 15)
    return made


async def begin(pilot: Pilot[None], panel: MistakesPanel) -> Wall:
    """Wait until the pictures were found, or not."""
    await pilot.pause(0.1)
    panel.focus()
    wall = panel.query_one(Wall)
    for _ in range(100):
        if wall.images is not None or wall.problem or not wall.display:
            break
        await pilot.pause(0.02)
    await pilot.pause(0.1)
    return wall


def screen_text(app: object) -> str:
    strips = app.screen._compositor.render_strips()  # type: ignore[attr-defined]
    return "\n".join(strip.text for strip in strips)


async def test_mistakes_are_the_worst_the_forgotten_and_the_doubtful(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = MistakesPanel()
    app = host_app(panel, folder, monkeypatch.setitem)
    async with app.run_test(size=(80, 24)) as pilot:
        wall = await begin(pilot, panel)
        assert "worst 4   forgotten 2   suspects 1" in text_of(panel)
        assert wall.places.tolist() == [ALWAYS_WRONG, TWICE_FORGOTTEN, FORGOTTEN, UNSURE]
        assert "right in 0 of 15 epochs, wrong since 1." in text_of(panel)
        assert "▀▀▀" in text_of(panel)

        await pilot.press("f")
        assert wall.places.tolist() == [TWICE_FORGOTTEN, FORGOTTEN]
        assert "since epoch 14, 2x" in text_of(panel)
        assert "right in 12 of 15 epochs, wrong since 14, forgotten 2x." in text_of(panel)
        await pilot.press("right")
        assert wall.place == FORGOTTEN
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert "epoch 13 of 15" in text_of(panel)
        assert wall.places.tolist() == [FORGOTTEN]
        await pilot.press("left_curly_bracket")
        assert "Nothing forgotten" in text_of(panel)
        await pilot.press("right_square_bracket", "right_curly_bracket", "f")
        assert "wrong in 15 of 15" in text_of(panel)

        await pilot.press("f", "end")
        assert wall.place == UNSURE
        await pilot.press("home", "pagedown", "pageup", "down", "up", "left", "enter")
        await pilot.pause(0.2)
        assert isinstance(app.screen, PicturesScreen)
        assert "1 of 4" in screen_text(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, PicturesScreen)

        y = panel.content_region.y
        await pilot.click(offset=(panel.content_region.x + 14, y + 1))
        assert wall.places.tolist() == [TWICE_FORGOTTEN, FORGOTTEN]
        assert panel.slider is not None
        await pilot.click(offset=(panel.content_region.x + panel.slider.start, y))
        assert panel.chosen == 1


async def test_without_the_pictures_the_captions_stand_alone_until_they_are_prepared(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = os.environ["DLI_CACHE"]
    monkeypatch.setenv("DLI_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    panel = MistakesPanel()
    app = host_app(panel, folder, monkeypatch.setitem, ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        wall = await begin(pilot, panel)
        assert "`dli data show digits` does that" in " ".join(text_of(panel).split())
        assert wall.plan.height == 0
        assert "95.0 %" in text_of(panel)

        monkeypatch.setenv("DLI_CACHE", cache)
        await pilot.press("f", "f", "f")
        for _ in range(100):
            if wall.images is not None:
                break
            await pilot.pause(0.02)
        await pilot.pause(0.1)
        assert "does that" not in text_of(panel)
        assert "@" in text_of(panel)


async def test_a_damaged_file_is_told_and_another_run_shown_after_it(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = RunFolder(tmp_path / "runs" / "20260101-000000-other")
    shutil.copytree(folder.path, other.path)
    os.truncate(folder["split.npz"], 10)
    panel = MistakesPanel()
    app = host_app(panel, folder, monkeypatch.setitem)
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, panel)
        assert "no readable split.npz" in text_of(panel)
        await pilot.press("f", "enter", "left", "pagedown", "left_square_bracket")

        from tui.sources import RunSource

        source = RunSource(other)
        while source.read():
            pass
        app.screen.source = source  # type: ignore[attr-defined]
        panel.show(source.view())
        wall = await begin(pilot, panel)
        assert len(wall.places) == 4
        assert "no readable" not in text_of(panel)
        assert panel.chosen is None
