"""Opens the storage of studies: SQLite in the runs folder, or any database that Optuna takes.

Optuna's storage is all the coordination between workers and machines. Imports Optuna and
SQLAlchemy (about a second), so it is imported where it is used.
"""

import functools
import os
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import ExperimentalWarning, StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from engine.errors import ConfigError, StorageError

FILE = "studies.sqlite3"
HEARTBEAT_SECONDS, GRACE_SECONDS = 60, 240
_BUSY_SECONDS = 60.0
_PATIENCE_SECONDS = 120.0  # that a database may be gone while trials train
_CREATING = (0.2, 1.0, 3.0)  # seconds between attempts
_RESTARTING = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "lustre", "ceph"}
_PATIENT = (
    "create_new_trial", "set_trial_param", "set_trial_state_values", "set_trial_user_attr",
    "set_trial_intermediate_value", "set_trial_system_attr", "get_trial", "get_all_trials",
    "get_trial_id_from_study_id_trial_number", "get_study_user_attrs", "get_study_system_attrs",
    "record_heartbeat", "get_n_trials", "set_study_user_attr", "get_study_id_from_name",
    "get_study_name_from_id", "get_study_directions", "get_all_studies",
)  # fmt: skip
Revive = Callable[[optuna.Study, optuna.trial.FrozenTrial], None]


def default_url(root: Path) -> str:
    """Return the storage of a runs folder."""
    return f"sqlite:///{root.resolve() / FILE}"


def open_storage(
    url: str, create: bool = False, revive: Revive | None = None, patient: bool = False
) -> RDBStorage:
    """Return the storage behind a URL.

    Args:
        url: as Optuna takes it, like sqlite:///PATH or postgresql://USER@HOST/NAME.
        create: make the tables, and a SQLite file, where they are missing; only a parent does.
        revive: what to do with the trial of a worker whose heartbeat stopped; given by workers,
            which also send heartbeats.
        patient: try each operation again while the database is gone, for two minutes.

    Raises:
        ConfigError: the URL is none, or needs a package that is missing.
        StorageError: the storage cannot be reached, is locked, of another version, or damaged.
    """
    _silence()
    url, options = _options(url, create)
    arguments: dict[str, Any] = {"skip_table_creation": not create}
    if revive is not None:
        arguments |= {
            "heartbeat_interval": int(os.environ.get("DLI_HEARTBEAT", HEARTBEAT_SECONDS)),
            "grace_period": int(os.environ.get("DLI_GRACE", GRACE_SECONDS)),
            "heartbeat_stale_trial_callback": revive,
        }
    make = functools.partial(_PatientStorage if patient else RDBStorage, url, options, **arguments)
    with as_sentences(url), warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        storage = _made(make, _CREATING if create else _RESTARTING if patient else ())
    if url.startswith("sqlite"):
        event.listen(storage.engine, "begin", _begin_at_once)
    return storage


def _made(make: Callable[[], RDBStorage], pauses: tuple[float, ...]) -> RDBStorage:
    """Open the storage; where it is being made or restarted at this moment, look again."""
    for pause in pauses:
        with suppress(SQLAlchemyError, StorageInternalError):
            return make()
        time.sleep(pause)
    return make()


def _silence() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore", ExperimentalWarning)


def _options(url: str, create: bool) -> tuple[str, dict[str, Any]]:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(
            f"--storage cannot be '{url}': it must be a URL like sqlite:///studies.sqlite3 or "
            "postgresql://user@host/name."
        ) from None
    if parsed.drivername.startswith("sqlite"):
        path = Path(parsed.database or "")
        _check_file(path, create)
        return url, {"creator": functools.partial(_connect, path)}
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    options = {"pool_pre_ping": True, "pool_size": 2, "max_overflow": 4}
    if parsed.drivername.startswith("postgresql"):
        options["connect_args"] = {"connect_timeout": 5}  # type: ignore[assignment]
    return parsed.render_as_string(hide_password=False), options


def _check_file(path: Path, create: bool) -> None:
    if not path.name:
        raise ConfigError("--storage sqlite:/// needs the path of a file behind it.")
    kind = file_system(path.parent)
    if kind in _NETWORK:
        raise StorageError(
            f"{path} lies on a network file system ({kind}), where SQLite loses data; choose a "
            "local --runs-dir, or --storage postgresql://…"
        )
    if create and not path.parent.is_dir():
        raise StorageError(f"there is no folder {path.parent} for the storage; make it first.")
    if not create and not path.is_file():
        raise StorageError(f"there are no studies in {path.parent}; `dli tune` makes the first.")


def file_system(folder: Path) -> str:
    """Return the type of the file system that a folder lies on, where the system tells it."""
    try:
        lines = Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return ""
    mounts = [(fields[1], fields[2]) for line in lines if len(fields := line.split()) > 2]
    here = str(folder.absolute())
    inside = [(at, kind) for at, kind in mounts if f"{here}/".startswith(f"{at.rstrip('/')}/")]
    return max(inside, key=lambda mount: len(mount[0]), default=("", ""))[1]


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def _begin_at_once(connection: Any) -> None:
    """Take SQLite's write lock before reading: else two workers take the same waiting trial."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def as_sentences(url: str) -> Iterator[None]:
    """Turn what a database says in the block into a sentence.

    Raises:
        ConfigError, StorageError: what `open_storage` says of them.
    """
    shown = make_url(url).render_as_string(hide_password=True)
    try:
        yield
    except NoSuchModuleError:
        raise ConfigError(
            f"--storage cannot be '{shown}': there is no such kind of database; "
            "use sqlite:///PATH or postgresql://user@host/name."
        ) from None
    except ImportError:
        extra = "pip install 'dli[postgres]'" if "postgresql" in url else "install its driver"
        raise ConfigError(f"storage {shown} needs a package that is missing; {extra}.") from None
    except RuntimeError as error:
        reason = str(error).splitlines()[0].partition("Please")[0].strip()
        raise StorageError(
            f"storage {shown} is of another version of Optuna: {reason} Copy it, then upgrade it "
            f"with `optuna storage upgrade --storage {shown}`, or name another --storage."
        ) from None
    except (SQLAlchemyError, StorageInternalError, sqlite3.Error) as error:
        raise StorageError(_sentence(shown, error)) from None


def _sentence(shown: str, error: Exception) -> str:
    cause = error.__cause__ or error
    text = str(getattr(cause, "orig", None) or cause).strip().splitlines()[0]
    if "not a database" in text or "malformed" in text:
        return f"storage {shown} is damaged or no database ({text}); restore it or name another."
    if "no such table" in text or "UndefinedTable" in text or "does not exist" in text:
        return f"storage {shown} holds no studies ({text}); `dli tune` makes them."
    if "locked" in text:
        return f"storage {shown} is locked by another program ({text}); end that one."
    return f"cannot use the storage {shown}: {text}."


@contextmanager
def using_storage(
    url: str, create: bool = False, revive: Revive | None = None, patient: bool = False
) -> Iterator[RDBStorage]:
    """Open a storage for the block, and close it after; its errors inside become sentences.

    Arguments and errors are those of `open_storage`.
    """
    storage = open_storage(url, create, revive, patient)
    try:
        with as_sentences(url):
            yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


class _PatientStorage(RDBStorage):
    """Tries each operation again while the database restarts, so that no trial is lost."""


def _patiently(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def patient(*args: Any, **kwargs: Any) -> Any:
        deadline, pause = time.monotonic() + _PATIENCE_SECONDS, 0.2
        while True:
            try:
                return method(*args, **kwargs)
            except (StorageInternalError, SQLAlchemyError):
                if time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, 5.0)

    return patient


for _name in _PATIENT:
    setattr(_PatientStorage, _name, _patiently(getattr(RDBStorage, _name)))
