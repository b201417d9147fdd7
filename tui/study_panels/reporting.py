"""A study's report for the screen, worked out in a process of its own and kept beside its study.

That process is `dli report`, so what is seen here and printed there is the same.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE

from bench.report.types import Report
from engine.errors import RunError
from tui.study_panels.snapshot import StudyView


async def report_of(view: StudyView) -> Report:
    """Return a study's report, as `dli report` makes it.

    Raises:
        RunError: it cannot be made; the sentence is that command's own.
    """
    words = [sys.executable, "-P", "-m", "tui", "report", view.study_id, "--format", "json"]
    words += ["--storage", view.url]
    child = await asyncio.create_subprocess_exec(*words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    try:
        out, err = await child.communicate()
    finally:
        if child.returncode is None:  # nobody waits for it any more
            child.kill()
    if child.returncode:
        raise RunError(_sentence(err.decode(errors="replace")))
    from bench.report.cache import from_json

    try:
        return from_json(out)
    except ValueError:
        raise RunError("the report cannot be read; `dli report` prints it.") from None


def _sentence(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason was told."
    return last.removeprefix("dli: error: ")
