"""Draws the README's picture from a real run: python docs/make_pictures.py RUN_FOLDER

Replays the run's log up to four fifths of its steps and exports the live view as docs/train.svg.
"""

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from engine.events import StepCompleted
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder
from tui.live import Dashboard

SIZE = 100, 36
PART = 0.8


def main(folder: RunFolder) -> None:
    """Write docs/train.svg."""
    state = folder.state()
    assert state is not None, f"{folder.path} is no run folder"
    history, now = History(), 0.0
    for event in replay(folder):
        history.fold(event)
        now = event.time
        if isinstance(event, StepCompleted) and event.step >= PART * state.total_steps:
            break
    console = Console(
        record=True, width=SIZE[0], height=SIZE[1], force_terminal=True, file=io.StringIO()
    )
    view = Dashboard("last", color=True, interrupts="checkpoint and stop")
    console.print(view(history, now, SIZE))
    title = f"dli train --dataset {state.dataset} --model {state.model} --epochs {state.epochs}"
    svg = re.sub(r"@font-face \{.*?\}\n", "", console.export_svg(title=title), flags=re.DOTALL)
    Path(__file__).with_name("train.svg").write_text(svg)  # without fonts from elsewhere


if __name__ == "__main__":
    main(RunFolder(Path(sys.argv[1])))
