import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.data.class_folders import UNSPLIT, scan
from engine.errors import DataError

Write = Callable[..., Path]


def test_class_folders_side_by_side_are_not_split(tmp_path: Path, class_folders: Write) -> None:
    listing = scan(class_folders(tmp_path / "pets", 3))
    assert listing.classes == ("cat", "dog")
    paths = [(file.path, file.label) for file in listing.splits[UNSPLIT]]
    assert paths == [(f"{name}/00{i}.png", label)
                     for label, name in enumerate(("cat", "dog")) for i in range(3)]  # fmt: skip


def test_train_test_and_val_are_taken_as_they_are(tmp_path: Path, class_folders: Write) -> None:
    for name, count in (("train", 3), ("test", 2), ("val", 1)):
        class_folders(tmp_path / name, count)
    sizes = {name: len(files) for name, files in scan(tmp_path).splits.items()}
    assert sizes == {"train": 6, "test": 4, "val": 2}


def test_a_class_may_be_called_train(tmp_path: Path, class_folders: Write) -> None:
    class_folders(tmp_path, 3, ("bus", "train"))
    assert scan(tmp_path).classes == ("bus", "train")


def test_hidden_files_and_other_files_are_ignored(tmp_path: Path, class_folders: Write) -> None:
    class_folders(tmp_path, 3)
    (tmp_path / "notes.txt").touch()
    (tmp_path / ".git").mkdir()
    for name in (".DS_Store", "labels.txt", "._000.png"):
        (tmp_path / "cat" / name).touch()
    assert len(scan(tmp_path).splits[UNSPLIT]) == 6


def test_folders_inside_a_class_count_and_links_do_not_lead_in_circles(
    tmp_path: Path, class_folders: Write
) -> None:
    class_folders(tmp_path, 3)
    (tmp_path / "cat" / "more").mkdir()
    (tmp_path / "cat" / "000.png").rename(tmp_path / "cat" / "more" / "a.PNG")
    (tmp_path / "cat" / "more" / "loop").symlink_to(tmp_path / "cat")
    assert scan(tmp_path).splits[UNSPLIT][2].path == "cat/more/a.PNG"


def test_the_key_changes_when_a_picture_does(tmp_path: Path, class_folders: Write) -> None:
    picture = class_folders(tmp_path, 3) / "cat" / "000.png"
    keys = [scan(tmp_path).key()]
    os.utime(picture, ns=(1, 1))
    keys.append(scan(tmp_path).key())
    picture.rename(picture.with_name("zzz.png"))
    keys.append(scan(tmp_path).key())
    assert len(set(keys)) == 3
    assert scan(tmp_path).key() == keys[-1]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere' does not exist"):
        scan(tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a.zip").touch()
    with pytest.raises(DataError, match=r"a\.zip' is a file"):
        scan(tmp_path / "a.zip")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no pictures in class folders"):
        scan(tmp_path)


def test_pictures_without_class_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    with pytest.raises(DataError, match="it needs one folder for each class"):
        scan(tmp_path)


def test_one_class_is_refused(tmp_path: Path, class_folders: Write) -> None:
    with pytest.raises(DataError, match=r"one class only \('cat'\)"):
        scan(class_folders(tmp_path, 3, ("cat",)))


def test_an_empty_class_is_named(tmp_path: Path, class_folders: Write) -> None:
    (class_folders(tmp_path, 3) / "emu").mkdir()
    with pytest.raises(DataError, match=r"emu' holds no pictures; fill or remove it"):
        scan(tmp_path)


def test_train_without_test_is_refused(tmp_path: Path, class_folders: Write) -> None:
    class_folders(tmp_path / "train", 3)
    with pytest.raises(DataError, match=r"has train/ but no test/"):
        scan(tmp_path)


def test_a_class_that_only_test_has_is_named(tmp_path: Path, class_folders: Write) -> None:
    class_folders(tmp_path / "train", 3)
    class_folders(tmp_path / "test", 3, ("cat", "emu"))
    with pytest.raises(DataError, match=r"class 'emu' of '.*test' is missing in train/"):
        scan(tmp_path)


def test_an_empty_test_folder_is_named(tmp_path: Path, class_folders: Write) -> None:
    class_folders(tmp_path / "train", 3)
    (tmp_path / "test").mkdir()
    with pytest.raises(DataError, match=r"test' holds no pictures"):
        scan(tmp_path)


def test_names_that_are_no_text_are_made_readable(tmp_path: Path, class_folders: Write) -> None:
    class_folders(tmp_path, 3)
    (tmp_path / "dog").rename(tmp_path / os.fsdecode(b"d\xffg"))
    assert scan(tmp_path).classes == ("cat", "d\ufffdg")
