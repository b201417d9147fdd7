"""When the Run screen drew what, for whoever measures it, if `DLI_UI_TRACE` names a file.

Each line of the file is a JSON object: `{"time", "step"}` when a step was drawn first, and
`{"time", "lag"}` for how many seconds late the event loop came to a timer of 100 ms.
"""

import asyncio
import json
import os
import time
from io import TextIOWrapper
from pathlib import Path

VARIABLE = "DLI_UI_TRACE"
_SAMPLE_SECONDS = 0.1
_file: TextIOWrapper | None = None
_last_step = -1


def drawn(step: int) -> None:
    """Note that the screen now shows a run up to this step; to be called once that is written."""
    global _last_step  # noqa: PLW0603  # one screen draws one run at a time
    if _file is not None and step != _last_step:
        _last_step = step
        _write({"time": time.time(), "step": step})


async def sample_lag() -> None:
    """Note how late the event loop comes to its timers, until this is cancelled.

    Opens the file; returns at once where none is named.
    """
    global _file  # noqa: PLW0603
    path = os.environ.get(VARIABLE)
    if not path:
        return
    with Path(path).open("a", buffering=1) as _file:
        try:
            while True:
                due = time.monotonic() + _SAMPLE_SECONDS
                await asyncio.sleep(_SAMPLE_SECONDS)
                _write({"time": time.time(), "lag": time.monotonic() - due})
        finally:
            _file = None


def _write(fact: dict[str, float]) -> None:
    assert _file is not None
    _file.write(json.dumps(fact) + "\n")
