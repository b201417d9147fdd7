"""Where screens get their facts: run folders, read bit by bit so that the UI never waits."""

from dataclasses import dataclass

from engine.errors import DliError
from engine.history import History
from engine.record import Tail
from engine.runs import RunFolder
from tui import clock
from tui.listing import LIVE, RunRow, row

PASS_BYTES = 256 << 10  # of a log that are read in one go: some 25 ms


@dataclass(frozen=True)
class RunView:
    """All that panels draw a run from; a snapshot that never changes.

    `reading` tells that older parts of the log are still to come, `problem` why it cannot be read.
    """

    folder: RunFolder
    row: RunRow
    history: History
    now: float
    reading: bool = False
    problem: str = ""
    ghost: History | None = None

    @property
    def is_live(self) -> bool:
        """Whether a process trains it now."""
        return self.row.state in LIVE


class RunSource:
    """A run folder as it grows; survives anything that lies in it."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.history = History()
        self._tail = Tail(folder)
        self._reading = True
        self._problem = ""

    def read(self, limit: int = PASS_BYTES) -> bool:
        """Take in the next part of the log; tell whether there was one."""
        try:
            events = self._tail.read(limit)
        except DliError as error:
            self._problem, self._reading = str(error), False
            return False
        self._problem = ""
        for event in events:
            self.history.fold(event)
        self._reading = bool(events) and self._tail.is_behind
        return bool(events)

    def view(self, ghost: History | None = None) -> RunView:
        """Return what there is now."""
        return RunView(
            folder=self.folder,
            row=row(self.folder),
            history=self.history.snapshot(),
            now=clock.now(),
            reading=self._reading,
            problem=self._problem,
            ghost=ghost,
        )
