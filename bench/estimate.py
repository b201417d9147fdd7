"""How long a study takes on this machine, from a few timed steps of its base and its extremes.

Imports no torch: a child process, `bench.timing`, makes the steps with as many threads as a worker.
"""

import json
import math
import random
import statistics
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.corners import extremes
from bench.space import draw
from bench.spec import Limits
from bench.study import Study
from engine import errors
from engine.config import RunConfig
from engine.data.locations import data_folder
from engine.data.prepare import missing
from engine.data.registry import FOLDER, find
from engine.data.spec import Progress, present

COMMAND = (sys.executable, "-P", "-m", "bench.timing")
_DRAWS = 12  # random points that the typical trial is taken from
_START_SECONDS = 4.0  # of a worker process, once in each stage
_SAVED = {"halving": 0.5, "median": 0.3, "none": 0.0}  # of the epochs past the warm-up


@dataclass(frozen=True)
class Span:
    """A time span as it may turn out, in seconds."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """Seconds of one full trial, validation included, and what follows from them.

    `typical_seconds` is the median of the base and random points; `saved` is the part of a
    trial's epochs that the pruner spares on average.
    """

    fastest_seconds: float
    typical_seconds: float
    slowest_seconds: float
    workers: int
    saved: float

    def search_seconds(self, trials: int) -> Span:
        """Return how long a search takes.

        Assumed: halving spares half of the epochs after its warm-up, the median pruner 30 %. The
        low end has trials between the fastest and the typical one; the high end has them between
        the typical and the slowest one, and spares nothing.
        """
        rounds = math.ceil(trials / self.workers)
        low, high = self._means()
        kept = 1 - self.saved
        return _after_start(
            rounds * low * kept, rounds * self.typical_seconds * kept, rounds * high
        )

    def confirm_seconds(self, top: int, seeds: int, num_baselines: int) -> Span:
        """Return how long it takes to train the best and the baselines with each seed, in full."""
        rounds = math.ceil((top + num_baselines) * seeds / self.workers)
        low, high = self._means()
        return _after_start(rounds * low, rounds * self.typical_seconds, rounds * high)

    def _means(self) -> tuple[float, float]:
        typical = self.typical_seconds
        return (self.fastest_seconds + typical) / 2, (typical + self.slowest_seconds) / 2


def _after_start(*seconds: float) -> Span:
    return Span(*(_START_SECONDS + part for part in seconds))


def estimate(study: Study, workers: int, threads: int) -> Generator[Progress, None, Estimate]:
    """Return what trials of a study cost here; takes about 10 s and yields how far it is.

    Args:
        study: what would be searched.
        workers: processes that train at the same time.
        threads: CPU threads of each of them.

    Raises:
        ConfigError: the base and all random points are over the study's limits.
        DataError: the data are not on this machine.
        DliError: any other mistake that a run of the study would meet, or the child died.
    """
    _check_present(study.config.dataset)  # here, as the child takes seconds to start
    configs = [config.model_copy(update={"threads": threads}) for config in _candidates(study)]
    seconds = yield from _timed(configs, study.file.limits)
    drawn = [s for s in (seconds[0], *seconds[-_DRAWS:]) if s is not None]
    allowed = [s for s in seconds if s is not None]
    if not drawn:
        raise errors.ConfigError(
            f"{study.file.path} [limits]: the base and {_DRAWS} random points are all over the "
            "limits, so there is nothing to time; raise them."
        )
    return Estimate(min(allowed), statistics.median(drawn), max(allowed), workers, _saved(study))


def _check_present(dataset: str) -> None:
    if dataset.startswith(FOLDER):
        return
    spec = find(dataset)
    if not present(spec, data_folder()):
        raise missing(spec)


def _candidates(study: Study) -> Iterator[RunConfig]:
    """Yield the base, the points at the ends of the space, and random ones."""
    numbers = random.Random(0)
    yield study.config
    yield from map(study.config_of, extremes(study.space))
    for _ in range(_DRAWS):
        yield study.config_of(draw(study.space, numbers))


def _saved(study: Study) -> float:
    return _SAVED[study.pruner()] * (1 - study.warmup() / study.config.epochs)


def _timed(
    configs: list[RunConfig], limits: Limits
) -> Generator[Progress, None, list[float | None]]:
    """Return the seconds of a full trial of each config; None is one over a limit."""
    order = {
        "configs": [config.model_dump(mode="json") for config in configs],
        "limits": limits.model_dump(),
    }
    process = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with process.stdin as far_end:
            far_end.write(json.dumps(order))
        for line in process.stdout:
            said: Mapping[str, Any] = json.loads(line)
            if "error" in said:
                raise getattr(errors, said["kind"])(said["error"])
            if "seconds" in said:
                return list(said["seconds"])
            yield Progress(**said)
    except (BrokenPipeError, ValueError):
        pass  # told below: the child is gone
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    raise errors.DliError("the process that times a few steps died; what it said stands above.")
