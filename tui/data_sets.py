"""The data sets that there are to look at: the registered ones, and folders of pictures."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from engine.data.listing import DatasetStatus, list_datasets
from engine.data.locations import prepared_folder
from engine.data.registry import FOLDER
from engine.data.spec import Progress
from engine.errors import DliError
from engine.options import DataOptions
from engine.runs import RunFolder, list_runs


@dataclass(frozen=True)
class DataSet:
    """A set in the list; what is None is known only when it was read.

    `name` is what a config calls it; `where` the folder of its files, empty for an embedded one;
    `options` are how the last run took it, where that may matter.
    """

    name: str
    about: str
    is_here: bool
    where: str
    cached_bytes: int
    download_bytes: int = 0
    num_train: int | None = None
    num_test: int | None = None
    num_classes: int | None = None
    shape: str = ""
    licence: str = ""
    options: DataOptions = field(default_factory=DataOptions)

    @property
    def is_folder(self) -> bool:
        """Whether these are a person's own pictures."""
        return self.name.startswith(FOLDER)

    @property
    def is_embedded(self) -> bool:
        """Whether it comes with dli."""
        return not self.where

    @property
    def title(self) -> str:
        """The name, as short as it is clear."""
        return f"{Path(self.name).name}/" if self.is_folder else self.name


@dataclass(frozen=True)
class Job:
    """A download (`get`) or a preparation (`prepare`) that goes on, and how far it is."""

    name: str
    verb: str
    progress: Progress


def list_sets(root: Path, entered: Iterable[str] = ()) -> list[DataSet]:
    """Return the registered sets, and the folders that were entered or that runs used.

    Those that are on this machine come first.
    """
    used = _folders_of_runs(root)
    folders = dict.fromkeys(entered, DataOptions()) | used
    registered = [_registered(status) for status in list_datasets()]
    found = registered + [_folder(name, options) for name, options in folders.items()]
    return sorted(found, key=lambda each: not each.is_here)


def _registered(status: DatasetStatus) -> DataSet:
    spec = status.spec
    return DataSet(
        name=spec.name,
        about=spec.about,
        is_here=status.present,
        where=str(status.where or ""),
        cached_bytes=status.cached_bytes,
        download_bytes=spec.download_mb * 1_000_000,
        num_train=spec.train_size,
        num_test=spec.test_size,
        num_classes=spec.num_classes,
        shape=str(spec.shape),
        licence=spec.licence,
    )


def _folder(name: str, options: DataOptions) -> DataSet:
    path = Path(name.removeprefix(FOLDER)).expanduser()
    about = "a folder of pictures"
    return DataSet(name, about, path.is_dir(), str(path), 0, options=options)


def _folders_of_runs(root: Path) -> dict[str, DataOptions]:
    """Return the folders that runs trained on; runs that cannot be read have none."""
    found: dict[str, DataOptions] = {}
    with suppress(DliError, OSError):
        for run in reversed(list_runs(root)):  # the newest first
            state = run.state()
            name = state.dataset if state else ""
            if name.startswith(FOLDER) and name not in found:
                found[name] = _options(run)
    return found


def _options(run: RunFolder) -> DataOptions:
    try:
        return run.config().data
    except DliError:
        return DataOptions()


def cached_bytes() -> int:
    """Return how much all prepared sets take together."""
    return sum(file.stat().st_size for file in prepared_folder().glob("*/*") if file.is_file())
