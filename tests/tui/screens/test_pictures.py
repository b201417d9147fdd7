import os
from collections.abc import Callable

import pytest

from engine.runs import RunFolder
from tests.tui.predicted_runs import (
    ALWAYS_WRONG,
    FORGOTTEN,
    TWICE_FORGOTTEN,
    digits,
    host_app,
    write_predictions,
)
from tui.judged import RunPredictions
from tui.panels.confusion import ConfusionPanel
from tui.panels.wall import Wall
from tui.screens.pictures import Pictures, PicturesScreen
from tui.sources import RunSource

RecordRun = Callable[..., RunFolder]


def screen_text(screen: PicturesScreen) -> str:
    return "\n".join(strip.text.rstrip() for strip in screen._compositor.render_strips())


async def test_pictures_are_paged_enlarged_and_exported(
    record_run: RecordRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = digits()
    folder = record_run(digest=data.prepared.digest)
    write_predictions(folder, data, 15)
    source = RunSource(folder)
    while source.read():
        pass
    predictions = RunPredictions(folder, 10)
    judged = predictions.val(15)
    places = judged.rows.argsort()
    screen = PicturesScreen(
        Pictures("all of them", source.view(), predictions, judged, places), FORGOTTEN
    )
    app = host_app(ConfusionPanel(), folder, monkeypatch.setitem)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(screen)
        wall = screen.query_one(Wall)
        for _ in range(100):
            if wall.images is not None:
                break
            await pilot.pause(0.02)
        await pilot.pause(0.1)
        page = wall.plan.page
        assert wall.place == FORGOTTEN
        assert f"1-{page} of 60" in screen_text(screen)
        assert "▀▀▀" in screen_text(screen)

        await pilot.press("pagedown", "down")
        assert wall.place == FORGOTTEN + page + wall.plan.columns
        await pilot.press("up", "pageup", "left", "right", "end", "home", "right", "right", "left")
        assert wall.place == TWICE_FORGOTTEN

        await pilot.press("enter")
        await pilot.pause(0.1)
        shown = screen_text(screen)
        assert "val, after epoch 15   2 of 60" in shown
        assert f"row {judged.rows[TWICE_FORGOTTEN]:,}, after epoch 15" in shown
        right, wrong = judged.labels[TWICE_FORGOTTEN], judged.predicted[TWICE_FORGOTTEN]
        for stretch in (f"1-2  + {right}  90 %", f"3  x {wrong}  70 %", f"14-15  x {wrong}"):
            assert stretch in shown
        await pilot.press("left")
        assert wall.place == ALWAYS_WRONG
        await pilot.press("escape", "e")
        table = folder["pictures-val-epoch15-all-of-them.csv"].read_text().splitlines()
        assert len(table) == 61
        assert table[1].startswith(f"val,0,{judged.rows[0]},")

        x, y = wall.content_region.x + wall.plan.width + 4, wall.content_region.y + 1
        await pilot.click(offset=(x, y))
        await pilot.pause(0.1)
        assert "2 of 60" in screen_text(screen)
        await pilot.press("escape", "escape")
        assert app.screen is not screen


async def test_a_course_that_cannot_be_read_and_a_full_folder_are_told(
    record_run: RecordRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = digits()
    folder = record_run(digest=data.prepared.digest)
    write_predictions(folder, data, 15)
    source = RunSource(folder)
    while source.read():
        pass
    predictions = RunPredictions(folder, 10)
    judged = predictions.val(15)
    os.truncate(folder["predictions.bin"], 100)
    shown = Pictures("x", source.view(), predictions, judged, judged.rows.argsort())
    screen = PicturesScreen(shown, ALWAYS_WRONG, is_large=True)
    app = host_app(ConfusionPanel(), folder, monkeypatch.setitem)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.push_screen(screen)
        await pilot.pause(0.2)
        assert "the end of epoch" in " ".join(screen_text(screen).split())

        folder["pictures-val-epoch15-x.csv"].mkdir()
        await pilot.press("e")
        await pilot.pause(0.2)
        assert any(note.severity == "error" for note in app._notifications)
        await pilot.press("escape")
        assert app.screen is not screen, "it began large, so it closes at once"
