"""What a parent tells a worker when it starts it."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Order:
    """What a worker is to do: `stage` is the id of the search or of its confirm stage."""

    url: str
    study: str  # the search's id
    stage: str
    root: str
    threads: int
    memory_bytes: int | None
    answered: float | None = None  # the last request to stop that is not for these workers

    def to_json(self) -> str:
        """Return the order as JSON."""
        return json.dumps(asdict(self))
