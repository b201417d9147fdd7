"""`dli bench`: what it tells of measurements; the measuring itself is tested with `bench.speed`."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.speed import Figures, Measurement, Turn

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


def test_a_model_that_is_not_measured_is_refused(dli: Dli) -> None:
    shown = dli("bench", "--model", "resnt9")

    assert shown.code == 2
    assert "unknown model 'resnt9'. Did you mean 'resnet9'?" in shown.err
