"""Makes a run's `Result` of its folder. Imports no torch."""

import json
import math
from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.results.recipe import Recipe, data_label, find_recipe, hints_of, shown
from bench.results.result import COLUMNS, Ending, Machine, Parts, Result, Seconds, Tested
from bench.results.timing import seconds_of
from engine.config import RunConfig
from engine.errors import RunError
from engine.events import RunPrepared, TestResult
from engine.history import History
from engine.record import replay
from engine.runs import RunFolder

_MOST_EPOCHS = 100  # in the columns: a file stays under 15 kB
_DIGITS = 6


def summarise(folder: RunFolder) -> Result:
    """Return what a run came to, trained to its end or not.

    Raises:
        RunError: it is being trained, came to nothing, is of no known study, or did something else
            than a recipe says (another run's weights, a learning rate changed by hand).
    """
    events = list(replay(folder))
    history = History.of(events)
    _refuse_live(folder)
    prepared = _checked(folder, history)
    config, started = history.config, history.started
    assert config is not None
    assert started is not None
    recipe = _recipe(folder, history, config)
    kept = _kept_epochs(history)
    test = history.finished.test if history.finished else None
    return Result(
        study=recipe.study.name,
        variant=recipe.variant,
        data=data_label(config.dataset),
        command=recipe.command(config),
        config=config.model_dump(mode="json") | {"dataset": shown(config.dataset)},
        data_digest=prepared.data_digest,
        parts=Parts(train=prepared.num_train, val=prepared.num_val, test=prepared.num_test),
        num_parameters=prepared.num_parameters,
        seed=config.seed,
        machine=_machine(folder, prepared),
        epoch=tuple(int(history.epochs["epoch"][row]) for row in kept),
        columns={name: _column(history, name, kept) for name in COLUMNS},
        ending=_ending(history, config),
        test=_tested(test) if test else None,
        seconds=_rounded_seconds(seconds_of(events)),
        date=datetime.fromtimestamp(started.time, UTC).strftime("%Y-%m-%d"),
    )


def _refuse_live(folder: RunFolder) -> None:
    if folder.is_alive():
        raise RunError(
            f"run '{folder.id}' is being trained; keep it once it is over (`dli runs` tells)."
        )


def _checked(folder: RunFolder, history: History) -> RunPrepared:
    """Return what the run was prepared with, if it is one whose figures are a recipe's."""
    finished, started = history.finished, history.started
    reason = None
    if started is None or history.prepared is None or not len(history.epochs):
        reason = "has no complete epoch, so there is nothing to keep"
    elif finished and finished.status in ("failed", "pruned"):
        reason = f"{finished.status}: {finished.reason.rstrip('.')}; only a trained one is kept"
    elif started.parent is not None:
        reason = f"began with the weights of '{started.parent}', which no recipe says"
    elif any(done.command == "set" for done in history.interventions):
        reason = "had its learning rate changed by hand, which no recipe says"
    if reason:
        raise RunError(f"run '{folder.id}' {reason}.")
    assert history.prepared is not None
    return history.prepared


def _recipe(folder: RunFolder, history: History, config: RunConfig) -> Recipe:
    """Return whose run it is.

    Its name may be a study's, with a number behind it; so may the word after `train` in its
    command, and what a search called it.
    """
    words = [str(word) for word in _environment(folder).get("command", ())]
    after_train = words[words.index("train") + 1 :][:1] if "train" in words else []
    study = (history.started.study or "") if history.started else ""
    hints = [*hints_of(folder.id), study.partition("@")[0], *after_train]
    recipe = find_recipe(config, [hint for hint in hints if hint])
    if recipe is None:
        raise RunError(
            f"run '{folder.id}' is of no known study: no study's base is its config, and it is "
            "called like none; `dli studies` lists them."
        )
    return recipe


def _environment(folder: RunFolder) -> dict[str, Any]:
    try:
        values = json.loads(folder["environment.json"].read_bytes())
    except (OSError, ValueError) as error:
        raise RunError(
            f"run '{folder.id}' has no readable environment.json, which tells its machine: {error}."
        ) from None
    return values if isinstance(values, dict) else {}


def _machine(folder: RunFolder, prepared: RunPrepared) -> Machine:
    """Return what it was computed with; the host's name stays where it is."""
    known = _environment(folder)
    versions = known.get("versions", {})
    return Machine(
        processor=known.get("processor", "unknown"),
        cores=known.get("cores") or 0,
        device=prepared.device,
        gpu=known.get("gpu"),
        precision=prepared.precision,
        threads=prepared.threads,
        **{name: versions.get(name, "unknown") for name in ("python", "torch", "dli")},
    )


def _kept_epochs(history: History) -> list[int]:
    """Return the rows of the epochs that are kept: all, or evenly spread ones and the best."""
    count = len(history.epochs)
    rows = set(np.linspace(0, count - 1, min(count, _MOST_EPOCHS)).round().astype(int).tolist())
    if history.best_epoch is not None:
        rows.add(history.epochs["epoch"].tolist().index(history.best_epoch))
    return sorted(rows)


def _column(history: History, name: str, rows: list[int]) -> tuple[float | None, ...]:
    return tuple(_rounded(value) for value in history.epochs[name][rows])


def _ending(history: History, config: RunConfig) -> Ending:
    finished, epochs, best = history.finished, history.epochs, history.best_epoch
    row = epochs["epoch"] == best
    at_best = {name: float(epochs[name][row][-1]) if best else math.nan for name in _JUDGED}
    return Ending(
        status=finished.status if finished else "interrupted",
        reason=finished.reason if finished else "it was killed",
        epochs=len(epochs),
        planned=config.epochs,
        best_epoch=best,
        best_metric=config.best_metric,
        best_value=_rounded(at_best[config.best_metric]),
        best_val_accuracy=_rounded(at_best["val_accuracy"]),
    )


_JUDGED = ("val_accuracy", "val_loss")


def _tested(test: TestResult) -> Tested:
    """Return the test result; accuracy is as exact as the two counts."""
    return Tested(
        accuracy=test.num_correct / test.num_pictures,
        num_correct=test.num_correct,
        num_pictures=test.num_pictures,
        loss=_rounded(test.loss),
    )


def _rounded_seconds(seconds: Seconds) -> Seconds:
    return Seconds.model_validate(
        {name: None if value is None else _rounded(value) for name, value in seconds}
    )


def _rounded(value: float) -> float | None:
    """Return a number with six significant digits, or None if it is not finite."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
