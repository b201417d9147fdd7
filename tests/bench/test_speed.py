"""The speed measurement: three lanes, in turn, each in a process of its own."""

import json
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bench import speed
from bench.lane_process import LaneProcess
from bench.speed import Figures, Measurement, Turn, bench_config, measure
from engine.errors import DliError


def test_figures_are_the_median_and_the_extremes() -> None:
    assert Figures.of([3.0, 1.0, 2.0, 9.0]) == Figures(2.5, 1.0, 9.0)


@pytest.mark.parametrize("model", speed.MODELS)
def test_the_measured_configs_are_real_configs(model: str) -> None:
    config = bench_config(model)
    assert config.model.name == model
    assert config.augment.crop_padding == 4


def test_a_lane_that_dies_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.lane_process.COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    with (
        closing(LaneProcess("bare", bench_config("cnn"), tmp_path)) as lane,
        pytest.raises(DliError, match=r"the bare lane .* died \(exit"),
    ):
        lane.run(1)


@pytest.mark.slow
def test_all_lanes_have_their_turns_and_the_ratios_are_those_of_the_rounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = {"model": {"name": "cnn", "filters": [4]}, "batch_size": 16}
    monkeypatch.setitem(speed.MODELS, "cnn", small)
    monkeypatch.setattr(speed, "_SECONDS_PER_ROUND", 0.1)
    *turns, measured = measure("cnn", rounds=2)
    assert [(turn.round, turn.lane) for turn in turns if isinstance(turn, Turn)] == [
        (number, lane) for number in (1, 2) for lane in speed.LANES
    ]
    assert isinstance(measured, Measurement)
    rates = {(turn.round, turn.lane): turn.images_per_second for turn in turns}  # type: ignore[union-attr]
    ratios = [rates[number, "engine"] / rates[number, "bare"] for number in (1, 2)]
    assert measured.engine_per_bare == Figures.of(ratios)
    assert json.loads(json.dumps(measured.to_dict()))["rounds"] == 2
