"""A report made by hand: twelve trials of a small study, with one of everything."""

import math
from dataclasses import replace

import pytest

from bench.report.types import (
    Candidate,
    Failure,
    Importance,
    Insight,
    Interval,
    ParetoPoint,
    ProgressPoint,
    PrunerAudit,
    Rail,
    Report,
    Slice,
    SliceBin,
    Verdict,
    WorkerUse,
)

BEST = Candidate(
    trial=31,
    baseline="",
    params={"optimizer.lr": 0.03123456, "model.width": 96, "model.batch_norm": True},
    search_value=0.9791,
    confirm_values=(0.9742, 0.9755, 0.9729),
    confirm=Interval(0.9742, 0.9710, 0.9774),
    test_values=(0.971, 0.969, 0.973),
    test=Interval(0.971, 0.9656, 0.9756),
    num_parameters=93_322,
    seconds=83.0,
    epochs=15,
    at_edge={"model.width": "high"},
)
SECOND = replace(
    BEST,
    trial=12,
    params={"optimizer.lr": 0.02, "model.width": 64, "model.batch_norm": True},
    search_value=0.9777,
    confirm_values=(0.9735, 0.9728, 0.9739),
    confirm=Interval(0.9734, 0.9720, 0.9748),
    test_values=(0.970, 0.968, 0.969),
    test=Interval(0.969, 0.9635, 0.9738),
    num_parameters=41_000,
    seconds=52.0,
    at_edge={},
)
BASELINE = replace(
    SECOND,
    trial=0,
    baseline="no batch norm",
    params={"optimizer.lr": 0.001, "model.width": 32, "model.batch_norm": False},
    search_value=0.9541,
    confirm_values=(0.9530, 0.9521, 0.9548),
    confirm=Interval(0.9533, 0.9499, 0.9567),
    test_values=(0.951, 0.949, 0.952),
    test=Interval(0.9507, 0.9440, 0.9566),
    num_parameters=12_810,
    seconds=31.0,
    at_edge={"optimizer.lr": "low"},
)
VALUES = (0.9541, 0.91, None, 0.962, 0.958, 0.88, 0.971, 0.969, None, 0.9777, 0.975, 0.9791)
PATHS = ("optimizer.lr", "model.width", "model.batch_norm")


def progress() -> tuple[ProgressPoint, ...]:
    points, best = [], None
    for number, value in enumerate(VALUES):
        best = value if best is None or (value or 0) > best else best
        state = "complete" if value else "failed"
        points.append(ProgressPoint(number, 65.0 * (number + 1), value, best, state))
    return tuple(points)


def rail(trial: int, value: float, *places: float | None, baseline: str = "") -> Rail:
    texts = {
        path: "–" if place is None else f"{place:g}"
        for path, place in zip(PATHS, places, strict=True)
    }
    return Rail(trial, baseline, value, dict(zip(PATHS, places, strict=True)), texts)


BINS = (
    SliceBin("0.001 to 0.004", 2, 0.9541, 0.932, 1),
    SliceBin("0.004 to 0.017", 3, 0.971, 0.965, 0),
    SliceBin("0.017 to 0.07", 5, 0.9791, 0.975, 0),
    SliceBin("0.07 to 0.3", 0, None, None, 1),
)
SWITCH = (SliceBin("false", 4, 0.962, 0.954, 1), SliceBin("true", 6, 0.9791, 0.973, 1))
FRONT = (
    ParetoPoint(0, "no batch norm", 0.9541, 12_810, True),
    ParetoPoint(12, "", 0.9777, 41_000, True),
    ParetoPoint(7, "", 0.969, 60_000, False),
    ParetoPoint(31, "", 0.9791, 93_322, True),
)
VERDICT = Verdict(
    kind="better",
    sentences=(
        "Trial 31 is better than the best baseline, no batch norm, "
        "by 2.1 points (95 %: 1.2 to 3.0).",
        "It cannot be told apart from trial 12.",
    ),
    recommended=BEST,
    best_baseline=BASELINE,
    gap_to_baseline=Interval(0.0209, 0.012, 0.0298),
    runner_up=SECOND,
    probability_better=0.72,
    tied=(12,),
    shrinkage=0.0049,
    settings={"optimizer.lr": 0.03123456, "model.width": 96, "model.batch_norm": True},
)
INSIGHTS = (
    Insight(
        "effect",
        "model.batch_norm",
        "batch_norm = true: +2.9 points (95 %: 1.8 to 4.1, 12 matched pairs).",
        Interval(0.029, 0.018, 0.041),
        12,
    ),
    Insight(
        "edge",
        "model.width",
        "3 of the best 5 are at the upper edge of width (96): widen its range.",
    ),
    Insight("no effect", "optimizer.momentum", "momentum does not matter in its range."),
)


def small_report() -> Report:
    return Report(
        name="digits_cnn",
        id="digits_cnn@1a2b3c4d",
        about="Which small network reads digits best",
        counts={"complete": 10, "pruned": 6, "failed": 2},
        epochs=15,
        num_val=1437,
        verdict=VERDICT,
        top=(BEST, SECOND, BASELINE),
        insights=INSIGHTS,
        progress=progress(),
        baselines={"no batch norm": 0.9541},
        importance=(
            Importance("optimizer.lr", 0.61, 0.42, 0.78, 0.18, is_noise=False),
            Importance("model.batch_norm", 0.27, 0.15, 0.41, 0.17, is_noise=False),
            Importance("model.width", 0.12, 0.02, 0.2, 0.19, is_noise=True),
        ),
        importance_note="from 10 complete trials",
        slices=(Slice("optimizer.lr", BINS), Slice("model.batch_norm", SWITCH)),
        rails=(
            rail(31, 0.9791, 0.6, 1.0, 1.0),
            rail(12, 0.9777, 0.52, 0.6, 1.0),
            rail(7, 0.969, 0.4, None, 1.0),
            rail(0, 0.9541, 0.0, 0.2, 0.0, baseline="no batch norm"),
        ),
        pareto_parameters=FRONT,
        pareto_seconds=tuple(replace(point, cost=point.cost / 1000) for point in FRONT),
        pruner=PrunerAudit(
            pruned=6,
            epochs_saved=58,
            epochs_full=240,
            rung=5,
            agreement=Interval(0.82, 0.55, 0.94),
            num_complete=10,
            sentence="Early stopping saved 58 of 240 epochs (24 %).",
        ),
        failures=(
            Failure("out of memory", 1, (2,), "2.1 GB asked for, 1.5 GB allowed"),
            Failure("diverged", 1, (8,), "the loss of step 12 is not finite"),
        ),
        workers=(WorkerUse("host-1", 10, 690.0, 780.0), WorkerUse("host-2", 8, 312.0, 780.0)),
        facts={
            "command": "dli tune --study digits_cnn --trials 18",
            "versions": {"dli": "0.1.0", "torch": "2.13.0", "optuna": "5.0.0"},
            "machine": "2 cores",
            "data_digest": "5f2c0f8b",
            "config_hash": "1a2b3c4d",
            "seed": 0,
            "storage": "sqlite:///runs/studies.db",
        },
    )


def empty_report() -> Report:
    """A study in which nothing has finished."""
    nothing = Verdict(
        kind="nothing finished",
        sentences=("No trial has finished yet.",),
        recommended=None,
        best_baseline=None,
        gap_to_baseline=None,
        runner_up=None,
        probability_better=None,
        tied=(),
        shrinkage=None,
        settings={},
    )
    return replace(
        small_report(),
        counts={"running": 1},
        verdict=nothing,
        top=(),
        insights=(),
        progress=(),
        baselines={},
        importance=(),
        importance_note="",
        slices=(),
        rails=(),
        pareto_parameters=(),
        pareto_seconds=(),
        pruner=PrunerAudit(0, 0, 0, None, None, 0, ""),
        failures=(),
        workers=(),
        facts={},
    )


def broken_report() -> Report:
    """What no study should be but one might: nothing known, nothing finite, names as bad as can."""
    bad = "[red]a|b<i>c\x1b[31m\n`x`*_" + "very_long_name_" * 6
    lost = Candidate(9, bad, {bad: math.nan, "x" * 90: "y" * 90}, None, (), None, (), None, 0, 0.0,
                     0, {bad: "low"})  # fmt: skip
    odd = replace(lost, trial=8, search_value=math.nan, confirm_values=(math.nan,),
                  confirm=Interval(math.nan), test=Interval(0.5), seconds=math.inf)  # fmt: skip
    report = small_report()
    verdict = replace(
        report.verdict,
        kind="not enough evidence",
        sentences=(bad, bad),
        recommended=odd,
        best_baseline=lost,
        gap_to_baseline=Interval(math.nan),
        runner_up=lost,
        probability_better=None,
        tied=tuple(range(60)),
        shrinkage=None,
        settings={bad: bad, "x" * 90: math.inf},
    )
    return replace(
        report,
        name=bad,
        about=bad,
        verdict=verdict,
        top=(odd, lost),
        insights=tuple(Insight("note", bad, f"{bad} {number}") for number in range(300)),
        progress=(
            ProgressPoint(0, math.nan, None, None, "failed"),
            ProgressPoint(1, 5.0, math.nan, math.nan, "complete"),
        ),
        baselines={bad: math.nan},
        importance=(Importance(bad, math.nan, math.nan, math.nan, math.nan, is_noise=True),),
        slices=(Slice(bad, (SliceBin(bad, 0, None, None, 3), SliceBin("", 1, math.nan, 0.5, 0))),),
        rails=(Rail(9, bad, math.nan, {bad: math.nan}, {}), Rail(8, "", 0.5, {}, {})),
        pareto_parameters=(ParetoPoint(9, bad, math.nan, math.nan, True),),
        pareto_seconds=(ParetoPoint(9, bad, 0.5, 0.0, False),),
        pruner=PrunerAudit(3, 0, 0, None, Interval(math.nan), 0, bad),
        failures=(Failure(bad, 300, tuple(range(300)), bad * 20),),
        workers=(WorkerUse(bad, 0, math.nan, 0.0),),
        facts={"command": bad, "versions": {bad: None}, bad: [1, 2, None], "machine": {}},
    )


def crowded_report() -> Report:
    """Nine settings with long names, twelve candidates, workers and baselines by the dozen."""
    report = small_report()
    paths = [f"section_{n}.a_rather_long_setting_{n}" for n in range(9)]
    params = {path: 0.123456789 * 10.0**-place for place, path in enumerate(paths)}
    top = tuple(
        replace(BEST, trial=1000 + n, params=params, baseline="a published recipe" * (n > 8),
                at_edge=dict.fromkeys(paths, "high"))
        for n in range(12)
    )  # fmt: skip
    rails = tuple(
        Rail(1000 + n, "", 0.97 - n / 500, dict.fromkeys(paths, n / 11), dict.fromkeys(paths, "x"))
        for n in range(12)
    )
    importance = tuple(
        Importance(path, 0.3 - place / 30, 0.1, 0.5, 0.15, is_noise=place > 4)
        for place, path in enumerate(paths)
    )
    return replace(
        report,
        verdict=replace(report.verdict, settings=params, tied=tuple(range(1001, 1012))),
        top=top,
        rails=rails,
        importance=importance,
        slices=tuple(replace(report.slices[0], path=path) for path in paths),
        baselines={f"a published recipe, number {n}": 0.9 + n / 1000 for n in range(12)},
        workers=tuple(WorkerUse(f"machine-{n}.example.org:{n}", 9, 60.0, 60.0) for n in range(12)),
    )


@pytest.fixture
def crowded() -> Report:
    return crowded_report()


@pytest.fixture
def report() -> Report:
    return small_report()


@pytest.fixture
def nothing() -> Report:
    return empty_report()


@pytest.fixture
def broken() -> Report:
    return broken_report()
