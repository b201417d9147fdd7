"""Waiting for work that is no run: a bar on a terminal, a line for each part elsewhere."""

import sys
from collections.abc import Generator
from typing import TypeVar

from engine.data.spec import Progress
from engine.work import finish
from tui.output import say

T = TypeVar("T")
Work = Generator[Progress, None, T]


def wait_for(work: Work[T], in_bytes: bool = False) -> T:
    """Do all of the work, showing on stderr how far it is, and return what it returns."""
    return _with_bar(work, in_bytes) if sys.stderr.isatty() else _with_lines(work)


def _with_lines(work: Work[T]) -> T:
    told = [""]

    def tell(progress: Progress) -> None:
        if progress.what != told[-1]:
            told.append(progress.what)
            say(f"{progress.what} ...")

    return finish(work, tell)


def _with_bar(work: Work[T], in_bytes: bool) -> T:
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn() if in_bytes else bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        return finish(
            work,
            lambda now: bar.update(
                task, description=now.what, completed=now.done, total=now.total or None
            ),
        )
