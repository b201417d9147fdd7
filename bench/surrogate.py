"""Does the default search find as much as random search in fewer epochs? Told in seconds.

`python -m bench.surrogate [FILE]` fits a surrogate to random trials that were trained in full
(extremely randomised trees from settings to the curve of val accuracy, plus the out-of-bag residual
of one of the trials that were about as good) and lets both searches loose on it: how many epochs do
the default sampler and pruner need until they reach what random search ends with?

`python -m bench.surrogate collect STORAGE STUDY FILE` writes the file, from a study that was
searched with `sampler = "random"` and `pruner = "none"`.
"""

import hashlib
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.pruners import NopPruner
from optuna.samplers import RandomSampler
from optuna.trial import TrialState
from sklearn.ensemble import ExtraTreesRegressor

from bench import slots
from bench.catalog import find
from bench.ledger import SOURCE, open_study, read_source
from bench.reading import read_record
from bench.resolve import resolve
from bench.samplers import make_pruner, make_sampler
from bench.space import Value
from bench.stats import estimate
from bench.storage import using_storage
from bench.study import Study
from engine.errors import DliError

_TREES = 300
_ALIKE = 20  # trials whose residuals may be drawn
_SEEDS = 20
_OTHER_SEEDS = 1_000  # so that both do not begin with the same points
_RANDOM_TRIALS = 50  # each in full
TRIALS = Path(__file__).with_name("digits_cnn_trials.json")
_PATIENCE = 4.0  # times random search's epochs, after which the default search has lost
Array = NDArray[np.float64]


class Surrogate:
    """Curves of val accuracy by epoch, as the trials that were really trained let one expect.

    The same point and seed give the same curve. What cannot be told from the settings is drawn from
    trials with a similar end, since good trials vary less than poor ones.
    """

    def __init__(self, study: Study, points: Sequence[Mapping[str, Value]], curves: Array) -> None:
        self._study, self.num_trials = study, len(points)
        inputs = np.array([self._encode(point) for point in points])
        self._trees = ExtraTreesRegressor(
            _TREES, min_samples_leaf=2, bootstrap=True, oob_score=True, random_state=0
        )
        self._trees.fit(inputs, curves)
        expected: Array = self._trees.oob_prediction_
        order = np.argsort(expected[:, -1])
        self._ends, self._residuals = expected[order, -1], (curves - expected)[order]
        self.explained = 1 - float(np.var(self._residuals[:, -1]) / np.var(curves[:, -1]))
        self._known: dict[tuple[float, ...], Array] = {}

    def expected(self, point: Mapping[str, Value]) -> Array:
        """Return the curve (epochs,) that is expected of a point."""
        inputs = tuple(self._encode(point))
        if inputs not in self._known:
            self._known[inputs] = self._trees.predict(np.array([inputs]))[0]
        return self._known[inputs]

    def curve(self, point: Mapping[str, Value], seed: int) -> Array:
        """Return a curve (epochs,) as one training of a point might give it."""
        text = json.dumps([seed, sorted(point.items())])
        draw = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        expected = self.expected(point)
        first = int(np.searchsorted(self._ends, expected[-1])) - _ALIKE // 2
        first = min(max(first, 0), len(self._ends) - _ALIKE)
        drawn: Array = np.clip(expected + self._residuals[first + draw % _ALIKE], 0.0, 1.0)
        return drawn

    def _encode(self, point: Mapping[str, Value]) -> list[float]:
        """Return where each setting lies in its range; one that does not exist is outside."""
        return [
            dimension.position(point[dimension.path]) if dimension.path in point else -1.0
            for dimension in self._study.space
        ]


@dataclass(frozen=True)
class Step:
    """A trial that ended: the epochs spent so far in all, and the best value seen so far."""

    epochs: int
    best: float


def random_search(study: Study, surrogate: Surrogate, seed: int) -> list[Step]:
    """Return the course of a random search over full trials."""
    made = optuna.create_study(
        direction="maximize", sampler=RandomSampler(_OTHER_SEEDS + seed), pruner=NopPruner()
    )
    course = _course(made, study, surrogate, seed)
    return [next(course) for _ in range(_RANDOM_TRIALS)]


def default_search(study: Study, surrogate: Surrogate, seed: int) -> Iterator[Step]:
    """Yield the course of the study's own search, without end."""
    made = optuna.create_study(
        direction="maximize", sampler=make_sampler(study, seed), pruner=make_pruner(study)
    )
    yield from _course(made, study, surrogate, seed)


def _course(made: optuna.Study, study: Study, surrogate: Surrogate, seed: int) -> Iterator[Step]:
    """Yield a step for each trial; neither search is given the baselines."""
    epochs, best = 0, 0.0
    while True:
        trial = made.ask()
        curve = surrogate.curve(slots.suggest(trial, study.space), seed)
        spent = _train(trial, curve)
        epochs += spent
        if spent < len(curve):
            made.tell(trial, state=TrialState.PRUNED)
        else:
            made.tell(trial, float(curve.max()))
            best = max(best, float(curve.max()))
        yield Step(epochs, best)


def _train(trial: optuna.Trial, curve: Array) -> int:
    """Report a curve until the pruner stops it; return the epochs spent."""
    for epoch, value in enumerate(curve, 1):
        trial.report(float(value), epoch - 1)
        if epoch < len(curve) and trial.should_prune():
            return epoch
    return len(curve)


def compare(study: Study, surrogate: Surrogate, seed: int) -> float:
    """Return the epochs that the default search needs, over those of random search.

    It has lost, and counts as `_PATIENCE`, once it took so many times those epochs.
    """
    random = random_search(study, surrogate, seed)[-1]
    for step in default_search(study, surrogate, seed):
        if step.best >= random.best or step.epochs >= _PATIENCE * random.epochs:
            return min(step.epochs / random.epochs, _PATIENCE)
    raise AssertionError


def collect(storage: str, study_id: str, file: Path) -> None:
    """Keep the full trials of a study, with their curves, in a file for `compare`."""
    with using_storage(storage) as opened:
        record = read_record(opened, study_id)
        source = open_study(opened, study_id).user_attrs[SOURCE]
    trials = [
        {"params": dict(trial.params), "curve": [round(value, 5) for value in trial.curve]}
        for trial in record.complete()
        if trial.epochs == record.epochs
    ]
    lines = ",\n".join(json.dumps(trial) for trial in trials)
    facts = json.dumps(dict(record.facts))
    source = json.dumps(source)
    file.write_text(f'{{"source": {source},\n"facts": {facts},\n"trials": [\n{lines}\n]}}\n')


def load(file: Path) -> tuple[Study, Surrogate]:
    """Return the study that a file's trials belong to, and the surrogate fitted on them."""
    kept = json.loads(file.read_text())
    collected = read_source(kept["source"])
    study = resolve(find(collected.name))  # with the search settings that it has by default
    if study.space != collected.space or study.base != collected.base:
        raise DliError(f"{file} was collected from another {study.name}; collect it again.")
    curves = np.array([trial["curve"] for trial in kept["trials"]])
    return study, Surrogate(study, [trial["params"] for trial in kept["trials"]], curves)


def main(file: str = str(TRIALS)) -> None:
    """Print the ratio for each seed, and their geometric mean with its interval."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study, surrogate = load(Path(file))
    _say(
        f"{study.name}: a surrogate of {surrogate.num_trials} full random trials of "
        f"{study.config.epochs} epochs; it explains {100 * surrogate.explained:.0f} % of the "
        "variance of the last epoch, out of bag"
    )
    logs = []
    for seed in range(_SEEDS):
        ratio = compare(study, surrogate, seed)
        logs.append(math.log(ratio))
        _say(f"seed {seed:2}: {ratio:.3f}")
    mean = estimate(logs)
    assert mean is not None
    told = mean.interval()
    assert told.low is not None
    assert told.high is not None
    _say(
        f"epochs of the default search over those of {_RANDOM_TRIALS} full random trials, to reach "
        f"their best: {math.exp(told.value):.3f} (geometric mean of {_SEEDS} seeds; "
        f"95 %: {math.exp(told.low):.3f} to {math.exp(told.high):.3f})"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["collect"]:
        collect(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main(*sys.argv[1:])
