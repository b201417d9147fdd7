"""What the Run screen writes down for whoever measures it."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from tui import trace


async def test_drawn_steps_and_the_lag_of_the_event_loop_are_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "trace.jsonl"
    monkeypatch.setenv(trace.VARIABLE, str(file))
    before = time.time()
    sampling = asyncio.create_task(trace.sample_lag())
    await asyncio.sleep(0.01)

    for step in (5, 5, 9):
        trace.drawn(step)
    await asyncio.sleep(0.25)
    time.sleep(0.2)  # the loop is held up on purpose
    await asyncio.sleep(0.25)
    sampling.cancel()
    await asyncio.wait([sampling])
    trace.drawn(10)

    facts = [json.loads(line) for line in file.read_text().splitlines()]
    assert [fact["step"] for fact in facts if "step" in fact] == [5, 9]
    lags = [fact["lag"] for fact in facts if "lag" in fact]
    assert 0.14 < max(lags) < 2
    assert min(lags) < 0.1
    assert all(before <= fact["time"] <= time.time() for fact in facts)


async def test_nothing_is_sampled_where_nobody_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(trace.VARIABLE, raising=False)

    await asyncio.wait_for(trace.sample_lag(), 0.1)
    trace.drawn(1)

    assert trace._file is None
