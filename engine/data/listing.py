"""What data sets there are, and which of them are on this machine."""

from dataclasses import dataclass
from pathlib import Path

from engine.data.locations import data_folder, prepared_folder
from engine.data.registry import specs
from engine.data.spec import DatasetSpec, present


@dataclass(frozen=True)
class DatasetStatus:
    """A data set here: `where` its files lie or would lie (None: embedded), bytes in the cache."""

    spec: DatasetSpec
    present: bool
    where: Path | None
    cached_bytes: int


def list_datasets() -> list[DatasetStatus]:
    """Return every registered data set by name; nothing is read but file names and sizes."""
    return [_status(spec) for _, spec in sorted(specs().items())]


def _status(spec: DatasetSpec) -> DatasetStatus:
    folder = data_folder()
    where = folder / Path(spec.files[0]).parent if spec.files else None
    cached = sum(file.stat().st_size for file in prepared_folder().glob(f"{spec.name}-*/*"))
    return DatasetStatus(spec, present(spec, folder), where, cached)
