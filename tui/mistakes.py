"""What a run got wrong: its predictions, and the worst of them as pictures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from engine.config import RunConfig
from engine.errors import DliError, RunError
from engine.events import RunPrepared
from engine.history import History
from engine.predictions import Predictions, read_predictions, read_split, read_test_predictions
from engine.runs import RunFolder
from tui import format as fmt
from tui import pictures
from tui.gallery import open_images

_WIDTH = 18  # cells of a picture
_MOST = 12


@dataclass(frozen=True)
class Judgement:
    """What the best weights said of each picture of test, or of val where test was not read.

    `labels`, `predicted`, `confidence` and `rows` are (N,); rows are those of the prepared split.
    """

    split: str
    epoch: int
    labels: NDArray[np.int64]
    predicted: NDArray[np.uint16]
    confidence: NDArray[np.float64]
    rows: NDArray[np.int64]


def judgement(folder: RunFolder, history: History) -> Judgement | None:
    """Return the final predictions of a run, or None if it has none yet."""
    epoch = history.best_epoch
    if epoch is None:
        return None
    try:
        split = read_split(folder)
        if history.finished and history.finished.test:
            return _judgement("test", epoch, split, read_test_predictions(folder))
        return _judgement("val", epoch, split, read_predictions(folder, epoch))
    except RunError:
        return None


def _judgement(name: str, epoch: int, split: dict[str, Any], predictions: Predictions) -> Judgement:
    labels, rows = split[f"{name}_labels"], split[f"{name}_index"]
    return Judgement(name, epoch, labels, *predictions, rows)


def worst(judged: Judgement, limit: int) -> NDArray[np.int64]:
    """Return the places of the wrong predictions, the most confident first."""
    wrong = np.flatnonzero(judged.predicted != judged.labels)
    order = np.argsort(-judged.confidence[wrong], kind="stable")
    return wrong[order][:limit]


def drawn(
    judged: Judgement, config: RunConfig, prepared: RunPrepared, width: int
) -> RenderableType:
    """Return the worst mistakes as pictures with `true → predicted` and the confidence."""
    places = worst(judged, min(_MOST, 2 * pictures.per_row(_WIDTH, width)))
    if not len(places):
        return Text("no mistakes", style="dim")
    try:
        images = open_images(config, prepared, judged.split)
    except DliError:
        return Text(f"the pictures of '{config.dataset}' are not here any more", style="dim")
    captions = [_caption(judged, place, prepared.classes) for place in places]
    return pictures.grid([images[judged.rows[place]] for place in places], captions, _WIDTH)


def _caption(judged: Judgement, place: int, classes: tuple[str, ...]) -> str:
    names = f"{classes[judged.labels[place]]} → {classes[judged.predicted[place]]}"
    sure = fmt.percent(float(judged.confidence[place]), digits=1)
    together = f"{names}  {sure}"
    return together if len(together) <= _WIDTH else f"{names}\n{sure}"
