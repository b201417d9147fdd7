"""What the Data screen knows: the sets, which of them are opened, and the job that goes on."""

from dataclasses import replace

from textual.widgets import Static

from engine.data.spec import Progress
from engine.options import DataOptions
from tui.data_sets import DataSet, Job
from tui.looking import Looked
from tui.panels.data_view import BUSY, HERE, MISSING, PREPARED, SetList
from tui.screens.data_work import DataWork

_KEPT = 3  # opened sets


class DataStock(DataWork):
    """A screen that takes in what the threads found, and opens the set under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.sets: list[DataSet] = []
        self.job: Job | None = None
        self.found: dict[str, Looked] = {}
        self.problems: dict[str, str] = {}  # why a set cannot be opened, got or prepared
        self.opening = ""
        self.sizes: dict[str, int] = {}  # of pictures, that were entered
        self.cached = 0  # bytes of all prepared sets
        self.wanted = ""  # the set to put the cursor on when it is listed
        self.listed = 0.0

    @property
    def shown(self) -> DataSet | None:
        """The set under the cursor; none before the list is there."""
        lists = self.query(SetList)
        chosen = lists.first().chosen if lists else ""
        return next((each for each in self.sets if each.name == chosen), None)

    def options_of(self, shown: DataSet) -> DataOptions:
        """Return how a set's pictures are taken."""
        size = self.sizes.get(shown.name)
        return shown.options.model_copy(update={"image_size": size}) if size else shown.options

    def redraw(self) -> None:
        """Draw the chosen set anew."""
        raise NotImplementedError

    def _counted(self, each: DataSet) -> DataSet:
        """Return a set with what is known of a folder only when it was opened."""
        found = self.found.get(each.name)
        if found is None or not each.is_folder:
            return each
        prepared = found.loaded.prepared
        splits = (prepared.train, prepared.val, prepared.test)
        pictures = [split.images for split in splits if split is not None]
        return replace(
            each,
            num_train=sum(map(len, pictures)) - len(prepared.test.images),
            num_test=len(prepared.test.images),
            num_classes=len(found.classes),
            cached_bytes=sum(images.nbytes for images in pictures),
        )

    def show_list(self) -> None:
        """Show the sets as they are now."""
        listed = self.query_one(SetList)
        listed.show_sets(self.sets, {each.name: self._state(each) for each in self.sets})
        self.query_one("#heads", Static).update(listed.heads())

    def _state(self, shown: DataSet) -> str:
        if self.job is not None and self.job.name == shown.name:
            return BUSY
        if shown.name in self.found or (shown.is_here and shown.cached_bytes):
            return PREPARED
        return HERE if shown.is_here else MISSING

    def open_shown(self) -> None:
        """Open the chosen set, unless that was done or failed."""
        shown = self.shown
        busy = self.job is not None and shown is not None and self.job.name == shown.name
        if shown is None or not shown.is_here or busy or shown.name in self.problems:
            return
        if shown.name not in self.found and shown.name != self.opening:
            self.opening = shown.name
            self.open_set(shown.name, self.options_of(shown), shown.is_embedded)

    def on_data_work_listed(self, message: DataWork.Listed) -> None:
        """Show the sets."""
        was = self.shown
        self.sets, self.cached = [self._counted(each) for each in message.sets], message.cached
        self.show_list()
        if self.wanted in (each.name for each in self.sets):
            self.query_one(SetList).choose(self.wanted)
            self.wanted = ""
        if self.shown != was:
            self.open_shown()
            self.redraw()

    def on_data_work_opened(self, message: DataWork.Opened) -> None:
        """Show what was opened, or why it was not."""
        if self.opening == message.name:
            self.opening = ""
        if message.problem:
            self.problems[message.name] = message.problem
        if message.found is not None:
            kept = list(self.found.items())[1 - _KEPT :]
            self.found = {**dict(kept), message.name: message.found}
            self.sets = [self._counted(each) for each in self.sets]
            self.listed = 0.0  # the cache may have grown
        self.show_list()
        self.redraw()

    def on_data_work_told(self, message: DataWork.Told) -> None:
        """Show how far the job is."""
        if self.job is not None and self.job.name == message.job.name:
            self.job = message.job
            self.show_list()
            self.redraw()

    def on_data_work_ended(self, message: DataWork.Ended) -> None:
        """Go on with what was got or prepared, or say why it was not."""
        if self.job is None or (self.job.name, self.job.verb) != (message.name, message.verb):
            return
        self.job = None
        if message.problem:
            self.problems[message.name] = message.problem
        elif message.is_done and message.verb == "get":
            self.begin(Job(message.name, "prepare", Progress("opening it", 0, 0)))
        self.listed = 0.0
        self.show_list()
        self.open_shown()
        self.redraw()

    def begin(self, job: Job) -> None:
        """Get or prepare a set, in the place of what failed before."""
        self.problems.pop(job.name, None)
        self.found.pop(job.name, None)
        self.job = job
        if job.verb == "get":
            self.get_set(job.name)
        else:
            shown = next(each for each in self.sets if each.name == job.name)
            self.prepare_set(job.name, self.options_of(shown))
        self.show_list()
        self.redraw()
