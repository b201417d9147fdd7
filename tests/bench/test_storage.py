"""Storages that work, and those that are missing, locked, cut, foreign or out of reach."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest

from bench import storage as module
from bench.storage import default_url, file_system, using_storage
from engine.errors import ConfigError, DliError, StorageError


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return a storage with a study in it."""
    url = default_url(tmp_path)
    with using_storage(url, create=True) as storage:
        optuna.create_study(storage=storage, study_name="a").enqueue_trial({})
    return url


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_a_storage_is_kept_in_wal_mode_and_read_again(url: str) -> None:
    with sqlite3.connect(_file(url)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()

    with using_storage(url) as storage:
        study = optuna.load_study(storage=storage, study_name="a")
        assert len(study.trials) == 1
    assert mode == "wal"


def test_optuna_itself_opens_the_storage(url: str) -> None:
    study = optuna.load_study(storage=url, study_name="a")

    assert len(study.trials) == 1
    study._storage.remove_session()  # type: ignore[attr-defined]
    study._storage._backend.engine.dispose()  # type: ignore[attr-defined]


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:20_000])


def _make_foreign(file: Path) -> None:
    file.write_text("this is no database, but a text that somebody wrote" * 50)


def _age(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v2.6.0.a'")
        connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (_cut, "is damaged or no database"),
        (_make_foreign, "is damaged or no database (file is not a database)"),
        (_age, "is of another version of Optuna"),
        (Path.unlink, "there are no studies in"),
        (lambda file: file.write_bytes(b""), "holds no studies"),
    ],
)
def test_a_harmed_file_is_told_in_a_sentence(
    url: str, harm: Callable[[Path], object], sentence: str
) -> None:
    harm(_file(url))

    with pytest.raises(StorageError) as caught, using_storage(url) as storage:
        storage.get_all_studies()

    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_locked_file_is_told_once_patience_ends(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.1)
    other = sqlite3.connect(_file(url), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with (
            pytest.raises(StorageError, match="is locked by another program"),
            using_storage(url) as storage,
        ):
            optuna.create_study(storage=storage, study_name="b")
    finally:
        other.close()


@pytest.mark.parametrize(
    ("url", "error", "sentence"),
    [
        ("foo", ConfigError, "it must be a URL like sqlite:///studies.sqlite3"),
        ("sqlite:///", ConfigError, "needs the path of a file"),
        ("nodb://x", ConfigError, "there is no such kind of database"),
        ("sqlite:////nowhere/at/all.sqlite3", StorageError, "there are no studies in /nowhere/at"),
        ("postgresql://u:secret@127.0.0.1:1/x", StorageError, "Connection refused"),
    ],
)
def test_a_url_that_leads_nowhere_is_told_in_a_sentence(
    url: str, error: type[DliError], sentence: str
) -> None:
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg")

    with pytest.raises(error) as caught, using_storage(url):
        pass

    assert sentence in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_driver_names_the_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)

    with (
        pytest.raises(ConfigError, match=r"pip install 'dli\[postgres\]'"),
        using_storage("postgresql://u@127.0.0.1:1/x"),
    ):
        pass


def test_a_file_on_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "file_system", lambda folder: "nfs4")

    with (
        pytest.raises(StorageError, match=r"network file system \(nfs4\).*--storage postgresql"),
        using_storage(default_url(tmp_path), create=True),
    ):
        pass


def test_the_file_system_of_a_folder_is_the_innermost_mounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = "a / ext4 rw\nb /home nfs rw\nc /home/local ext4 rw\nd /homestead cifs rw\n"
    monkeypatch.setattr(Path, "read_text", lambda self: mounts)

    found = [file_system(Path(folder)) for folder in ("/home/x", "/home/local/y", "/var", "/homes")]

    assert found == ["nfs", "ext4", "ext4", "ext4"]


def test_a_database_that_comes_back_is_waited_for(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.05)
    with using_storage(url, patient=True) as storage:
        other = sqlite3.connect(_file(url), isolation_level=None, check_same_thread=False)
        other.execute("BEGIN EXCLUSIVE")
        naps: list[float] = []

        def nap(seconds: float) -> None:
            naps.append(seconds)
            other.close()

        monkeypatch.setattr("bench.storage.time.sleep", nap)
        study = optuna.load_study(storage=storage, study_name="a")

        study.enqueue_trial({"x": 1})

        assert naps
        assert len(study.trials) == 2
