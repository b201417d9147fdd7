"""Looks at a storage from threads, so that the screen never waits for it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import DliError, RunError
from tui.study_panels.snapshot import (
    ListedStudy,
    StudyView,
    look_at_all,
    look_at_study,
    never_searched,
)
from tui.study_panels.tuner import Tuner

if TYPE_CHECKING:
    from bench.following import Follower
    from bench.records import Params, StudyRecord


@dataclass(frozen=True)
class Shown:
    """What a look at the list returned."""

    studies: tuple[ListedStudy, ...]
    problem: str = ""


class Looker:
    """Holds what has been opened; each method may take long, and one runs at a time.

    Args:
        root: the runs folder.
        storage: the URL of the studies' storage; the folder's own if None.
    """

    def __init__(self, root: Path, storage: str | None) -> None:
        self._root, self._storage = root, storage
        self._opened: Follower | None = None
        self._known: tuple[set[str], list[ListedStudy]] | None = None

    @property
    def url(self) -> str:
        """The storage."""
        from bench.storage import default_url

        return self._storage or default_url(self._root)

    def studies(self) -> Iterator[Shown]:
        """Yield the studies of the storage, and then, the first time, with those never searched.

        A storage that cannot be read is a sentence beside the others.
        """
        problem, found = "", list[ListedStudy]()
        try:
            if self._is_there():
                for listed in look_at_all(self._follower(), self._root):
                    found.append(listed)  # what came before an error is kept
        except DliError as error:
            problem = str(error)
        names = {listed.study.name for listed in found}
        if self._known is None or self._known[0] != names:
            yield Shown((*found, *(self._known[1] if self._known else ())), problem)
            self._known = names, never_searched(names)
        yield Shown((*found, *self._known[1]), problem)

    def _is_there(self) -> bool:
        """Tell whether there is a storage; a folder without one just has no studies."""
        path = Path(self.url.removeprefix("sqlite:///"))
        return not self.url.startswith("sqlite:///") or path.is_file()

    def study(self, study_id: str, tuner: Tuner | None) -> StudyView:
        """Return a study as it is now; without an id only what the process that makes it says."""
        if not study_id:
            status = tuner.status() if tuner else None
            return StudyView(
                status.study_id if status else "", self._root, self.url, 0.0, tuner=status
            )
        return look_at_study(self._follower(), study_id, self._root, tuner)

    def _follower(self) -> "Follower":
        if self._opened is None:
            from bench.following import Follower

            self._opened = Follower(self.url)
        return self._opened

    def close(self) -> None:
        """Let go of the storage."""
        if self._opened is not None:
            self._opened.close()


def queue_neighbour(url: str, record: "StudyRecord") -> "Params":
    """Queue an untried neighbour of the best, and return its settings.

    Raises:
        ConfigError: it was tried meanwhile.
        RunError: nothing is complete yet, or all neighbours have been tried.
        StorageError: the storage cannot be written.
    """
    from bench.steering import enqueue, neighbour

    params = neighbour(record, random.Random())
    if params is None:
        raise RunError("every neighbour of the best trial was tried already.")
    return enqueue(url, record.id, params)
