"""What a screen shows, as text, and the files that say how it should look.

DLI_UPDATE_GOLDENS=1 writes them anew; look at every difference before it is committed.
"""

import difflib
import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from tui.app import DliApp

FOLDER = Path(__file__).parent / "goldens"
UPDATE = os.environ.get("DLI_UPDATE_GOLDENS") == "1"


def screen_text(app: DliApp) -> str:
    """Return what is seen now, line by line, without colours."""
    width, height = app.size
    console = Console(
        width=width, height=height, file=io.StringIO(), force_terminal=True, record=True,
        color_system="truecolor", legacy_windows=False, safe_box=False,
    )  # fmt: skip
    seen = app.screen._compositor.render_update(
        full=True, screen_stack=app._background_screens, simplify=False
    )
    console.print(seen)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines()) + "\n"


def expected(name: str) -> str | None:
    """Return what a golden file says, or None where there is none."""
    path = FOLDER / name
    return path.read_text() if path.is_file() else None


def check_golden(name: str, text: str) -> None:
    """Compare a text with its golden file."""
    path = FOLDER / name
    if UPDATE:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text)
        return
    known = expected(name)
    assert known is not None, f"no golden {name}: make it with DLI_UPDATE_GOLDENS=1 and look at it"
    if text != known:
        lines = difflib.unified_diff(known.splitlines(), text.splitlines(), "golden", "now")
        pytest.fail(f"{name} looks different:\n" + "\n".join(lines))
