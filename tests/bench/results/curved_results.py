"""Results that were never trained, with curves that are given."""

from typing import Any

from bench.results.result import COLUMNS, Result
from tests.bench.results.made_results import made


def curved(study: str, right: int, val: list[float | None], train: float, **more: Any) -> Result:
    """Return a result with these val accuracies, and a train accuracy that is the same always."""
    known = dict.fromkeys(COLUMNS, (None,) * len(val))
    columns = known | {"val_accuracy": tuple(val), "train_accuracy": (train,) * len(val)}
    return made(study, right, epochs=len(val), columns=columns, **more)
