"""The slow parts of the Data screen: listing, opening, downloading, preparing, taking means."""

import time
from collections.abc import Generator
from typing import Any, TypeVar

from textual import work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from engine.data.spec import Progress
from engine.errors import DliError
from engine.options import DataOptions
from engine.work import finish
from tui.data_sets import DataSet, Job, cached_bytes, list_sets
from tui.looking import Looked
from tui.screens.base import LabScreen

T = TypeVar("T")
_TELL_SECONDS = 0.1  # between two reports of progress


class _CancelledError(Exception):
    """Nobody wants it any more."""


class DataWork(LabScreen):
    """A screen with threads that post what they found back to it, never more than it asked for."""

    class Listed(Message):
        """Which sets there are."""

        def __init__(self, sets: list[DataSet], cached: int) -> None:
            super().__init__()
            self.sets, self.cached = sets, cached

    class Told(Message):
        """How far a job is."""

        def __init__(self, job: Job) -> None:
            super().__init__()
            self.job = job

    class Ended(Message):
        """A job is done, was cancelled, or failed: `problem` is the sentence why."""

        def __init__(self, name: str, verb: str, is_done: bool, problem: str = "") -> None:
            super().__init__()
            self.name, self.verb, self.is_done, self.problem = name, verb, is_done, problem

    class Opened(Message):
        """A set was opened, is not prepared (None), or cannot be (the sentence why)."""

        def __init__(self, name: str, found: Looked | None, problem: str = "") -> None:
            super().__init__()
            self.name, self.found, self.problem = name, found, problem

    class MeansTaken(Message):
        """The mean pictures of a part, (K, H, W, C)."""

        def __init__(self, name: str, part: str, pictures: Any) -> None:
            super().__init__()
            self.name, self.part, self.pictures = name, part, pictures

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when work ended in a way that nobody thought of."""
        error = event.worker.error
        if event.state == WorkerState.ERROR and error is not None:
            self.tell(f"A bug in dli: {type(error).__name__}: {error}", "error")

    entered: tuple[str, ...] = ()  # folders that were entered here

    @work(thread=True, exclusive=True, group="data-list", exit_on_error=False)
    def list_again(self) -> None:
        """Look which sets there are."""
        try:
            self.post_message(self.Listed(list_sets(self.lab.root, self.entered), cached_bytes()))
        except (DliError, OSError) as error:
            self.app.call_later(self.tell, str(error), "error")

    @work(thread=True, exclusive=True, group="data-open", exit_on_error=False)
    def open_set(self, name: str, options: DataOptions, embedded: bool) -> None:
        """Open a set if that takes no preparation, or next to none."""
        from tui.looking import look

        worker = get_current_worker()
        work = look(name, options)
        try:
            found = finish(work) if embedded else _at_once(work)
            message = self.Opened(name, found)
        except DliError as error:
            message = self.Opened(name, None, str(error))
        if not worker.is_cancelled:
            self.post_message(message)

    @work(thread=True, exclusive=True, group="data-job", exit_on_error=False)
    def prepare_set(self, name: str, options: DataOptions) -> None:
        """Prepare a set for good, telling how far it is."""
        from tui.looking import look

        self._do(name, "prepare", look(name, options))

    @work(thread=True, exclusive=True, group="data-job", exit_on_error=False)
    def get_set(self, name: str) -> None:
        """Download a set, telling how far it is."""
        from engine.data.download import download

        self._do(name, "get", download(name))

    @work(thread=True, exclusive=True, group="data-means", exit_on_error=False)
    def take_means(self, name: str, part: str, looked: Looked) -> None:
        """Take the mean picture of each class."""
        from tui.looking import mean_pictures

        worker = get_current_worker()
        work = mean_pictures(looked, part)
        try:
            pictures = _driven(work, worker, lambda _: None)
        except _CancelledError:
            return
        self.post_message(self.MeansTaken(name, part, pictures))

    def _do(self, name: str, verb: str, work: Generator[Progress, None, Any]) -> None:
        told = 0.0

        def tell(progress: Progress) -> None:
            nonlocal told
            if time.monotonic() - told > _TELL_SECONDS:
                told = time.monotonic()
                self.post_message(self.Told(Job(name, verb, progress)))

        try:
            _driven(work, get_current_worker(), tell)
        except DliError as error:
            self.post_message(self.Ended(name, verb, False, str(error)))
        except _CancelledError:
            self.post_message(self.Ended(name, verb, False))
        else:
            self.post_message(self.Ended(name, verb, True))


def _driven(work: Generator[Progress, None, T], worker: Worker[Any], tell: Any) -> T:
    """Do all of the work, unless the worker is cancelled: then it is closed at its next step."""
    while True:
        try:
            progress = next(work)
        except StopIteration as done:
            found: T = done.value
            return found
        if worker.is_cancelled:
            work.close()
            raise _CancelledError
        tell(progress)


def _at_once(work: Generator[Progress, None, T]) -> T | None:
    """Return what the work returns if it has nothing to do first, else None."""
    try:
        next(work)
    except StopIteration as done:
        found: T = done.value
        return found
    work.close()
    return None
