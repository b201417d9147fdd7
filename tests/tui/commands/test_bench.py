"""`dli bench`: what it tells of measurements; the measuring itself is tested with `bench.speed`."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.speed import Figures, Measurement, Turn
from bench.ui_cost import Pair, UiCost

Dli = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(model: str, rounds: int) -> Iterator[Turn | Measurement]:
        yield Turn(model, 1, "bare", 1234.4)
        rates = [Figures(speed, speed - 1, speed + 1) for speed in (2000, 1900, 300)]
        ratios = [Figures(0.951, 0.94, 0.96), Figures(6.33, 6.0, 7.0)]
        yield Measurement(model, 128, rounds, "bf16", "fp32", 2, *rates, *ratios, 0.01)

    monkeypatch.setattr("bench.speed.measure", measure)


def test_rates_and_ratios_are_printed_for_each_model(dli: Dli) -> None:
    shown = dli("bench", "--rounds", "3")

    assert "cnn: batches of 128, 3 rounds, 2 threads, bf16 (notebook fp32)" in shown.out
    assert "resnet9: batches of 128" in shown.out
    assert "engine, images/s          1,900  1,899  1,901" in shown.out
    assert "engine / bare loop        0.951  0.940  0.960" in shown.out
    assert "round 1 of 3, bare" in shown.err


def test_json_is_the_measurements(dli: Dli) -> None:
    (found,) = json.loads(dli("bench", "--model", "cnn", "--json").out)

    assert (found["model"], found["rounds"]) == ("cnn", 5)
    assert found["engine_per_notebook"]["least"] == 6.0


def test_what_the_ui_costs_is_told_beside_its_bars(
    dli: Dli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(rounds: int, seconds: float) -> Iterator[Pair | UiCost]:
        pairs = [Pair(2000.0, 1960.0 + n, 0.041, (0.1, 0.2), (0.001, 0.06)) for n in range(rounds)]
        yield from pairs
        yield UiCost.of(("mnist", "cnn", seconds, 2), pairs)

    monkeypatch.setattr("tui.ui_cost.measure", measure)

    shown = dli("bench", "--ui", "--rounds", "3")
    found = json.loads(dli("bench", "--ui", "--json").out)

    rows = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert "cnn on mnist, 2 threads, 3 rounds of 2 x 20 s" in rows[0]
    assert "images/s under the UI / alone 0.981 0.980 0.981 >= 0.95 holds" in rows
    assert "the UI's part of a core, % 4.1 4.1 4.1 <= 6 holds" in rows
    assert "event to screen, ms 150 150 150 <= 300 holds" in rows
    assert "event-loop lag at p99, ms 60.0 60.0 60.0 <= 50 does not hold" in rows
    assert "round 1 of 3: 2,000 images/s alone, 1,960 under the UI" in shown.err
    assert found["rounds"] == 7
    assert found["holds"] == {"ratio": True, "cpu_share": True, "latency": True, "lag": False}


@pytest.mark.parametrize("words", [("--ui", "--model", "cnn"), ("--seconds", "3")])
def test_options_that_do_not_go_together_are_refused(dli: Dli, words: tuple[str, ...]) -> None:
    assert dli("bench", *words).code == 2


def test_a_model_that_is_not_measured_is_refused(dli: Dli) -> None:
    shown = dli("bench", "--model", "resnt9")

    assert shown.code == 2
    assert "unknown model 'resnt9'. Did you mean 'resnet9'?" in shown.err
