"""A report as JSON, and kept beside its study so that the next one is shown at once."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bench.report.types import Report
from engine.files import write_atomically

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = "report.json"
SCHEMA = 3  # raised when a figure of the report changes its meaning


@cache
def _adapter() -> "TypeAdapter[Report]":
    from pydantic import TypeAdapter

    return TypeAdapter(Report)


def to_json(report: Report) -> str:
    """Return the report as JSON; numbers that are not finite are written as such."""
    return json.dumps(_adapter().dump_python(report, mode="python"), ensure_ascii=False)


def from_json(text: str | bytes) -> Report:
    """Return the report that a JSON text holds.

    Raises:
        ValueError: it holds none.
    """
    return _adapter().validate_python(json.loads(text))


def load(folder: Path, key: str) -> Report | None:
    """Return the report kept in `folder` under `key`; None where there is none that can be read."""
    try:
        kept = json.loads((folder / FILE).read_bytes())
        if kept["schema"] != SCHEMA or kept["key"] != key:
            return None
        return _adapter().validate_python(kept["report"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def store(folder: Path, key: str, report: Report) -> None:
    """Keep the report in `folder` under `key`, in place of any other.

    Raises:
        StorageError: the folder cannot be written.
    """
    kept = {"schema": SCHEMA, "key": key, "report": json.loads(to_json(report))}
    write_atomically(folder / FILE, json.dumps(kept, ensure_ascii=False).encode())
