import os
import resource
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data.cache import open_prepared
from engine.data.prepare import prepare
from engine.errors import ConfigError, DataError, StorageError
from engine.options import DataOptions
from engine.work import finish

Write = Callable[..., Path]
OPTIONS = DataOptions()


def entries(cache: Path) -> list[Path]:
    return sorted((cache / "prepared").iterdir())


def test_one_level_of_classes_is_split_by_seed_without_losing_a_picture(
    tmp_path: Path, class_folders: Write
) -> None:
    name = f"folder:{class_folders(tmp_path / 'pets')}"
    prepared = finish(prepare(name, OPTIONS))
    assert prepared.classes == ("cat", "dog")
    assert (len(prepared.train.labels), len(prepared.test.labels)) == (16, 4)
    assert np.bincount(prepared.test.labels).tolist() == [2, 2]
    levels = [split.images[:, 0, 0, 0].tolist() for split in (prepared.train, prepared.test)]
    assert sorted(levels[0] + levels[1]) == list(range(20))
    other = finish(prepare(name, DataOptions(split_seed=1)))
    assert other.test.images[:, 0, 0, 0].tolist() != levels[1]


def test_pictures_and_labels_stay_together(tmp_path: Path, class_folders: Write) -> None:
    for part in ("train", "test", "val"):
        class_folders(tmp_path / part, 100)
    prepared = finish(prepare(f"folder:{tmp_path}", OPTIONS))
    for split in (prepared.train, prepared.test, prepared.val):
        assert split.images.dtype == np.uint8
        assert split.labels.dtype == np.int64
        assert split.images[:, 0, 0, 0].tolist() == list(range(200))
        assert split.labels.tolist() == [0] * 100 + [1] * 100
    assert str(prepared.shape) == "3x8x8"


def test_large_pictures_keep_their_order_in_threads(tmp_path: Path) -> None:
    for name, start in (("a", 0), ("b", 20)):
        for part in ("train", "test"):
            folder = tmp_path / part / name
            folder.mkdir(parents=True)
            for number in range(20):
                noise = np.random.default_rng(number).integers(0, 200, (60, 60, 3), dtype=np.uint8)
                noise[:8, :8] = start + number
                Image.fromarray(noise).save(folder / f"{number:02}.png")
    prepared = finish(prepare(f"folder:{tmp_path}", OPTIONS))
    for split in (prepared.train, prepared.test):
        assert split.images[:, 0, 0, 0].tolist() == list(range(40))


def test_the_second_time_maps_what_the_first_wrote(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    name = f"folder:{class_folders(tmp_path / 'pets')}"
    first = finish(prepare(name, OPTIONS))
    written = entries(cache)[0].stat().st_mtime_ns
    assert list(prepare(name, OPTIONS)) == []
    second = finish(prepare(name, OPTIONS))
    assert entries(cache)[0].stat().st_mtime_ns == written
    assert isinstance(second.train.images, np.memmap)
    assert not second.train.images.flags.writeable
    assert second.digest == first.digest
    assert (second.train.images == first.train.images).all()


def test_a_changed_folder_is_prepared_again_and_the_old_copy_goes(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    root = class_folders(tmp_path / "pets")
    before = finish(prepare(f"folder:{root}", OPTIONS)).digest
    Image.new("RGB", (8, 8), "red").save(root / "cat" / "000.png")
    after = finish(prepare(f"folder:{root}", OPTIONS)).digest
    assert before != after
    assert len(entries(cache)) == 1


def test_the_digest_is_of_the_content_not_of_the_files(
    tmp_path: Path, class_folders: Write
) -> None:
    roots = [class_folders(tmp_path / name / "pets") for name in ("a", "b")]
    os.utime(roots[1] / "cat" / "000.png", (1, 1))
    first, second = (finish(prepare(f"folder:{root}", OPTIONS)).digest for root in roots)
    assert first == second


def test_options_change_the_pictures_and_have_their_own_cache(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    name = f"folder:{class_folders(tmp_path / 'pets')}"
    shapes = [
        str(finish(prepare(name, DataOptions(image_size=size, grayscale=grey))).shape)
        for size, grey in ((None, False), (12, False), (None, True), (5, True))
    ]
    assert shapes == ["3x8x8", "3x12x12", "1x8x8", "1x5x5"]
    assert len(entries(cache)) == 4


@pytest.mark.parametrize("colour_at", [None, "cat/000.png", "dog/009.png"])
def test_all_grey_is_one_channel_and_any_colour_makes_three(
    tmp_path: Path, class_folders: Write, colour_at: str | None
) -> None:
    root = class_folders(tmp_path / "pets")
    for path in root.rglob("*.png"):
        Image.open(path).convert("L").save(path)
    if colour_at:
        Image.new("RGB", (8, 8), "red").save(root / colour_at)
    assert finish(prepare(f"folder:{root}", OPTIONS)).shape.channels == (3 if colour_at else 1)


def test_mixed_sizes_are_refused_and_resized_when_asked(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    root = class_folders(tmp_path / "pets")
    Image.new("RGB", (9, 7)).save(root / "dog" / "005.png")
    with pytest.raises(
        DataError,
        match=r"'cat/00\d\.png' is 8x8 pixels, 'dog/005\.png' is 9x7; set data\.image_size",
    ):
        finish(prepare(f"folder:{root}", OPTIONS))
    assert entries(cache) == []
    assert str(finish(prepare(f"folder:{root}", DataOptions(image_size=16))).shape) == "3x16x16"


def test_a_damaged_picture_stops_with_its_name_and_leaves_nothing(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    root = class_folders(tmp_path / "pets")
    (root / "dog" / "004.png").write_bytes((root / "dog" / "004.png").read_bytes()[:50])
    with pytest.raises(DataError, match=r"dog/004\.png' cannot be decoded"):
        finish(prepare(f"folder:{root}", OPTIONS))
    assert entries(cache) == []


def test_a_picture_that_vanishes_meanwhile_is_named(tmp_path: Path, class_folders: Write) -> None:
    root = class_folders(tmp_path / "pets")
    progress = prepare(f"folder:{root}", OPTIONS)
    next(progress)
    (root / "dog" / "003.png").unlink()
    with pytest.raises(DataError, match=r"003\.png' vanished"):
        finish(progress)


def test_too_few_pictures_of_a_class_are_refused(tmp_path: Path, class_folders: Write) -> None:
    root = class_folders(tmp_path / "pets")
    for path in sorted((root / "dog").iterdir())[2:]:
        path.unlink()
    with pytest.raises(DataError, match=r"class 'dog' of .* has 2 pictures; .* at least 3"):
        finish(prepare(f"folder:{root}", OPTIONS))


def test_every_cut_of_the_cache_is_noticed_and_mended(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    name = f"folder:{class_folders(tmp_path / 'pets')}"
    whole = finish(prepare(name, OPTIONS)).digest
    (entry,) = entries(cache)
    for file in sorted(entry.iterdir()):
        content = file.read_bytes()
        for length in (0, 20, len(content) - 1):
            file.unlink()  # in place would pull the mapping from under the last round's arrays
            file.write_bytes(content[:length])
            assert open_prepared(entry, name) is None, (file, length)
            assert finish(prepare(name, OPTIONS)).digest == whole
    assert entries(cache) == [entry]


def test_closing_midway_leaves_nothing_behind(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    progress = prepare(f"folder:{class_folders(tmp_path / 'pets', 200)}", OPTIONS)
    for _ in range(3):
        next(progress)
    assert len(entries(cache)) == 1
    progress.close()
    assert entries(cache) == []


def test_two_at_once_end_with_one_whole_set(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    name = f"folder:{class_folders(tmp_path / 'pets', 100)}"
    digests: list[str] = []
    threads = [
        threading.Thread(target=lambda: digests.append(finish(prepare(name, OPTIONS)).digest))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(digests) == 4
    assert len(set(digests)) == 1
    assert len(entries(cache)) == 1


def test_leftovers_of_killed_processes_are_swept_but_not_those_of_live_ones(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    old, new = cache / "prepared" / ".tmp-old", cache / "prepared" / ".tmp-new"
    old.mkdir(parents=True)
    new.mkdir()
    os.utime(old, (time.time() - 90_000,) * 2)
    finish(prepare(f"folder:{class_folders(tmp_path / 'pets')}", OPTIONS))
    assert new.exists()
    assert not old.exists()


def test_progress_counts_the_pictures_to_the_end(tmp_path: Path, class_folders: Write) -> None:
    facts = list(prepare(f"folder:{class_folders(tmp_path / 'pets', 100)}", OPTIONS))
    assert (facts[-1].done, facts[-1].total) == (200, 200)
    assert [fact.done for fact in facts] == sorted(fact.done for fact in facts)


def test_a_full_disk_is_told_and_nothing_half_is_left(
    tmp_path: Path, class_folders: Write, cache: Path
) -> None:
    root = class_folders(tmp_path / "pets", 100)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, hard))  # as a full disk, for one file
    try:
        with pytest.raises(StorageError, match=r"cannot write to '.*cache.* set DLI_CACHE"):
            finish(prepare(f"folder:{root}", OPTIONS))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert entries(cache) == []


def test_a_cache_that_cannot_be_made_is_told(
    tmp_path: Path, class_folders: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DLI_CACHE", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="DLI_CACHE"):
        finish(prepare(f"folder:{class_folders(tmp_path / 'pets')}", OPTIONS))


def test_a_folder_needs_a_path() -> None:
    with pytest.raises(DataError, match="folder: needs a path"):
        finish(prepare("folder:", OPTIONS))


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(
        ConfigError, match=r"'fashon_mnist'. Did you mean 'fashion_mnist'\?.*folder:"
    ):
        finish(prepare("fashon_mnist", OPTIONS))


def test_a_missing_set_says_what_gets_it_and_what_works_now(data: Path) -> None:
    started = time.perf_counter()
    with pytest.raises(DataError) as error:
        finish(prepare("kmnist", OPTIONS))
    assert time.perf_counter() - started < 1
    for part in ("`dli data get kmnist`", "folder:PATH", "digits", str(data)):
        assert part in str(error.value)
    shutil.rmtree(data)
    with pytest.raises(DataError, match=r"no such folder; DLI_DATA names it"):
        finish(prepare("kmnist", OPTIONS))
