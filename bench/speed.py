"""How fast the engine trains, beside the fastest bare loop and the usual notebook loop.

Absolute rates depend on the machine and its mood, so all three lanes run in turn in each round, and
what counts is their ratio within a round.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

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
_SECONDS_PER_TURN = 4.0  # about what each lane gets in a round
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
    """Return the config that all lanes share: R2's augmentation and scaling, at CIFAR shape."""
    return parse(
        {
            **MODELS[model],
            "data": {
                "normalize": "given",
                "mean": [0.4914, 0.4822, 0.4465],
                "std": [0.2023, 0.1994, 0.2010],
            },
            "augment": {"crop_padding": 4, "crop_mode": "reflect", "flip": "random"},
            "optimizer": {"name": "sgd", "lr": 0.01, "momentum": 0.9},
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
        _lanes(model, Path(root)) as lanes,
    ):
        rates: dict[str, list[float]] = {lane: [] for lane in LANES}
        for number in range(1, rounds + 1):
            for lane in LANES:
                rate = lanes.turn[lane]()
                rates[lane].append(rate)
                yield Turn(model, number, lane, rate)
        yield _summed_up(model, rates, lanes)


@dataclass(frozen=True)
class _Lanes:
    turn: dict[str, Callable[[], float]]
    precision: str
    threads: int
    checkpoint_seconds: float


@contextmanager
def _lanes(model: str, root: Path) -> Iterator[_Lanes]:
    """Build the lanes, warm them up, and give each turns of about the same length."""
    from bench.lanes import BareLane, EngineLane, NotebookLane  # brings torch

    config = bench_config(model)
    with closing(EngineLane(config, root)) as engine:
        bare = BareLane(config, engine.machine)
        notebook = NotebookLane(config, engine.machine.device, root)
        steps = max(2, round(_SECONDS_PER_TURN * bare.run(2) / config.batch_size))
        slow_steps = max(2, round(_SECONDS_PER_TURN * notebook.run(1) / config.batch_size))
        engine.run(2)
        yield _Lanes(
            turn={
                "bare": lambda: bare.run(steps),
                "engine": lambda: engine.run(steps),
                "notebook": lambda: notebook.run(slow_steps),
            },
            precision=engine.machine.precision,
            threads=engine.machine.threads,
            checkpoint_seconds=engine.checkpoint_seconds,
        )


def _summed_up(model: str, rates: dict[str, list[float]], lanes: _Lanes) -> Measurement:
    def ratios(lane: str) -> Figures:
        return Figures.of([a / b for a, b in zip(rates["engine"], rates[lane], strict=True)])

    return Measurement(
        model=model,
        batch_size=bench_config(model).batch_size,
        rounds=len(rates["bare"]),
        precision=lanes.precision,
        notebook_precision="fp32",
        threads=lanes.threads,
        bare=Figures.of(rates["bare"]),
        engine=Figures.of(rates["engine"]),
        notebook=Figures.of(rates["notebook"]),
        engine_per_bare=ratios("bare"),
        engine_per_notebook=ratios("notebook"),
        checkpoint_seconds=lanes.checkpoint_seconds,
    )
