"""What a study's storage holds besides trials: how it was made, so that it can be read anywhere.

Imports no torch.
"""

import os
import platform
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import optuna
from optuna.exceptions import DuplicatedStudyError
from optuna.storages import RDBStorage

from bench.resolve import resolve
from bench.spec import read
from bench.study import Study
from engine.environment import processor, versions
from engine.errors import RunError, nearest

SOURCE, FACTS, CHANGES, OPENED = "source", "facts", "changes", "opened"
STOP = "stop"  # when somebody last asked a search to end after its running trials
_ONCE = ("--no-confirm", "--confirm-only", "--json", "--dry-run", "--learn-from-earlier")
_ONCE_WITH_VALUE = ("--minutes",)
Overrides = Sequence[tuple[str, Any]]


def make_study(
    storage: RDBStorage, study: Study, study_id: str, source: dict[str, Any]
) -> optuna.Study:
    """Return the study with this id, made if it is new; changed settings are noted.

    Args:
        storage: where.
        study: what is searched.
        study_id: its identity, or that of its confirm stage.
        source: what `source_of` returned.
    """
    try:
        made = optuna.create_study(storage=storage, study_name=study_id, direction="maximize")
    except DuplicatedStudyError:
        made = optuna.load_study(storage=storage, study_name=study_id)
    made.set_user_attr(OPENED, time.time())
    before = made.user_attrs.get(SOURCE)
    if before != source:
        if before is not None:
            changes = made.user_attrs.get(CHANGES, [])
            made.set_user_attr(CHANGES, [*changes, {"time": time.time(), "before": before}])
        made.set_user_attr(SOURCE, source)
    if FACTS not in made.user_attrs:
        made.set_user_attr(FACTS, facts(study))
    return made


def source_of(study: Study, overrides: Overrides, num_val: int, digest: str) -> dict[str, Any]:
    """Return what a study is read from again, on any machine: its text, overrides and data."""
    return {
        "text": study.file.text,
        "path": study.file.path,
        "overrides": [[path, value] for path, value in overrides],
        "num_val": num_val,
        "data_digest": digest,
    }


def facts(study: Study) -> dict[str, Any]:
    """Return where and with what a study was made."""
    return {
        "created": datetime.now().astimezone().isoformat(" ", "seconds"),
        "command": command_again(),
        "versions": versions(),
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.platform()}",
        "config_hash": study.config.digest(),
    }


def command_again() -> str:
    """Return this process's command without what a further call need not repeat."""
    kept, words = ["dli"], iter(sys.argv[1:])
    for word in words:
        if word in _ONCE_WITH_VALUE:
            next(words, None)
        elif word.partition("=")[0] not in (*_ONCE, *_ONCE_WITH_VALUE):
            kept.append(word)
    return shlex.join(kept)


def open_study(storage: RDBStorage, study_id: str) -> optuna.Study:
    """Return a study of the storage.

    Raises:
        RunError: there is none of this id.
    """
    try:
        return optuna.load_study(storage=storage, study_name=study_id)
    except KeyError:
        known = names(storage)
        raise RunError(
            f"there is no study '{study_id}' in the storage.{nearest(study_id, known)} "
            f"It holds: {', '.join(known) or 'none'}."
        ) from None


def names(storage: RDBStorage) -> list[str]:
    """Return the ids of the searches in a storage; the one opened last is the last."""
    found = sorted(storage.get_all_studies(), key=lambda study: study.user_attrs.get(OPENED, 0.0))
    return [study.study_name for study in found if SOURCE in study.user_attrs
            and not study.study_name.endswith("/confirm")]  # fmt: skip


def last_stop(stored: optuna.Study) -> float | None:
    """Return the last request to end a search, as a time; one is told from the next by it alone."""
    asked: float | None = stored.user_attrs.get(STOP)
    return asked


def read_study(stored: optuna.Study) -> Study:
    """Return the study as its storage tells it."""
    return read_source(stored.user_attrs[SOURCE])


def read_source(source: Mapping[str, Any]) -> Study:
    """Return the study that `source_of` wrote down.

    Raises:
        ConfigError: its file was written for another version of dli.
    """
    overrides = [(path, value) for path, value in source["overrides"]]
    return resolve(read(source["text"], source["path"]), overrides)
