"""What the study says about each setting, in sentences that carry their evidence."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.records import StudyRecord, TrialRecord
from bench.report.finalists import edges
from bench.report.matching import Design, Effect, matched_effect, modelled_effect
from bench.report.types import Insight
from bench.report.words import counted, listed, points, short, span, text
from bench.space import Dimension
from bench.stats import holm

MATTERS = 0.005  # an effect that is surely smaller than half a point does not matter
_BEST = 5
REST = "the rest"
_MOST_TRIALS = 1_500  # matching takes their square in memory, their cube in time
_MOST_CHOICES = 6  # each value of more would have too few trials


@dataclass(frozen=True)
class Contrast:
    """Two groups of trials that differ in one setting."""

    dimension: Dimension
    label: str  # what `treated` trials have: `true`, `above 0.021`
    opposite: str
    trials: tuple[TrialRecord, ...]
    treated: NDArray[np.bool_]


def insights(study: StudyRecord) -> tuple[Insight, ...]:
    """Return what can be said: effects by size, edges, what does not matter, what stays open."""
    measured = [(c, effect(c, study.space)) for c in contrasts(study)]
    known = [(c, found.at_least(study.num_val)) for c, found in measured if found is not None]
    told = holm([found.estimate.p_two_sided() for _, found in known])
    margin = _margin(study)
    effects, idle, said = [], [], set()
    for (contrast, found), is_told in zip(known, told, strict=True):
        interval = found.estimate.interval()
        assert interval.low is not None
        assert interval.high is not None
        small = max(-interval.low, interval.high) <= margin
        if small:
            idle.append(_no_effect(contrast, found, study))
        elif is_told:
            effects.append(_effect(contrast, found, study))
        if small or is_told:
            said.add(contrast.dimension.path)
    effects.sort(key=lambda one: -abs(one.effect.value if one.effect else 0))
    return (*effects, *edge_insights(study), *_all_idle(idle, study), *_open(study, said))


def _margin(study: StudyRecord) -> float:
    """Return the effect that does not matter: half a point, less where trials are much alike."""
    values = [trial.value or 0.0 for trial in study.complete()]
    if len(values) < 2:
        return MATTERS
    low, high = np.quantile(values, (0.25, 0.75))
    return min(MATTERS, float(high - low) / 2)


def contrasts(study: StudyRecord) -> Iterator[Contrast]:
    """Yield what is compared: each value of a choice, and each end of a range, with the rest."""
    complete = study.complete()
    evenly = complete[:: math.ceil(len(complete) / _MOST_TRIALS) or 1]
    for dimension in study.space:
        trials = tuple(t for t in evenly if dimension.path in t.params)
        if dimension.kind != "choice":
            yield from _ends(dimension, trials)
        elif len(dimension.choices) <= _MOST_CHOICES:
            yield from _choices(dimension, trials)


def _ends(dimension: Dimension, trials: tuple[TrialRecord, ...]) -> Iterator[Contrast]:
    """Yield about the lowest and the highest third of the trials' values, each with the rest."""
    values = np.array([float(trial.params[dimension.path]) for trial in trials])
    distinct = np.unique(values)
    if len(distinct) < 2:
        return
    low = min(distinct[:-1], key=lambda end: abs(float(np.mean(values <= end)) - 1 / 3))
    yield Contrast(dimension, f"up to {low:.3g}", REST, trials, values <= low)
    high = min(distinct[1:], key=lambda end: abs(float(np.mean(values >= end)) - 1 / 3))
    if len(distinct) > 2:
        yield Contrast(dimension, f"from {high:.3g}", REST, trials, values >= high)


def _choices(dimension: Dimension, trials: tuple[TrialRecord, ...]) -> Iterator[Contrast]:
    labels = [repr(trial.params[dimension.path]) for trial in trials]
    present = [choice for choice in dimension.choices if repr(choice) in labels]
    if len(present) < 2:
        return
    for choice in present[:1] if len(present) == 2 else present:
        treated = np.array([label == repr(choice) for label in labels])
        opposite = text(present[1]) if len(present) == 2 else REST
        yield Contrast(dimension, text(choice), opposite, trials, treated)


def effect(contrast: Contrast, space: Sequence[Dimension]) -> Effect | None:
    """Return what the contrast is worth, from matched pairs, or else from a model of all trials.

    Settings that exist only under the one in question are left to vary.
    """
    path = contrast.dimension.path
    below = _below(path, space)
    others = [d for d in space if d.path != path and d.path not in below]
    matched = matched_effect(Design.of(contrast.trials, others), contrast.treated)
    return matched or modelled_effect(contrast.trials, others, contrast.treated)


def _below(path: str, space: Sequence[Dimension]) -> set[str]:
    """Return the settings that exist only for some values of one, directly or through others."""
    found: set[str] = set()
    for dimension in space:  # parents stand before what depends on them
        if set(dimension.when) & ({path} | found):
            found.add(dimension.path)
    return found


def _evidence(found: Effect) -> str:
    if found.pairs:
        return counted(found.pairs, "matched pair")
    return f"a linear model of {found.trials:,} trials, as too few match"


def _effect(contrast: Contrast, found: Effect, study: StudyRecord) -> Insight:
    """Name the side that is better."""
    label, estimate = contrast.label, found.estimate
    if estimate.value < 0 and contrast.opposite != REST:
        label, estimate = contrast.opposite, estimate.flipped()
    interval = estimate.interval()
    sign = " " if contrast.dimension.kind != "choice" else " = "
    name = short(contrast.dimension.path, study.space)
    figures = f"{points(estimate.value)} ({span(interval)}, {_evidence(found)})"
    sentence = f"{name}{sign}{label}: {figures}"
    return Insight("effect", contrast.dimension.path, sentence, interval, found.pairs)


def _no_effect(contrast: Contrast, found: Effect, study: StudyRecord) -> Insight:
    interval = found.estimate.interval()
    sentence = (
        f"{short(contrast.dimension.path, study.space)} does not matter here: {contrast.label} has"
        f" {points(interval.value)} ({span(interval)}, {_evidence(found)})"
    )
    return Insight("no effect", contrast.dimension.path, sentence, interval, found.pairs)


def _all_idle(idle: Sequence[Insight], study: StudyRecord) -> Iterator[Insight]:
    """Yield the settings of which no value matters."""
    compared = Counter(contrast.dimension.path for contrast in contrasts(study))
    counts = Counter(insight.path for insight in idle)
    for insight in idle:
        if counts[insight.path] == compared[insight.path]:
            counts[insight.path] = 0  # one sentence for each setting
            yield insight


def edge_insights(study: StudyRecord) -> Iterator[Insight]:
    """Yield the ends of ranges where more of the best trials lie than chance would put there."""
    best = [trial for trial in study.ranked() if not trial.baseline][:_BEST]
    at = Counter(edge for trial in best for edge in edges(study.space, trial.params).items())
    for dimension in study.space:
        for end in ("low", "high"):
            count = at[(dimension.path, end)]
            if count >= 2 and _chance(count, len(best), dimension) < 0.05:
                yield _edge(dimension, end, count, len(best), study)


def _chance(count: int, out_of: int, dimension: Dimension) -> float:
    """Return how likely so many lie at an end of a range if they lie anywhere."""
    values = dimension.num_values()
    share = max(1 / values if values else 0.0, 0.05)
    return sum(
        math.comb(out_of, k) * share**k * (1 - share) ** (out_of - k)
        for k in range(count, out_of + 1)
    )


def _edge(dimension: Dimension, end: str, count: int, out_of: int, study: StudyRecord) -> Insight:
    low, high = dimension.extremes()
    name, limit = short(dimension.path, study.space), text(high if end == "high" else low)
    side = "upper" if end == "high" else "lower"
    verb = "lies" if count == 1 else "lie"
    sentence = (
        f"{count} of the best {out_of} trials {verb} at the {side} edge of {name} ({limit}):"
        " widen its range."
    )
    return Insight("edge", dimension.path, sentence)


def _open(study: StudyRecord, said: set[str]) -> Iterator[Insight]:
    """Yield one note that names the settings of which nothing could be said."""
    silent = [short(d.path, study.space) for d in study.space if d.path not in said]
    if silent and study.complete():
        trials = counted(len(study.complete()), "complete trial")
        yield Insight(
            "note", "", f"{trials} are too few to tell what these change: {listed(silent)}."
        )
