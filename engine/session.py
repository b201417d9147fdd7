"""One trainer for one run folder: lock, first start or resume, log. Imports no torch."""

from collections.abc import Generator
from contextlib import closing

from engine.control import Control
from engine.errors import RunError
from engine.events import Event, RunFinished, RunStarted
from engine.record import last_event, recorded
from engine.runs import RunFolder
from engine.train import train


def run(
    folder: RunFolder, control: Control | None = None, started: RunStarted | None = None
) -> Generator[Event, None, None]:
    """Train the run of a folder, or go on with it, and yield its recorded events.

    Whoever opens this closes it; closing ends the run with a checkpoint. `started` is the first
    event of a new run, where it says more than the config (parent, study, trial).

    Raises:
        RunError: the run is finished, or another process trains it.
        DliError: anything else that a user can mend; the log's last event tells it too.
    """
    config = folder.config()
    with folder.lock():
        _refuse_finished(folder)
        events = train(config, folder, control or Control(folder), started)
        with closing(recorded(events, folder)) as stream:
            yield from stream


def _refuse_finished(folder: RunFolder) -> None:
    last = last_event(folder)
    if isinstance(last, RunFinished) and last.status in ("completed", "pruned"):
        raise RunError(
            f"run '{folder.id}' is {last.status} after epoch {last.epoch} and cannot be resumed; "
            f"repeat it with `dli train --config {folder['config.json']}`."
        )
