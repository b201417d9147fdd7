"""Made-up predictions of real digits: five pictures fare as the tests say, the others are right."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from textual.app import ComposeResult

from engine.config import RunConfig
from engine.data.load import LoadedData, load
from engine.predictions import pack, read_split, write_epoch, write_split
from engine.runs import RunFolder
from engine.work import finish
from tui.app import DliApp
from tui.panels.panel import Panel
from tui.screens.base import LabScreen
from tui.sources import RunSource

N = 60
ALWAYS_WRONG, TWICE_FORGOTTEN, FORGOTTEN, UNSURE, LEARNT = range(5)
RIGHT_IN = {
    ALWAYS_WRONG: lambda _: False,
    TWICE_FORGOTTEN: lambda epoch: epoch in (1, 2, *range(4, 14)),
    FORGOTTEN: lambda epoch: epoch <= 10,
    UNSURE: lambda _: False,
    LEARNT: lambda epoch: epoch > 1,
}
WRONG_CONFIDENCE = {ALWAYS_WRONG: 0.95, TWICE_FORGOTTEN: 0.7, FORGOTTEN: 0.6, UNSURE: 0.4}


def digits() -> LoadedData:
    return finish(load("digits", RunConfig().data))


def said(epoch: int, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes (N,) and confidences (N,) after an epoch; the wrong class is one more."""
    predicted, confidence = labels.copy(), np.full(len(labels), 0.9)
    for place, is_right in RIGHT_IN.items():
        if not is_right(epoch):
            predicted[place] = (labels[place] + 1) % 10
            confidence[place] = WRONG_CONFIDENCE.get(place, 0.5)
    return predicted, confidence


def write_predictions(folder: RunFolder, data: LoadedData, epochs: int) -> np.ndarray:
    """Write the epochs' predictions on the first val pictures of digits; return their labels."""
    split = read_split(folder)
    rows = data.val.index[:N]
    labels = np.asarray(data.val.labels)[rows]
    write_split(folder, **(split | {"val_index": rows, "val_labels": labels}))
    for epoch in range(1, epochs + 1):
        write_epoch(folder, epoch, pack(*said(epoch, labels)))
    return labels


class Host(LabScreen):
    """A screen with one panel."""

    TITLE, ABOUT = "Host", "One panel."

    def __init__(self, panel: Panel, folder: RunFolder) -> None:
        super().__init__()
        self.panel, self.source = panel, RunSource(folder)

    def body(self) -> ComposeResult:
        yield self.panel

    def tick(self) -> None:
        while self.source.read():
            pass
        self.panel.show(self.source.view())


def host_app(panel: Panel, folder: RunFolder, set_item: Callable[..., None], **how: bool) -> DliApp:
    """Return an app whose first screen shows the panel; `set_item` is monkeypatch's."""
    set_item(DliApp.MODES, "runs", lambda: Host(panel, folder))
    return DliApp(Path(folder.path.parent), **how)


def text_of(panel: Panel) -> str:
    """Return what stands on the screen where the panel is."""
    screen = panel.screen
    lines = [strip.text.rstrip() for strip in screen._compositor.render_strips()]
    return "\n".join(lines)
