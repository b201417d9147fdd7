"""What tuning adds to training: `python -m bench.overhead` prints it as ratios, with their control.

Two one-threaded workers are compared with one, beside two bare one-threaded loops and one, in turns
within each round; machines differ, and so do their moods. It also prints what a trial costs around
its training: from the start of one trial to the start of the next, less training and validation.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.lane_process import LaneProcess
from bench.reading import read_record
from bench.records import TrialRecord
from bench.resolve import resolve
from bench.spec import read
from bench.speed import bench_config
from bench.storage import default_url, using_storage
from bench.study import Study
from bench.tune import DataFacts, Plan, look_at_data, tune
from engine.work import finish

_STUDY = """
name = "overhead"
about = "trials of equal cost"
[base]
dataset = "digits"
epochs = 4
batch_size = 128
model = { name = "cnn", width = 32, depth = 3 }
optimizer = { name = "sgd", lr = 0.05 }
schedule = { name = "constant" }
[search]
sampler = "random"
pruner = "none"
[space]
"optimizer.lr" = { float = [1e-3, 0.1], log = true }
"""
_TRIALS = 8  # of each worker in a round
_BARE_STEPS = 30


@dataclass(frozen=True)
class Round:
    """How much more two do than one, bare and as workers; seconds around a trial, with one."""

    bare: float
    workers: float
    seconds_around: float

    @property
    def ratio(self) -> float:
        """What workers gain by being two, over what bare loops gain."""
        return self.workers / self.bare


def measure(rounds: int) -> Iterator[Round]:
    """Yield each round's figures."""
    study = resolve(read(_STUDY, "overhead.toml"))
    data = finish(look_at_data(study))
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dli-overhead-")))
        config = bench_config("cnn").model_copy(update={"threads": 1})
        lanes = [stack.enter_context(closing(LaneProcess("bare", config, root))) for _ in range(2)]
        _bare(lanes)  # warm up
        for number in range(rounds):
            bare = _bare(lanes) / _bare(lanes[:1])
            one = _workers(study, data, root / f"{number}-1", 1)
            two = _workers(study, data, root / f"{number}-2", 2)
            yield Round(bare, _rate(two) / _rate(one), _around(one))


def _bare(lanes: list[LaneProcess]) -> float:
    """Return the pictures per second that the loops make together."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        rates: list[float] = list(pool.map(lambda lane: lane.run(_BARE_STEPS), lanes))
    return sum(rates)


def _workers(study: Study, data: DataFacts, root: Path, workers: int) -> list[TrialRecord]:
    """Return the trials of a search, without the first of each worker, which imports torch."""
    root.mkdir()
    url = default_url(root)
    plan = Plan(study, (), data, url, root, (_TRIALS + 1) * workers, workers, 1, confirm=False)
    for _ in tune(plan):
        pass
    with using_storage(url) as storage:
        trials = read_record(storage, plan.id).trials
    seen: set[str] = set()
    kept = []
    for trial in sorted(trials, key=lambda trial: trial.started or 0.0):
        if trial.worker in seen:
            kept.append(trial)
        seen.add(trial.worker)
    return kept


def _rate(trials: list[TrialRecord]) -> float:
    """Return trials per second, summed over the workers."""
    total = 0.0
    for worker in {trial.worker for trial in trials}:
        mine = [trial for trial in trials if trial.worker == worker]
        total += len(mine) / (_end(mine[-1]) - _begin(mine[0]))
    return total


def _around(trials: list[TrialRecord]) -> float:
    begins = [_begin(trial) for trial in trials]
    periods = [after - before for before, after in pairwise(begins)]
    trained = [trial.seconds for trial in trials[:-1]]
    return statistics.median(p - t for p, t in zip(periods, trained, strict=True))


def _begin(trial: TrialRecord) -> float:
    assert trial.started is not None
    return trial.started


def _end(trial: TrialRecord) -> float:
    assert trial.finished is not None
    return trial.finished


def main(rounds: int = 5) -> None:
    """Print each round, and the medians."""
    found = []
    for number, measured in enumerate(measure(rounds), 1):
        found.append(measured)
        sys.stdout.write(f"round {number}: {_words(measured)}\n")
        sys.stdout.flush()
    middle = Round(*(statistics.median(getattr(r, name) for r in found)
                     for name in ("bare", "workers", "seconds_around")))  # fmt: skip
    ratio = statistics.median(r.ratio for r in found)
    sys.stdout.write(f"median : {_words(middle)}; median of the ratios {ratio:.3f}\n")


def _words(measured: Round) -> str:
    return (
        f"two bare loops over one {measured.bare:.3f}, two workers over one "
        f"{measured.workers:.3f}, ratio {measured.ratio:.3f}; "
        f"{1000 * measured.seconds_around:.0f} ms around a trial"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
