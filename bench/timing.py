"""The child of `bench.estimate`: times a few training and validation steps of several configs.

`python -m bench.timing` reads configs, the base first, and limits from stdin, and answers in JSON
lines: how far it is, and at last the seconds of a full trial of each config, null over a limit.
"""

import json
import math
import sys
import time
from dataclasses import asdict

from bench.spec import Limits
from engine.config import RunConfig
from engine.data.load import LoadedData, load
from engine.data.spec import Progress
from engine.errors import DliError
from engine.models.summary import summarize
from engine.pace import measure
from engine.work import finish

_ALL_SECONDS = 10.0  # for everything; what is not reached is scaled by its FLOPs


def main() -> None:
    """Time what stdin asks for; a user's mistake is an answer too."""
    order = json.load(sys.stdin)
    configs = [RunConfig.model_validate(values) for values in order["configs"]]
    try:
        _answer({"seconds": _trial_seconds(configs, Limits(**order["limits"]))})
    except DliError as error:
        _answer({"error": str(error), "kind": type(error).__name__})


def _answer(values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _tell(progress: Progress) -> None:
    _answer(asdict(progress))


def _trial_seconds(configs: list[RunConfig], limits: Limits) -> list[float | None]:
    """Return the seconds of each config's trial: timed, or scaled from another by FLOPs."""
    data = finish(load(configs[0].dataset, configs[0].data), tell=_tell)
    work = {_key(config): _work(config, data, limits) for config in configs}
    allowed = [config for config in configs if work[_key(config)] is not None]
    by_work = sorted(allowed, key=lambda config: work[_key(config)] or 0.0)
    found: dict[str, float] = {}
    deadline = time.perf_counter() + _ALL_SECONDS
    for config in [*allowed[:1], *by_work[-1:], *by_work[:1], *reversed(allowed)]:
        if _key(config) in found or (found and time.perf_counter() > deadline):
            continue
        _tell(Progress("timing steps", len(found), len(work)))
        found[_key(config)] = _timed(config, data)
    return [_seconds(_key(config), found, work) for config in configs]


def _seconds(key: str, found: dict[str, float], work: dict[str, float | None]) -> float | None:
    """Return what was timed, or what the one nearest in FLOPs took, scaled."""
    own = work[key]
    if key in found or own is None:
        return found.get(key)
    ratios = {other: own / known for other in found if (known := work[other])}
    nearest = min(ratios, key=lambda other: abs(math.log(ratios[other])))
    return found[nearest] * ratios[nearest]


def _key(config: RunConfig) -> str:
    """Return what configs have in common that take the same time."""
    parts = {"model", "batch_size", "augment", "data", "ema"}
    return f"{config.model_dump_json(include=parts)} {config.optimizer.name}"


def _work(config: RunConfig, data: LoadedData, limits: Limits) -> float | None:
    """Return a picture's FLOPs with its share of a step's fixed cost; None is over a limit."""
    shape, num_classes = data.prepared.shape, len(data.prepared.classes)
    summary = summarize(config.model, shape, num_classes)
    too_large = limits.parameters is not None and summary.num_parameters > limits.parameters
    too_slow = limits.flops is not None and summary.flops > limits.flops
    return None if too_large or too_slow else summary.flops * (1 + 4 / config.batch_size)


def _timed(config: RunConfig, data: LoadedData) -> float:
    """Return the seconds of a full trial, from a few of its steps."""
    return config.epochs * finish(measure(config, data)).epoch_seconds


if __name__ == "__main__":
    main()
