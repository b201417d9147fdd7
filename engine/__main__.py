"""`python -m engine RUN_FOLDER`: trains a run in this process, for `spawn`; prints only trouble."""

import sys
from contextlib import closing
from pathlib import Path

from engine.control import Control
from engine.errors import DliError
from engine.runs import RunFolder
from engine.session import run
from engine.signals import stop_on_signals


def main(path: str) -> int:
    """Train until the run ends; return the exit code of its error, or 0."""
    folder = RunFolder(Path(path))
    control = Control(folder)
    try:
        with stop_on_signals(control), closing(run(folder, control)) as events:
            for _ in events:
                pass
    except DliError as error:
        sys.stderr.write(f"dli: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
