"""How much of the way to the best trials each setting explains, beside what chance would.

PED-ANOVA (Watanabe et al. 2023), Optuna's own: how far the values of a setting among the best
trials differ from those among all. Only who is among the best counts, so pruned trials count too,
as not among them: without these, a setting whose poor values were all pruned would seem to matter
nothing. On few trials chance alone gives large figures, so each is shown with a bootstrap interval
and with what shuffled values give.
"""

import random
import warnings
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.records import StudyRecord, TrialRecord
from bench.report.types import Importance
from bench.report.words import counted
from bench.space import Dimension
from engine.data.spec import Progress

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

FEWEST = 10  # trials, pruned ones among them
_FEWEST_COMPLETE = 5  # among which the best are
SHUFFLES = 200  # and half as many resamples; of many trials half as many, as each takes longer
_MANY = 300  # trials
_BEST = 8  # trials that the best tenth should have at least; at most a quarter are taken

Shares = NDArray[np.float64]


def importance(
    study: StudyRecord,
) -> Generator[Progress, None, tuple[tuple[Importance, ...], str]]:
    """Return each setting's importance, the largest first and noise last, and a note on them."""
    complete = study.complete()
    trials = _counted(study)
    varying = [d.path for d in study.space if _varies(d, trials)]
    if len(trials) < FEWEST or len(complete) < _FEWEST_COMPLETE:
        needed = f"{FEWEST} complete or pruned trials, {_FEWEST_COMPLETE} of them complete"
        return (), f"Importance needs {needed}; there are {len(trials)} and {len(complete)}."
    if not varying or len({trial.value for trial in trials}) < 2:
        return (), "Nothing varies among the trials."
    seen, resampled, shuffled = yield from _measured(study.space, trials, varying)
    found = _judged(varying, seen, resampled, shuffled)
    constant = len(study.space) - len(varying)
    note = (
        f"From {len(complete):,} complete and {len(trials) - len(complete):,} pruned trials;"
        f" chance is told from {len(shuffled)} shuffles."
    )
    if constant:
        note += f" {counted(constant, 'setting')} never varied."
    return tuple(sorted(found, key=lambda one: (one.is_noise, -one.share))), note


def _counted(study: StudyRecord) -> tuple[TrialRecord, ...]:
    """Return the complete trials, and the pruned ones with a value below all of theirs."""
    complete = study.complete()
    least = min((trial.value or 0.0 for trial in complete), default=0.0)
    pruned = [t for t in study.trials if t.state == "pruned" and t.feasible]
    return complete + tuple(replace(trial, value=least - 1.0) for trial in pruned)


def _varies(dimension: Dimension, trials: Sequence[TrialRecord]) -> bool:
    return len({repr(t.params[dimension.path]) for t in trials if dimension.path in t.params}) > 1


def _measured(
    space: Sequence[Dimension], trials: Sequence[TrialRecord], paths: Sequence[str]
) -> Generator[Progress, None, tuple[Shares, Shares, Shares]]:
    """Return the divergences (D,), and those of resampled and of shuffled trials, (R, D)."""
    numbers = random.Random(0)
    meter = _Meter(space, trials, paths)
    everything = list(range(len(trials)))
    seen = meter.measure(everything, everything)
    resampled, shuffled = [], []
    shuffles = SHUFFLES if len(trials) <= _MANY else SHUFFLES // 2
    for done in range(shuffles):
        yield Progress("measuring importance", done, shuffles)
        shuffled.append(meter.measure(everything, numbers.sample(everything, k=len(everything))))
        if done % 2:
            drawn = numbers.choices(everything, k=len(everything))
            resampled.append(meter.measure(drawn, drawn))
    yield Progress("measuring importance", shuffles, shuffles)
    return seen, np.array(resampled), np.array(shuffled)


def _judged(
    paths: Sequence[str], seen: Shares, resampled: Shares, shuffled: Shares
) -> list[Importance]:
    """Return the divergences as shares of their sum, each beside chance.

    A setting counts as noise unless it passes the quantile 1 − 5 % / D of what shuffled values
    give it: of D settings that do nothing, all are called noise in 95 % of studies.
    """
    total = max(float(seen.sum()), 1e-12)
    shares = resampled / np.maximum(resampled.sum(axis=1, keepdims=True), 1e-12)
    floors = np.quantile(shuffled, 1 - 0.05 / len(paths), axis=0) / total
    low, high = np.quantile(shares, (0.025, 0.975), axis=0)
    found = []
    for index, path in enumerate(paths):
        share = float(seen[index]) / total
        found.append(
            Importance(
                path=path,
                share=share,
                low=min(float(low[index]), share),
                high=max(float(high[index]), share),
                noise_floor=float(floors[index]),
                is_noise=share <= float(floors[index]),
            )
        )
    return found


class _Meter:
    """Measures divergences on any choice of the trials, with any of their values."""

    def __init__(
        self, space: Sequence[Dimension], trials: Sequence[TrialRecord], paths: Sequence[str]
    ) -> None:
        from optuna.importance import PedAnovaImportanceEvaluator
        from optuna.trial import create_trial

        kinds = {d.path: _distribution(d) for d in space}
        self._paths = list(paths)
        self._values = [trial.value or 0.0 for trial in trials]
        self._frozen = [
            create_trial(
                params=dict(trial.params),
                distributions={path: kinds[path] for path in trial.params},
                value=trial.value,
            )
            for trial in trials
        ]
        best = min(max(0.1, _BEST / len(trials)), 0.25)
        self._evaluator = PedAnovaImportanceEvaluator(target_quantile=best)
        self._study = _view()

    def measure(self, rows: Sequence[int], values: Sequence[int]) -> Shares:
        """Return the divergence of each setting (D,), of the trials `rows` with others' values."""
        from optuna.importance import get_param_importances

        self._study.shown = [
            _copy(self._frozen[row], number, self._values[value])
            for number, (row, value) in enumerate(zip(rows, values, strict=True))
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ties at the quantile; a resample may lack a setting
            found = get_param_importances(self._study, evaluator=self._evaluator, normalize=False)
        return np.array([found.get(path, 0.0) for path in self._paths])


def _copy(trial: "FrozenTrial", number: int, value: float) -> "FrozenTrial":
    from optuna.trial import FrozenTrial, TrialState

    return FrozenTrial(
        number=number,
        state=TrialState.COMPLETE,
        value=value,
        datetime_start=trial.datetime_start,
        datetime_complete=trial.datetime_complete,
        params=trial.params,
        distributions=trial.distributions,
        user_attrs={},
        system_attrs={},
        intermediate_values={},
        trial_id=number,
    )


def _view() -> Any:
    """Return an Optuna study that shows the trials it is told to, without copying them."""
    from optuna import Study, logging
    from optuna.storages import InMemoryStorage
    from optuna.study import StudyDirection

    class View(Study):
        shown: Sequence["FrozenTrial"] = ()

        def get_trials(self, *_: object, **__: object) -> list["FrozenTrial"]:
            """Return the trials shown, all complete."""
            return list(self.shown)

    storage = InMemoryStorage()
    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)  # a study in memory is no news
    storage.create_new_study([StudyDirection.MAXIMIZE], "view")
    view = View("view", storage)
    logging.set_verbosity(verbosity)
    return view


def _distribution(dimension: Dimension) -> "BaseDistribution":
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    low, high, step = dimension.low, dimension.high, dimension.step
    if dimension.kind == "choice":
        return CategoricalDistribution(dimension.choices)
    if dimension.kind == "int":
        return IntDistribution(int(low), int(high), log=dimension.log, step=int(step or 1))
    return FloatDistribution(low, high, log=dimension.log, step=step)
