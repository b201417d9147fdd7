"""Asks the helper about the config in the form: each question when its part of it changed."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from textual.screen import Screen

from engine.config import RunConfig
from engine.data.spec import Progress
from engine.errors import DataError, DliError
from tui.helper import Helper

Found = dict[str, Any] | DliError
_PICTURES = ("dataset", "data")
_DEPENDS = {
    "summary": (*_PICTURES, "model"),
    "augment": (*_PICTURES, "augment", "seed"),
    "speed": (*_PICTURES, "model", "augment", "batch_size", "drop_last", "eval_batch_size", "ema",
              "clip", "loss", "device", "precision", "threads"),
}  # fmt: skip
_PATIENCE = {"summary": 0.0, "augment": 0.1, "speed": 0.6}  # seconds; timing takes all cores
SAMPLES = 24
_FRESH = 60.0  # seconds for which a timing counts; a busy machine may be free then


class Asker:
    """Keeps the newest answers; `changed` is called when one came.

    Args:
        screen: whose workers ask.
        helper: who answers; it is started by the first question.
        changed: called when an answer came, or how far a data set is.
    """

    def __init__(self, screen: Screen[None], helper: Helper, changed: Callable[[], object]) -> None:
        self._screen, self._helper, self._changed = screen, helper, changed
        self._wanted: dict[str, str] = {}
        self._found: dict[str, tuple[str, Found]] = {}
        self._timed = 0.0  # when the speed was answered
        self.progress: Progress | None = None
        self.draw = 1  # which random changes the pictures are shown with

    def look(self, config: RunConfig, is_present: bool) -> None:
        """Ask what is not known of a config; without its pictures, only what needs none."""
        for what in _DEPENDS if is_present else ("summary",):
            key = self._key(what, config)
            if self._wanted.get(what) != key or self._is_stale(what, config):
                self._wanted[what] = key
                self._screen.run_worker(
                    self._ask(what, config, key),
                    group=f"new.{what}", exclusive=True, exit_on_error=False,
                )  # fmt: skip

    def answer(self, what: str, config: RunConfig | None) -> Found | None:
        """Return the answer about this very config, or None where it is not there yet."""
        key, found = self._found.get(what, ("", None))
        return found if config is not None and key == self._key(what, config) else None

    def is_asking(self, what: str, config: RunConfig) -> bool:
        """Tell whether an answer about this very config is still to come."""
        key = self._key(what, config)
        return self._wanted.get(what) == key and self._found.get(what, ("", None))[0] != key

    def last(self, what: str) -> dict[str, Any] | None:
        """Return the last answer, about whatever config, that was no error."""
        _, found = self._found.get(what, ("", None))
        return None if isinstance(found, DliError) else found

    def errors(self, config: RunConfig) -> Iterable[DliError]:
        """Yield what the helper found wrong with a config."""
        for what in _DEPENDS:
            found = self.answer(what, config)
            if isinstance(found, DliError) and not isinstance(found, DataError):
                yield found

    def _is_stale(self, what: str, config: RunConfig) -> bool:
        """Tell whether an answer is to be asked for again; then it is wanted as if it were new."""
        known = what == "speed" and self.answer(what, config) is not None
        if not known or time.monotonic() - self._timed < _FRESH:
            return False
        self._timed = time.monotonic()  # asked once, not at each key until the answer is there
        return True

    def forget_errors(self) -> None:
        """Ask again where the last answer was an error: data may have come, or memory."""
        for what, (key, found) in list(self._found.items()):
            if isinstance(found, DliError) and self._wanted.get(what) == key:
                del self._wanted[what]

    def _key(self, what: str, config: RunConfig) -> str:
        parts = config.model_dump_json(include=set(_DEPENDS[what]))
        return json.dumps([parts, config.optimizer.name, self.draw if what == "augment" else 0])

    async def _ask(self, what: str, config: RunConfig, key: str) -> None:
        await asyncio.sleep(_PATIENCE[what])
        found: Found
        try:
            found = await self._helper.ask(
                what, config, self._note, asker="form", count=SAMPLES, epoch=self.draw
            )
        except DliError as error:
            found = error
        except asyncio.CancelledError:
            if self._wanted.get(what) == key:  # cancelled, but not for another question
                del self._wanted[what]
            raise
        self._found[what] = key, found
        if what == "speed":
            self._timed = time.monotonic()
        self.progress = None
        self._changed()

    def _note(self, progress: Progress) -> None:
        self.progress = progress
        self._changed()
