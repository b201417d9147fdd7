"""What a live UI costs the training that it shows: figures from a run's log and the UI's own notes.

`tui.ui_cost` runs both and hands over what they wrote; `tui.trace` says what the UI writes down.
Imports no torch.
"""

import json
import statistics
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from bench.speed import Figures
from engine.events import StepCompleted

BARS = {"ratio": 0.95, "cpu_share": 0.06, "latency": 0.3, "lag": 0.05}  # the ratio's is the least


@dataclass(frozen=True)
class Notes:
    """What the UI wrote down: (time, step) of each drawing, (time, seconds) of each late timer."""

    drawn: tuple[tuple[float, int], ...]
    lags: tuple[tuple[float, float], ...]


def read_notes(path: Path) -> Notes:
    """Return what a UI has written so far; a line that is being written is passed over."""
    text = path.read_text() if path.exists() else ""
    facts = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
    return Notes(
        drawn=tuple((fact["time"], fact["step"]) for fact in facts if "step" in fact),
        lags=tuple((fact["time"], fact["lag"]) for fact in facts if "lag" in fact),
    )


@dataclass(frozen=True)
class Window:
    """A stretch of time, in seconds since 1970."""

    begin: float
    end: float

    def holds(self, time: float) -> bool:
        """Tell whether a moment lies within."""
        return self.begin <= time <= self.end


def images_per_second(steps: Sequence[StepCompleted], batch_size: int, window: Window) -> float:
    """Return the rate of training within a window; what lies between two epochs is left out.

    Raises:
        ValueError: fewer than two groups of steps of one epoch end within it.
    """
    mine = [step for step in steps if window.holds(step.time)]
    pairs = [(one, other) for one, other in pairwise(mine) if one.epoch == other.epoch]
    seconds = sum(other.time - one.time for one, other in pairs)
    if seconds <= 0:
        raise ValueError("no two groups of steps of one epoch end within the window")
    return batch_size * sum(other.step - one.step for one, other in pairs) / seconds


def latencies(steps: Sequence[StepCompleted], notes: Notes, window: Window) -> list[float]:
    """Return the seconds from each event of a window until the screen showed it."""
    shown = [step for _, step in notes.drawn]
    found = []
    for event in steps:
        place = bisect_left(shown, event.step)
        if window.holds(event.time) and place < len(shown) and notes.drawn[place][0] <= window.end:
            found.append(notes.drawn[place][0] - event.time)
    return found


@dataclass(frozen=True)
class Pair:
    """One round: images/s without and with the UI, and what was seen of the UI meanwhile.

    `cpu_share` is the UI's part of one core, `latencies` and `lags` are seconds.
    """

    without: float
    with_ui: float
    cpu_share: float
    latencies: tuple[float, ...]
    lags: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """What training keeps of its speed."""
        return self.with_ui / self.without


@dataclass(frozen=True)
class UiCost:
    """What was measured; the figures' least and greatest are over the rounds.

    `latency` is the median over all events, `lag` the 99th percentile over all samples, seconds.
    """

    dataset: str
    model: str
    rounds: int
    seconds: float
    threads: int
    without: Figures
    with_ui: Figures
    ratio: Figures
    cpu_share: Figures
    latency: Figures
    lag: Figures
    lag_median: float

    @classmethod
    def of(cls, about: tuple[str, str, float, int], pairs: Sequence[Pair]) -> "UiCost":
        """Sum pairs up; `about` is data set, model, seconds of a window, and threads."""
        dataset, model, seconds, threads = about
        late = [lag for pair in pairs for lag in pair.lags]
        waits = [wait for pair in pairs for wait in pair.latencies]
        medians = [statistics.median(pair.latencies) for pair in pairs]
        worst = [quantile(pair.lags, 0.99) for pair in pairs]
        return cls(
            dataset=dataset,
            model=model,
            rounds=len(pairs),
            seconds=seconds,
            threads=threads,
            without=Figures.of([pair.without for pair in pairs]),
            with_ui=Figures.of([pair.with_ui for pair in pairs]),
            ratio=Figures.of([pair.ratio for pair in pairs]),
            cpu_share=Figures.of([pair.cpu_share for pair in pairs]),
            latency=Figures(statistics.median(waits), min(medians), max(medians)),
            lag=Figures(quantile(late, 0.99), min(worst), max(worst)),
            lag_median=statistics.median(late),
        )

    def holds(self, name: str) -> bool:
        """Tell whether a figure of `BARS` is within its bar."""
        figures: Figures = getattr(self, name)
        if name == "ratio":
            return figures.median >= BARS[name]
        return figures.median <= BARS[name]

    def to_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return asdict(self) | {"bars": BARS, "holds": {name: self.holds(name) for name in BARS}}


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
