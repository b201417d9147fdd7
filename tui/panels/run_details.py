"""A few lines on the run that is chosen in a listing."""

import time
from pathlib import Path

from textual import work
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from engine.runs import RunFolder
from tui.listing import RunRow
from tui.run_details import Details, describe, read_details
from tui.runs_columns import Look

_REST_SECONDS = 0.15  # that a choice lasts before its files are read


class RunDetails(Static):
    """What is known of the chosen run; its files are read aside, so that moving on never waits."""

    _shown: RunRow | None = None
    _known = Details()
    _look: Look | None = None

    class Read(Message):
        """The files of a run were read."""

        def __init__(self, shown: RunRow, known: Details) -> None:
            super().__init__()
            self.shown, self.known = shown, known

    def tell(self, shown: RunRow | None, look: Look, runs: tuple[RunRow, ...] = ()) -> None:
        """Show a run; `runs` are those that a study's row stands for."""
        before, self._shown, self._look = self._shown, shown, look
        if shown is None or runs:
            self._known = Details(runs=runs)
            self.workers.cancel_group(self, "details")
        elif shown != before:
            if before is None or before.path != shown.path:
                self._known = Details()
            self._read(shown)
        self._draw()

    @work(thread=True, exclusive=True, group="details", exit_on_error=False)
    def _read(self, shown: RunRow) -> None:
        time.sleep(_REST_SECONDS)
        if get_current_worker().is_cancelled:
            return
        self.post_message(self.Read(shown, read_details(RunFolder(Path(shown.path)))))

    def on_run_details_read(self, message: Read) -> None:
        """Show what was read, if the choice is still the same."""
        if self._shown is not None and self._shown.path == message.shown.path:
            self._known = message.known
            self._draw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is None or self._look is None:
            self.update("")
        elif self.content_size.width:
            shape = (self.content_size.width, self.content_size.height)
            self.update(describe(self._shown, self._known, self._look, shape))
