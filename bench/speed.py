"""How fast the engine trains, beside the fastest bare loop and the usual notebook loop.

Absolute rates depend on the machine and its mood, so all three lanes run in turn in each round, and
what counts is their ratio within a round.
"""

import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.lane_process import LaneProcess
from engine.config import RunConfig, parse

MODELS: dict[str, dict[str, object]] = {
    "cnn": {
        "model": {"name": "cnn", "filters": [32, 64, 128]},
        "batch_size": 128,
    },
    "resnet9": {
        "model": {"name": "resnet9", "head_dropout": 0.2},
        "batch_size": 400,
    },
}
_SECONDS_PER_ROUND = 9.0  # about what each lane gets in a round
_SLICES = 3  # in which it gets them
_WARM_UP = {"bare": 6, "engine": 6, "notebook": 1}  # steps until memory has settled
LANES = ("bare", "engine", "notebook")


@dataclass(frozen=True)
class Figures:
    """Median, least and greatest of one figure over the rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> "Figures":
        """Return the figures of the values."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Measurement:
    """What was measured for one model; rates in pictures per second."""

    model: str
    batch_size: int
    rounds: int
    precision: str
    notebook_precision: str
    threads: int
    bare: Figures
    engine: Figures
    notebook: Figures
    engine_per_bare: Figures
    engine_per_notebook: Figures
    checkpoint_seconds: float

    def to_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Turn:
    """One lane had its turn; for whoever shows progress."""

    model: str
    round: int
    lane: str
    images_per_second: float


def bench_config(model: str) -> RunConfig:
    """Return the config that all lanes share: a usual ResNet-9 recipe for CIFAR-10."""
    return parse(
        {
            **MODELS[model],
            "data": {
                "normalize": "given",
                "mean": [0.4914, 0.4822, 0.4465],
                "std": [0.2023, 0.1994, 0.2010],
            },
            "augment": {"crop_padding": 4, "crop_mode": "reflect", "flip": "random"},
            "optimizer": {"name": "adam", "lr": 0.01, "weight_decay": 1e-4},
            "clip": {"value": 0.1},
        }
    )


def measure(model: str, rounds: int = 5) -> Iterator[Turn | Measurement]:
    """Time the three lanes in turn; yields each turn, and last the measurement.

    Args:
        model: one of `MODELS`.
        rounds: how often each lane has its turn.
    """
    with (
        tempfile.TemporaryDirectory(prefix="dli-bench-") as root,
        _lanes(bench_config(model), Path(root)) as lanes,
    ):
        rates: dict[str, list[float]] = {lane: [] for lane in LANES}
        for number in range(1, rounds + 1):
            for lane, rate in lanes.round().items():
                rates[lane].append(rate)
                yield Turn(model, number, lane, rate)
        yield _summed_up(model, rates, lanes.about)


@dataclass(frozen=True)
class _Lanes:
    lanes: Mapping[str, LaneProcess]
    steps: Mapping[str, int]
    about: Mapping[str, Any]

    def round(self) -> dict[str, float]:
        """Give each lane its steps; bare and engine, which are close, in slices turn by turn."""
        seconds = dict.fromkeys(LANES, 0.0)
        for _ in range(_SLICES):
            for lane in ("bare", "engine"):
                seconds[lane] += 1 / self.lanes[lane].run(self.steps[lane])
        notebook = self.lanes["notebook"].run(self.steps["notebook"])
        return {lane: _SLICES / seconds[lane] for lane in ("bare", "engine")} | {
            "notebook": notebook
        }


@contextmanager
def _lanes(config: RunConfig, root: Path) -> Iterator[_Lanes]:
    """Start the lanes, warm them up, and find how many steps fill their time."""
    with ExitStack() as stack:
        lanes = {
            name: stack.enter_context(closing(LaneProcess(name, config, root))) for name in LANES
        }
        for name, steps in _WARM_UP.items():
            lanes[name].run(steps)
        rates = {name: lane.run(2) / config.batch_size for name, lane in lanes.items()}
        both = max(1, round(_SECONDS_PER_ROUND / _SLICES * rates["bare"]))
        notebook = max(2, round(_SECONDS_PER_ROUND * rates["notebook"]))
        slices = {"bare": both, "engine": both, "notebook": notebook}
        yield _Lanes(lanes, slices, {name: lane.about() for name, lane in lanes.items()})


def _summed_up(model: str, rates: dict[str, list[float]], about: Mapping[str, Any]) -> Measurement:
    def ratios(lane: str) -> Figures:
        return Figures.of([a / b for a, b in zip(rates["engine"], rates[lane], strict=True)])

    return Measurement(
        model=model,
        batch_size=bench_config(model).batch_size,
        rounds=len(rates["bare"]),
        precision=about["engine"]["precision"],
        notebook_precision=about["notebook"]["precision"],
        threads=about["engine"]["threads"],
        bare=Figures.of(rates["bare"]),
        engine=Figures.of(rates["engine"]),
        notebook=Figures.of(rates["notebook"]),
        engine_per_bare=ratios("bare"),
        engine_per_notebook=ratios("notebook"),
        checkpoint_seconds=about["engine"]["checkpoint_seconds"],
    )
