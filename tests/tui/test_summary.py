import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from engine.config import RunConfig
from engine.data.prepare import prepare
from engine.data.spec import PreparedSet
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder
from engine.work import finish
from tui.summary import draw_summary, print_summary

RecordRun = Callable[..., RunFolder]


def summary(folder: RunFolder, **options: object) -> str:
    file = io.StringIO()
    console = Console(file=file, width=80, highlight=False, **options)  # type: ignore[arg-type]
    draw_summary(folder, History.of(replay(folder)), console)
    return file.getvalue()


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[RunConfig, PreparedSet]:
    """Ten classes in a folder, 36 test pictures each; the brighter, the higher the class."""
    for split, count in (("train", 2), ("test", 36)):
        for number in range(10):
            folder = tmp_path / "pictures" / split / str(number)
            folder.mkdir(parents=True)
            for place in range(count):
                pixels = np.full((6, 6), 20 * number + 20, np.uint8)
                Image.fromarray(pixels).save(folder / f"{place:02}.png")
    config = RunConfig(dataset=f"folder:{tmp_path / 'pictures'}")
    return config, finish(prepare(config.dataset, config.data))


def test_a_finished_run_is_summed_up_from_its_folder(record_run: RecordRun) -> None:
    folder = record_run()

    text = summary(folder)

    assert "test accuracy 97.78 % (95 %: 95.68 to 98.87), 352 of 360 right, loss 0.0900\n" in text
    assert "best val accuracy 98.81 % at epoch 15\n" in text
    assert "trained 15 epochs in 18 s, 5,120 images/s\n" in text
    assert "8       100.00 %   91.67 %   95.65 %        36" in text
    assert "\n8    ·   1   ·   2   ·   ·   ·   ·  33   · \n" in text
    assert f"folder       {folder.path}\n" in text


def test_the_command_that_repeats_it_stands_in_one_line(record_run: RecordRun) -> None:
    folder = record_run()

    assert f"repeat it    dli train --config {folder.path}/config.json\n" in summary(folder)


def test_the_worst_mistakes_are_drawn_the_most_confident_first(
    record_run: RecordRun, pictures: tuple[RunConfig, PreparedSet]
) -> None:
    config, prepared = pictures
    folder = record_run(config, digest=prepared.digest)

    text = summary(folder, force_terminal=True, color_system="truecolor")

    drawn = text.partition("most confident mistakes")[2]
    assert drawn.index("9 → 4  82.4 %") < drawn.index("8 → 1  79.0 %") < drawn.index("1 → 7")
    assert "38;2;200;200;200;48;2;200;200;200m▀" in drawn, "a nine is the brightest"


def test_mistakes_are_left_out_in_a_line_when_the_pictures_are_others(
    record_run: RecordRun, pictures: tuple[RunConfig, PreparedSet]
) -> None:
    config, _ = pictures
    folder = record_run(config, digest="of other pictures")

    text = summary(folder)

    told = f"the pictures of '{config.dataset}' are not here any more"
    assert "".join(told.split()) in "".join(text.split()), "wherever lines are broken"


def test_mistakes_are_left_out_when_the_pictures_are_gone(
    record_run: RecordRun, pictures: tuple[RunConfig, PreparedSet]
) -> None:
    config, prepared = pictures
    folder = record_run(config, digest=prepared.digest)
    shutil.rmtree(config.dataset.removeprefix("folder:"))

    assert "arenothereanymore" in "".join(summary(folder).split())


def test_a_run_without_predictions_has_a_short_summary(record_run: RecordRun) -> None:
    folder = record_run(epochs=3)
    folder["split.npz"].unlink()

    text = summary(folder)

    assert "best val accuracy" in text
    assert "Confusion" not in text
    assert "repeat it" in text


def test_a_run_that_never_began_still_says_where_it_lies(record_run: RecordRun) -> None:
    folder = record_run(epochs=0)

    assert "repeat it" in summary(folder)


def test_a_pipe_gets_plain_text_of_80_columns(
    record_run: RecordRun, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = record_run()

    print_summary(folder, History.of(replay(folder)))

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert max(len(line) for line in out.split("\n") if "/" not in line) <= 80
