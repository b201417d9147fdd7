"""What a person can do to a search that runs, from any machine: through its storage and its runs.

Imports no torch, and Optuna only where the storage is used.
"""

import random
import time
from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from bench.records import Params, StudyRecord
from bench.space import Dimension, Value, same, written
from engine.control import make_command, send
from engine.errors import ConfigError
from engine.runs import RunFolder

if TYPE_CHECKING:
    import optuna

Moves = tuple[tuple[str, Value], ...]  # settings with their new values
_NEAR = (0.1, 0.2)  # of a range, in its own scale: how far a neighbour lies


def ask_to_stop(url: str, study_id: str) -> None:
    """Ask everybody who tunes a study to end it once the trials that run are done.

    No trial begins any more, and neither does the confirm stage; a later `dli tune` goes on.

    Raises:
        RunError: there is no such study.
        StorageError: the storage cannot be used.
    """
    from bench import ledger
    from bench.storage import using_storage

    with using_storage(url) as storage:
        ledger.open_study(storage, study_id).set_user_attr(ledger.STOP, time.time())


def prune(folder: RunFolder) -> None:
    """End the run of a trial as pruned; its worker goes on with the next trial.

    Raises:
        RunError: nobody trains it.
        StorageError: its control file cannot be written.
    """
    send(folder, make_command("prune"))


def enqueue(url: str, study_id: str, params: Mapping[str, Any]) -> dict[str, Value]:
    """Queue a point of a study's space as one more trial, which comes next; return all its values.

    A search that runs takes it up; one that is complete does so at the next `dli tune`.

    Args:
        url: the storage.
        study_id: the search.
        params: config path → value; what is left out is as in the base.

    Raises:
        ConfigError: the values are none of this space, no run can have them, or they were tried.
        RunError: there is no such study.
        StorageError: the storage cannot be used.
    """
    from bench import ledger, slots
    from bench.baselines import point_of
    from bench.storage import using_storage

    with using_storage(url) as storage:
        stored = ledger.open_study(storage, study_id)
        study = ledger.read_study(stored)
        point = point_of(study, params, "a trial by hand")
        _refuse_known(stored, point)
        slots.enqueue_by_hand(stored, study, point)
    return point


def _refuse_known(stored: "optuna.Study", point: Params) -> None:
    from bench import slots

    for trial in slots.slots(stored.get_trials(deepcopy=False)):
        if _is_same(slots.values_of(trial), point):
            raise ConfigError(
                f"trial {trial.number} has these values already ({_shown(point)}) and is "
                f"{trial.state.name.lower()}; change one of them."
            )


def neighbour(record: StudyRecord, numbers: random.Random) -> dict[str, Value] | None:
    """Return an untried point beside the best complete trial; None where there is none.

    One or two settings differ: a choice is another one, a number moves by 10 to 20 % of its range
    (at least by a step), in the range's own scale. What then exists besides is as in the base.
    """
    best = next(iter(record.ranked()), None)
    if best is None:
        return None
    by_path = {dimension.path: dimension for dimension in record.space}
    moves = [
        (path, value)
        for path, here in best.params.items()
        if path in by_path
        for value in _moves(by_path[path], here, numbers)
    ]
    one: list[Moves] = [(move,) for move in moves]
    two: list[Moves] = [pair for pair in combinations(moves, 2) if pair[0][0] != pair[1][0]]
    for group in numbers.sample([one, two], 2):
        for changes in numbers.sample(group, len(group)):
            point = _completed(record, {**best.params, **dict(changes)}, numbers)
            if not any(_is_same(trial.params, point) for trial in record.trials):
                return point
    return None


def _moves(dimension: Dimension, here: Value, numbers: random.Random) -> list[Value]:
    """Return the values of a setting that lie beside its present one."""
    if dimension.kind == "choice":
        return [value for value in dimension.choices if not same(value, here)]
    found: list[Value] = []
    for sign in (-1, 1):
        place = dimension.position(here) + sign * numbers.uniform(*_NEAR)
        value = _short(dimension.at(place), dimension)
        if same(value, here) and (dimension.step or dimension.kind == "int"):
            value = float(here) + sign * (dimension.step or 1)
        if dimension.contains(value) and not same(value, here):
            found.append(dimension.canonical(value))
    return found


def _short(value: Value, dimension: Dimension) -> Value:
    """Return a number with the digits that a person would write, where that is in the range."""
    short = float(f"{value:.3g}") if isinstance(value, float) else value
    return short if dimension.contains(short) else value


def _completed(record: StudyRecord, wanted: Params, numbers: random.Random) -> dict[str, Value]:
    """Return the values of the settings that exist under the wanted ones."""
    chosen: dict[str, Value] = {}
    for dimension in record.space:
        if dimension.is_active(chosen):
            path = dimension.path
            value = wanted.get(path, record.base.get(path))
            known = value is not None and dimension.contains(value)
            chosen[path] = value if known and value is not None else dimension.draw(numbers)
    return chosen


def _is_same(one: Params, other: Params) -> bool:
    return one.keys() == other.keys() and all(same(one[path], other[path]) for path in one)


def _shown(point: Params) -> str:
    return ", ".join(f"{path} = {written(value)}" for path, value in point.items())
