"""Does the default search find as much as random search in fewer epochs? Told in seconds.

`python -m bench.surrogate [FILE]` fits a surrogate to random trials that were trained in full
(extremely randomised trees tell from the settings how good a point should be; its curve is that of
one of the real trials that should be as good) and lets searches loose on it: how many epochs do the
default sampler and pruner need until they reach what random search ends with? Another random search
is the control: by luck alone it gets there before its own end too.

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
_ALIKE = 20  # real trials of which one is drawn
_SEEDS = 20
_OTHER_SEEDS = 1_000  # so that both do not begin with the same points
_RANDOM_TRIALS = 50  # each in full
TRIALS = Path(__file__).with_name("digits_cnn_trials.json")
_PATIENCE = 4.0  # times random search's epochs, after which the default search has lost
Array = NDArray[np.float64]
Course = Iterator["Step"]


class Surrogate:
    """Curves of val accuracy by epoch, as the trials that were really trained let one expect.

    The same point and seed give the same curve. It is always a real one: residuals added to an
    expectation would make trials that are better than any there was.
    """

    def __init__(self, study: Study, points: Sequence[Mapping[str, Value]], curves: Array) -> None:
        self._study, self.num_trials = study, len(points)
        inputs = np.array([self._encode(point) for point in points])
        self._trees = ExtraTreesRegressor(
            _TREES, min_samples_leaf=2, bootstrap=True, oob_score=True, random_state=0
        )
        goals = curves.max(axis=1)
        self._trees.fit(inputs, goals)
        expected: Array = self._trees.oob_prediction_
        order = np.argsort(expected)
        self._ends, self._curves = expected[order], curves[order]
        self.explained = 1 - float(np.var(goals - expected) / np.var(goals))
        self._known: dict[tuple[float, ...], float] = {}

    def expected(self, point: Mapping[str, Value]) -> float:
        """Return the best val accuracy that is expected of a point."""
        inputs = tuple(self._encode(point))
        if inputs not in self._known:
            self._known[inputs] = float(self._trees.predict(np.array([inputs]))[0])
        return self._known[inputs]

    def curve(self, point: Mapping[str, Value], seed: int) -> Array:
        """Return a curve (epochs,) as one training of a point might give it."""
        text = json.dumps([seed, sorted(point.items())])
        draw = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        first = int(np.searchsorted(self._ends, self.expected(point))) - _ALIKE // 2
        first = min(max(first, 0), len(self._ends) - _ALIKE)
        drawn: Array = self._curves[first + draw % _ALIKE]
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


def random_search(study: Study, surrogate: Surrogate, seed: int, sampler_seed: int) -> Course:
    """Yield the course of a random search over full trials, without end."""
    made = optuna.create_study(
        direction="maximize", sampler=RandomSampler(sampler_seed), pruner=NopPruner()
    )
    return _course(made, study, surrogate, seed)


def default_search(study: Study, surrogate: Surrogate, seed: int) -> Course:
    """Yield the course of the study's own search, without end."""
    made = optuna.create_study(
        direction="maximize", sampler=make_sampler(study, seed), pruner=make_pruner(study)
    )
    return _course(made, study, surrogate, seed)


def _course(made: optuna.Study, study: Study, surrogate: Surrogate, seed: int) -> Course:
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


def compare(study: Study, surrogate: Surrogate, seed: int) -> tuple[float, float]:
    """Return the epochs that the default search, and another random one, need to reach its best.

    Both over the epochs of the random search that set the level; a search that takes `_PATIENCE`
    times those has lost, and counts as that.
    """
    course = random_search(study, surrogate, seed, _OTHER_SEEDS + seed)
    level = [next(course) for _ in range(_RANDOM_TRIALS)][-1]
    again = random_search(study, surrogate, seed, 2 * _OTHER_SEEDS + seed)
    return (
        _reached(default_search(study, surrogate, seed), level),
        _reached(again, level),
    )


def _reached(course: Course, level: Step) -> float:
    for step in course:
        if step.best >= level.best or step.epochs >= _PATIENCE * level.epochs:
            return min(step.epochs / level.epochs, _PATIENCE)
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
        "variance of their best epochs, out of bag"
    )
    pairs = []
    for seed in range(_SEEDS):
        pairs.append(compare(study, surrogate, seed))
        default, control = pairs[-1]
        _say(f"seed {seed:2}: default {default:.3f}, control {control:.3f}")
    _say(f"epochs to reach the best of {_RANDOM_TRIALS} full random trials, over theirs:")
    _say(f"  default search         {_words([default for default, _ in pairs])}")
    _say(f"  another random search  {_words([control for _, control in pairs])}")


def _words(ratios: list[float]) -> str:
    mean = estimate([math.log(ratio) for ratio in ratios])
    assert mean is not None
    told = mean.interval()
    assert told.low is not None
    assert told.high is not None
    return (
        f"{math.exp(told.value):.3f} (geometric mean of {len(ratios)} seeds; "
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
