import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from engine.data.load import LoadedData
from engine.events import to_json
from engine.predictions import pack, read_split, write_epoch
from engine.record import replay
from engine.runs import RunFolder
from tests.tui.predicted_runs import digits, host_app, said, text_of, write_predictions
from tui.panels.confusion import ConfusionPanel
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


async def begin(pilot: Pilot[None], panel: ConfusionPanel) -> None:
    await pilot.pause(0.1)
    panel.focus()
    await pilot.pause()


def line_of(panel: ConfusionPanel, word: str) -> str:
    """Return the only line that begins with a word."""
    (line,) = [line for line in text_of(panel).split("\n") if line.strip().startswith(word)]
    return line


async def test_the_matrix_is_scrubbed_normalised_compared_and_tested(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = ConfusionPanel()
    app = host_app(panel, folder, monkeypatch.setitem)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, panel)
        assert "epoch 15 of 15" in line_of(panel, "epoch")
        assert "newest" in line_of(panel, "epoch")

        await pilot.press("left_square_bracket")
        assert "epoch 14 of 15" in line_of(panel, "epoch")
        await pilot.press("left_curly_bracket")
        assert "epoch 1 of 15" in line_of(panel, "epoch")
        assert "best 98.81 % at 15" in line_of(panel, "epoch")
        await pilot.press("right_square_bracket")
        assert panel.chosen == 2
        await pilot.press("D")
        assert "change since 2, counts" in line_of(panel, "epoch")
        await pilot.press("right_curly_bracket")
        assert panel.chosen is None
        assert "epoch 15 of 15" in line_of(panel, "epoch")

        words = []
        for _ in range(3):
            await pilot.press("n")
            words.append(line_of(panel, "epoch").rpartition(", ")[2])
        assert words == ["% of true", "% of called", "counts"]
        await pilot.press("d")
        assert "change" not in line_of(panel, "epoch")

        await pilot.press("t")
        assert line_of(panel, "test 97.78 %  by the weights of epoch 15, the best")
        assert "of 36 pictures of" in text_of(panel)
        await pilot.press("left_square_bracket")
        assert "epoch 14 of 15" in line_of(panel, "epoch"), "epochs are those of val"


async def test_a_cell_is_walked_to_told_and_opened(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = ConfusionPanel()
    app = host_app(panel, folder, monkeypatch.setitem)
    labels = read_split(folder)["val_labels"]
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, panel)
        assert panel.cursor is not None
        true, called = panel.cursor
        assert called == (true + 1) % 10, "what is mixed up most is chosen first"
        assert f"of {true} were called {called}" in text_of(panel).replace("was", "were")

        panel.cursor = (1, 1)
        await pilot.press("left", "left", "right", "up", "up", "down", "down")
        assert panel.cursor == (2, 1)
        assert f"0 of {np.sum(labels == 2)} pictures of 2 were called 1, 0 %." in text_of(panel)
        await pilot.press("enter")
        assert not isinstance(app.screen, PicturesScreen), "there is nothing to show"

        await pilot.press("right", "enter")
        await pilot.pause(0.2)
        assert isinstance(app.screen, PicturesScreen)
        assert "2, recognised" in "\n".join(
            strip.text for strip in app.screen._compositor.render_strips()
        )
        await pilot.press("escape")

        layout = panel._layout
        assert layout is not None
        x = panel.content_region.x + layout.label + 5 * layout.width + 1
        await pilot.click(offset=(x, panel.content_region.y + 2 + 5))
        await pilot.pause(0.1)
        assert isinstance(app.screen, PicturesScreen)
        await pilot.press("escape")
        assert panel.cursor == (5, 5)

        assert panel.slider is not None
        x = panel.content_region.x + panel.slider.start + panel.slider.cells(4)[0]
        await pilot.click(offset=(x, panel.content_region.y))
        assert panel.chosen == 4


async def test_a_run_that_grows_is_followed_unless_an_epoch_is_chosen(
    record_run: RecordRun, data: LoadedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, folder = record_run(digest=data.prepared.digest), record_run(epochs=0)
    events = list(replay(whole))
    labels = write_predictions(folder, data, 0)
    log = folder["events.jsonl"]
    log.write_text("")
    panel = ConfusionPanel()
    done = 0

    def grow(epoch: int) -> None:
        """Let the run come to the end of an epoch."""
        nonlocal done
        write_epoch(folder, epoch, pack(*said(epoch, labels)))
        with log.open("a") as file:
            while getattr(events[done], "val_accuracy", None) is None or events[done].epoch < epoch:
                file.write(to_json(events[done]) + "\n")
                done += 1
            file.write(to_json(events[done]) + "\n")
            done += 1

    app = host_app(panel, folder, monkeypatch.setitem)
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, panel)
        assert "ended before its first epoch" in text_of(panel)
        await pilot.press("enter", "left_square_bracket", "down", "D", "t")  # nothing to act on

        async def shows(text: str) -> bool:
            for _ in range(100):
                await pilot.pause(0.03)
                if text in text_of(panel):
                    return True
            return False

        for epoch in (1, 2):
            grow(epoch)
            assert await shows(f"epoch {epoch} of {epoch}")

        await pilot.press("left_square_bracket")
        grow(3)
        assert await shows("epoch 1 of 3")
        await pilot.press("t")
        assert panel.is_test is False, "test is not read before the end"


async def test_a_large_terminal_has_a_list_beside_the_matrix_that_opens_pictures_too(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = ConfusionPanel()
    app = host_app(panel, folder, monkeypatch.setitem)
    async with app.run_test(size=(200, 60)) as pilot:
        await begin(pilot, panel)
        assert panel._layout is not None
        assert panel._pairs is not None
        x = panel.content_region.x + panel._layout.columns + 8
        await pilot.click(offset=(x, panel.content_region.y + 2 + 2))

        assert panel.cursor == panel._pairs.cells[1]
        assert isinstance(app.screen, PicturesScreen)


@pytest.mark.parametrize(
    ("name", "told"),
    [("split.npz", "no readable split.npz"), ("predictions.bin", "damaged predictions.bin")],
)
async def test_a_damaged_file_is_told_in_a_sentence(
    folder: RunFolder, name: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.truncate(folder[name], 100)
    panel = ConfusionPanel()
    app = host_app(panel, folder, monkeypatch.setitem)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, panel)
        await pilot.press("n", "d", "enter", "down")

        assert told in " ".join(text_of(panel).split())


async def test_many_classes_are_a_list_of_pairs_without_colour_or_signs_beyond_ascii(
    record_run: RecordRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record_run(epochs=2)
    log = folder["events.jsonl"]
    classes = [f"kind {number}" for number in range(100)]
    ten = '["0","1","2","3","4","5","6","7","8","9"]'
    assert ten in log.read_text()
    log.write_text(log.read_text().replace(ten, str(classes).replace("'", '"')))
    labels = read_split(folder)["val_labels"]
    for epoch in (1, 2):
        write_epoch(folder, epoch, pack((labels + labels % 2 * epoch) % 10, np.full(360, 0.5)))
    monkeypatch.setenv("NO_COLOR", "1")
    panel = ConfusionPanel()
    app = host_app(panel, folder, monkeypatch.setitem, ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, panel)
        assert "kind 1" in line_of(panel, "kind 1")
        assert "36 of 36 pictures of kind 1 were called kind 3, 100 %." in text_of(panel)
        await pilot.press("down")
        assert panel.cursor == (3, 5)
        panel.on_mouse_scroll_down()
        panel.on_mouse_scroll_up()
        assert panel.cursor == (3, 5)
        await pilot.press("d")
        assert "+36" in text_of(panel)
        assert Path(folder.path).exists()
        assert all(line.isascii() for line in text_of(panel).split("\n")[:-3])
