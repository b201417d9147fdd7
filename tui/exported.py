"""Pictures of a run as a table for other programs: which they are, and what they were called."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from engine.files import write_atomically
from engine.runs import RunFolder
from tui.mistakes import Judgement
from tui.predicted import Places

_COLUMNS = ("split", "place", "index", "true", "predicted", "confidence")


def export_pictures(
    folder: RunFolder, title: str, judged: Judgement, places: Places, classes: Sequence[str]
) -> Path:
    """Write the pictures at `places` of a split into a CSV file of the run folder; return its path.

    `place` counts within the run's split from 0, `index` is the row in the prepared data set.

    Raises:
        StorageError: the folder cannot be written.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "pictures"
    path = folder[f"pictures-{judged.split}-epoch{judged.epoch}-{slug}.csv"]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for place in places.tolist():
        true, called = classes[judged.labels[place]], classes[judged.predicted[place]]
        sure = f"{judged.confidence[place]:.5f}"
        table.writerow((judged.split, place, int(judged.rows[place]), true, called, sure))
    write_atomically(path, text.getvalue().encode())
    return path
