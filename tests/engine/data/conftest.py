"""Small real folders of pictures, and a cache of its own for each test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("DLI_CACHE", str(folder))
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("DLI_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def picture() -> Callable[..., Image.Image]:
    """Make a picture of one grey or colour level."""

    def make(level: int = 0, size: tuple[int, int] = (8, 8), mode: str = "RGB") -> Image.Image:
        return Image.new("L", size, level).convert(mode)

    return make


@pytest.fixture
def class_folders(picture: Callable[..., Image.Image]) -> Callable[..., Path]:
    """Write `count` pictures for each class; the level of each is its number within all."""

    def write(root: Path, count: int = 10, classes: tuple[str, ...] = ("cat", "dog")) -> Path:
        for place, name in enumerate(classes):
            (root / name).mkdir(parents=True)
            for number in range(count):
                picture(place * count + number).save(root / name / f"{number:03}.png")
        return root

    return write


@pytest.fixture(scope="session")
def write_idx() -> Callable[[Path, Any], None]:
    """Write an array of bytes as an IDX file."""

    def write(path: Path, array: Any) -> None:
        array = np.asarray(array, dtype=np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        head = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, dtype=">i4").tobytes()
        path.write_bytes(head + array.tobytes())

    return write
