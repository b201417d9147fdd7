import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config import RunConfig, parse
from engine.data.prepare import prepare
from engine.errors import DataError
from engine.events import RunPrepared
from engine.work import finish
from tui.gallery import open_images

Prepared = Callable[..., RunPrepared]


def run_prepared(digest: str) -> RunPrepared:
    return RunPrepared(0.0, ("a", "b"), (1, 6, 6), 2, 2, 2, 1, 1, digest, "cpu", "fp32", 1)


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    """Two classes in a folder, with a val of its own; the picture's value tells its split."""
    for split, value in (("train", 10), ("val", 20), ("test", 30)):
        for name in ("a", "b"):
            folder = tmp_path / "pictures" / split / name
            folder.mkdir(parents=True)
            for place in range(2):
                Image.fromarray(np.full((6, 6), value, np.uint8)).save(folder / f"{place}.png")
    return RunConfig(dataset=f"folder:{tmp_path / 'pictures'}")


def put_into_cache(config: RunConfig) -> str:
    return finish(prepare(config.dataset, config.data)).digest


def test_val_and_test_have_their_own_pictures(config: RunConfig) -> None:
    prepared = run_prepared(put_into_cache(config))

    assert np.unique(open_images(config, prepared, "val")).tolist() == [20]
    assert np.unique(open_images(config, prepared, "test")).tolist() == [30]


def test_a_val_that_was_cut_from_train_has_trains_pictures(
    config: RunConfig, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "pictures" / "val")
    prepared = run_prepared(put_into_cache(config))

    assert np.unique(open_images(config, prepared, "val")).tolist() == [10]


def test_pictures_that_changed_are_not_shown(config: RunConfig) -> None:
    put_into_cache(config)

    with pytest.raises(DataError, match="changed since this run"):
        open_images(config, run_prepared("another"), "val")


def test_what_is_not_prepared_says_how_to_get_it(config: RunConfig) -> None:
    with pytest.raises(DataError, match=rf"`dli data show {config.dataset}` does that"):
        open_images(config, run_prepared("any"), "val")

    resized = parse({"dataset": config.dataset, "data": {"image_size": 8}})
    with pytest.raises(DataError, match=r"--image-size 8` does that"):
        open_images(resized, run_prepared("any"), "val")

    grey = parse({"dataset": config.dataset, "data": {"grayscale": True}})
    with pytest.raises(DataError, match="the next run on them with the same settings"):
        open_images(grey, run_prepared("any"), "val")


def test_a_set_that_is_not_here_says_so(config: RunConfig, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "pictures")

    with pytest.raises(DataError):
        open_images(config, run_prepared("any"), "val")
