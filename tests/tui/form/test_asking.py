"""How long an answer counts, and what the facts say of it."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App

from engine.config import RunConfig, parse
from tui.form.asking import Asker
from tui.form.live import facts

_SPEED = {"epoch_seconds": 9.0, "images_per_second": 200.0, "is_busy": True}


class _Helper:
    """Answers at once, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, what: str, _: RunConfig, *__: object, **___: object) -> dict[str, Any]:
        self.asked.append(what)
        return _SPEED if what == "speed" else {}


async def test_a_speed_is_asked_again_after_a_while_and_says_that_the_machine_was_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config, helper = parse({"epochs": 1}), _Helper()
    redrawn: Callable[[], object] = list
    async with App[None]().run_test() as pilot:
        asker = Asker(pilot.app.screen, helper, redrawn)  # type: ignore[arg-type]
        asker.look(config, is_present=True)
        await pilot.pause(0.8)
        told = dict(facts(config, asker, "-"))
        assert told["speed"].endswith("(busy)")
        assert told["the run"] == "~9.0 s for 1 epoch"

        asker.look(config, is_present=True)
        await pilot.pause(0.8)
        assert helper.asked.count("speed") == 1
        later = time.monotonic() + 61
        monkeypatch.setattr("tui.form.asking.time.monotonic", lambda: later)
        asker.look(config, is_present=True)
        asker.look(config, is_present=True)
        monkeypatch.undo()
        await pilot.pause(0.8)
        assert helper.asked.count("speed") == 2
