"""Lists the pictures of a folder of class folders, without opening any.

Either `train/` and `test/` (and `val/`) hold the class folders, or they lie in the folder itself.
Hidden files and files that do not look like pictures by their extension are ignored.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from engine.data.pictures import EXTENSIONS
from engine.errors import DataError

UNSPLIT = "all"  # the one split of a folder without train/ and test/


class Listed(NamedTuple):
    """A picture file: its path under the folder, and what tells that it has changed."""

    path: str
    size: int
    modified: int  # nanoseconds
    label: int


@dataclass(frozen=True)
class Listing:
    """The picture files of each split, in a fixed order by class and path."""

    root: Path
    classes: tuple[str, ...]
    splits: Mapping[str, tuple[Listed, ...]]

    def key(self) -> str:
        """Return a text that changes when a picture is added, removed, renamed or changed."""
        lines = [str(self.root)]
        for name, files in self.splits.items():
            lines.append(name)
            lines.extend(f"{file.path}\0{file.size}\0{file.modified}" for file in files)
        return "\n".join(lines)


_Found = dict[str, list[os.DirEntry[str]]]  # the pictures of each class


def scan(root: Path) -> Listing:
    """List a folder's pictures.

    Raises:
        DataError: the folder is missing or empty, has one class only, a class without pictures,
            or a class in test/ or val/ that train/ does not have.
    """
    try:
        folders = _split_folders(root)
        found = {name: _classes_in(folder) for name, folder in folders.items()}
        main = next(iter(found))
        _check_classes(folders[main], found[main])
        for name, classes in found.items():
            _check_matches(folders[name], classes, found[main])
        places = {name: label for label, name in enumerate(found[main])}
        splits = {name: tuple(_listed(root, classes, places)) for name, classes in found.items()}
    except OSError as error:
        raise DataError(f"cannot read {error.filename!r}: {error.strerror}.") from None
    return Listing(root, tuple(map(_readable, places)), splits)


def _split_folders(root: Path) -> dict[str, Path]:
    """Return the folder of each split, the one that names the classes first."""
    if not root.is_dir():
        what = "is a file" if root.exists() else "does not exist"
        raise DataError(
            f"folder {str(root)!r} {what}; folder:PATH needs a folder with one folder of pictures "
            "for each class."
        )
    train, test, val = root / "train", root / "test", root / "val"
    if not (train.is_dir() and _folders_in(train)):  # a class may be called train
        return {UNSPLIT: root}
    if not test.is_dir():
        raise DataError(
            f"{str(root)!r} has train/ but no test/; add test/, "
            "or put the class folders side by side to have them split."
        )
    return {"train": train, "test": test} | ({"val": val} if val.is_dir() else {})


def _folders_in(folder: Path) -> list[os.DirEntry[str]]:
    """Return the visible folders of a folder, by name."""
    with os.scandir(folder) as entries:
        visible = [entry for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    return sorted(visible, key=lambda entry: entry.name)


def _classes_in(folder: Path) -> _Found:
    return {entry.name: sorted(_pictures_in(entry.path), key=lambda picture: picture.path)
            for entry in _folders_in(folder)}  # fmt: skip


def _pictures_in(folder: str) -> list[os.DirEntry[str]]:
    """Return the picture files of a class folder and of the folders in it."""
    pictures: list[os.DirEntry[str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):  # a link could lead in circles
                pictures += _pictures_in(entry.path)
            elif os.path.splitext(entry.name)[1].lower() in EXTENSIONS and entry.is_file():  # noqa: PTH122 - Path is slow here
                pictures.append(entry)
    return pictures


def _listed(root: Path, classes: _Found, places: Mapping[str, int]) -> Iterator[Listed]:
    start = len(str(root)) + 1
    for name, pictures in classes.items():
        for picture in pictures:
            facts = picture.stat()
            yield Listed(picture.path[start:], facts.st_size, facts.st_mtime_ns, places[name])


def _check_classes(folder: Path, classes: _Found) -> None:
    """Refuse what cannot be learnt from: no class, one class, a class without pictures."""
    if not any(classes.values()):
        raise DataError(
            f"folder {str(folder)!r} holds no pictures in class folders; "
            f"it needs one folder for each class with files such as .jpg, .png or .webp."
        )
    if len(classes) == 1:
        raise DataError(
            f"folder {str(folder)!r} has one class only ({next(iter(classes))!r}); "
            "add a folder for each other class."
        )
    empty = next((name for name, pictures in classes.items() if not pictures), None)
    if empty is not None:
        raise DataError(f"class {str(folder / empty)!r} holds no pictures; fill or remove it.")


def _check_matches(folder: Path, classes: _Found, known: _Found) -> None:
    """Refuse a split that is empty, or has pictures of a class that cannot be learnt."""
    if not any(classes.values()):
        raise DataError(f"folder {str(folder)!r} holds no pictures in class folders; fill it.")
    strange = next((name for name in classes if classes[name] and name not in known), None)
    if strange is not None:
        raise DataError(
            f"class {strange!r} of {str(folder)!r} is missing in train/; "
            "add it there or remove it here."
        )


def _readable(name: str) -> str:
    """Return a file's name as proper text, even when its bytes are none."""
    return os.fsencode(name).decode("utf-8", "replace")
