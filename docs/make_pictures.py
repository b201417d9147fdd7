"""Draws the README's pictures from real runs: python docs/make_pictures.py RUN [STUDY]

RUN is a run's folder, STUDY the id of a study in the same runs folder. The run's log is played up
to four fifths of its steps and shown as it was then: docs/run.svg is the Run screen of `dli tui`,
docs/train.svg what `dli train` shows, docs/study.svg the Study screen.
"""

import asyncio
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from engine.events import EpochCompleted, RunFinished, StepCompleted, from_json
from engine.history import History
from engine.runs import RunFolder
from tui import clock
from tui.actions import equivalent_command
from tui.app import DliApp
from tui.live import Dashboard

HERE = Path(__file__).parent
PART = 0.8
LIVE_SIZE, SCREEN_SIZE = (100, 36), (140, 42)


def main(path: str, study: str = "") -> None:
    """Write the pictures."""
    folder = RunFolder(Path(path).resolve())
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as held:
        root = Path(temporary) / "runs"
        for other in folder.path.parent.iterdir():  # the ghost is among them
            if other.is_dir() and other != folder.path and other.name < folder.id:
                shutil.copytree(other, root / other.name)
        cut, now = _cut(folder, root / folder.id)
        clock.now = lambda: now
        held.enter_context(cut.lock())  # so it looks as it did: alive
        _draw_live(cut, now)
        _draw_screen(DliApp(root, first=cut), "run.svg")
    if study:
        app = DliApp(folder.path.parent)
        app.study_id = study
        _draw_screen(app, "study.svg", lambda: app.action_go("study"))


def _cut(folder: RunFolder, target: Path) -> tuple[RunFolder, float]:
    """Copy a run as it was after a part of its steps; return it and what time it was then."""
    shutil.copytree(folder.path, target)
    state = folder.state()
    assert state is not None, f"{folder.path} is no run folder"
    cut, now, kept = RunFolder(target), 0.0, []
    with folder["events.jsonl"].open("rb") as log:
        for line in log:
            event = from_json(line)
            if event is None or isinstance(event, RunFinished):
                continue
            kept.append(line)
            now = event.time
            if isinstance(event, StepCompleted) and event.step >= PART * state.total_steps:
                break
    cut["events.jsonl"].write_bytes(b"".join(kept))
    epochs = [e for line in kept if isinstance(e := from_json(line), EpochCompleted)]
    text = state.to_json().replace(b'"completed"', b'""').replace(b'"testing"', b'"training"')
    cut["state.json"].write_bytes(text)
    assert epochs, "the picture wants a run of several epochs"
    return cut, now


def _draw_live(folder: RunFolder, now: float) -> None:
    from engine.record import replay

    history = History.of(replay(folder))
    console = Console(
        record=True, width=LIVE_SIZE[0], height=LIVE_SIZE[1], force_terminal=True,
        file=io.StringIO(),
    )  # fmt: skip
    view = Dashboard("last", color=True, interrupts="checkpoint and stop")
    console.print(view(history, now, LIVE_SIZE))
    assert history.config is not None
    _write("train.svg", console.export_svg(title=equivalent_command(history.config)))


def _draw_screen(app: DliApp, name: str, first: Callable[[], object] = lambda: None) -> None:
    async def draw() -> None:
        async with app.run_test(size=SCREEN_SIZE) as pilot:
            await pilot.pause(0.5)
            first()
            await pilot.pause(3.0)  # logs are read, the ghost and the report are found
            _write(name, app.export_screenshot(title="dli tui"))

    asyncio.run(draw())


def _write(name: str, svg: str) -> None:
    """Write a picture, without fonts from elsewhere."""
    (HERE / name).write_text(re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL))


if __name__ == "__main__":
    main(*sys.argv[1:])
