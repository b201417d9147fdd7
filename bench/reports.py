"""From a storage to a study's report: which studies there are, and when a report is stale."""

import hashlib
import json
from collections.abc import Generator

from optuna.storages import RDBStorage
from sqlalchemy import text as sql

from bench import confirm, ledger
from bench.reading import read_record
from bench.report.build import build
from bench.report.types import Report
from engine.data.spec import Progress
from engine.errors import RunError, nearest

_FINISHED = sql(  # Optuna would read all that is known of all trials
    "SELECT COUNT(*) FROM trials WHERE study_id = :id AND state IN ('COMPLETE', 'PRUNED', 'FAIL')"
)


def find_ids(storage: RDBStorage, wanted: list[str]) -> list[str]:
    """Return the ids of the studies that are meant: by id, or the newest of a name.

    Args:
        storage: where.
        wanted: names or ids; none is the study that was opened last.

    Raises:
        RunError: there is none like that.
    """
    known = ledger.names(storage)
    if not known:
        raise RunError("there are no studies in the storage; `dli tune` makes one.")
    if not wanted:
        return [known[-1]]
    found = [_find(name.removesuffix(confirm.SUFFIX), known) for name in wanted]
    return list(dict.fromkeys(found))


def _find(name: str, known: list[str]) -> str:
    fitting = [known_id for known_id in known if _fits(name, known_id)]
    if fitting:
        return fitting[-1]
    names = sorted({known_id.partition("@")[0] for known_id in known})
    raise RunError(
        f"unknown study '{name}' in the storage.{nearest(name, names)} "
        f"It holds: {', '.join(known[-8:])}."
    )


def _fits(name: str, study_id: str) -> bool:
    if "@" in name:
        return study_id.startswith(name)
    return study_id.partition("@")[0] == name


def cache_key(storage: RDBStorage, study_id: str) -> str:
    """Return a text that differs once a trial of the study finished, or its settings changed."""
    stored = ledger.open_study(storage, study_id)
    facts = [study_id, stored.user_attrs[ledger.SOURCE], str(storage.engine.url)]
    facts += [num_finished(storage, study_id), num_finished(storage, study_id + confirm.SUFFIX)]
    text = json.dumps(facts, sort_keys=True)
    return f"{study_id}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def num_finished(storage: RDBStorage, study_id: str) -> int:
    """Return how many trials ended, however they did; 0 where there is no such study."""
    by_name = {study.study_name: study._study_id for study in storage.get_all_studies()}  # noqa: SLF001
    number = by_name.get(study_id)
    if number is None:
        return 0
    with storage.engine.connect() as connection:
        return int(connection.execute(_FINISHED, {"id": number}).scalar_one())


def compute(storage: RDBStorage, study_id: str) -> Generator[Progress, None, Report]:
    """Read a study and work out its report; yields how far that is."""
    yield Progress("reading the study", 0, 1)
    record = read_record(storage, study_id)
    return (yield from build(record))
