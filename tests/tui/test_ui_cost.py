"""The measurement of the UI's cost on the real thing: a training, and the UI in a terminal."""

import os
import time

import pytest

from bench.ui_cost import Pair, UiCost
from tui import ui_cost


def test_the_processor_time_of_a_process_grows_with_its_work() -> None:
    before = ui_cost.cpu_seconds(os.getpid())
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass

    assert 0.05 < ui_cost.cpu_seconds(os.getpid()) - before < 5


@pytest.mark.slow
def test_the_ui_is_measured_on_a_live_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui_cost, "_SETTLE_SECONDS", 0.5)
    cores = os.sched_getaffinity(0)

    pair, found = ui_cost.measure(rounds=1, seconds=2.0)

    assert isinstance(pair, Pair)
    assert isinstance(found, UiCost)
    assert found.dataset == "digits"
    assert 0.2 < found.ratio.median < 5
    assert 0 < found.cpu_share.median < 1
    assert 0 < found.latency.median < 2
    assert 0 <= found.lag_median <= found.lag.median < 2
    assert os.sched_getaffinity(0) == cores
