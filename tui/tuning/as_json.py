"""A search as lines of JSON: its events but the ticks, each with its name and its fields."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from bench.tuning_events import Ticked, TuningEvent
from tui.output import finite


def line(event: TuningEvent) -> str | None:
    """Return the event as one line of JSON, or None for a tick: other events say what changes.

    Numbers that are not finite become null, and a password in the storage's URL is hidden.
    """
    if isinstance(event, Ticked):
        return None
    values = {"event": type(event).__name__} | _plain(event)
    if "url" in values:
        values["url"] = _without_password(values["url"])
    return json.dumps(finite(values), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return dict(value) if isinstance(value, Mapping) else value


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url  # with Optuna, which only a search needs

    return make_url(url).render_as_string(hide_password=True)
