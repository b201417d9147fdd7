"""Runs each lane of the speed measurement in a process of its own, and talks to it in JSON lines.

So none has the others' threads, memory or settings, and each does what its user would see.
"""

import json
import subprocess
import sys
from pathlib import Path

from engine.config import RunConfig
from engine.errors import DliError

COMMAND = (sys.executable, "-P", "-m", "bench.lanes")


class LaneProcess:
    """The near end of a lane: `run` blocks until the far end made its steps."""

    def __init__(self, lane: str, config: RunConfig, root: Path) -> None:
        self._lane = lane
        self._process = subprocess.Popen(
            [*COMMAND, lane, config.model_dump_json(), str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, steps: int) -> float:
        """Make steps; return pictures per second."""
        return float(self._ask({"steps": steps})["images_per_second"])

    def about(self) -> dict[str, float | str]:
        """Return facts about the lane for the report."""
        return self._ask({})

    def close(self) -> None:
        """End the loop and its process."""
        self._process.communicate()

    def _ask(self, request: dict[str, int]) -> dict[str, float | str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer: dict[str, float | str] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            self._process.kill()
            raise DliError(
                f"the {self._lane} lane of the measurement died (exit {self._process.wait()}); "
                "what it said stands above."
            ) from None
        return answer
