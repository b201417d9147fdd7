import hashlib
import io
import socket
import tarfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.data import download as downloading
from engine.data.download import download
from engine.data.registry import imported, specs
from engine.data.spec import RemoteFile
from engine.errors import ConfigError, DataError, StorageError
from engine.work import finish

CONTENT = bytes(range(256)) * 4000
PATH = "MNIST/raw/train-images-idx3-ubyte.gz"


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL under which a local server offers it."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=partial(server.serve_forever, 0.01))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_file_arrives_with_progress(data: Path, served: tuple[Path, str]) -> None:
    folder, url = served
    (folder / "a").write_bytes(CONTENT)
    facts = list(download("mnist", [RemoteFile(PATH, md5(CONTENT), (f"{url}/a",))]))
    assert (data / PATH).read_bytes() == CONTENT
    assert (facts[-1].done, facts[-1].total) == (len(CONTENT), len(CONTENT))
    assert len(facts) > 1


def test_a_corrupt_file_is_told_with_both_checksums_and_removed(
    data: Path, served: tuple[Path, str]
) -> None:
    folder, url = served
    (folder / "a").write_bytes(b"something else")
    with pytest.raises(DataError) as error:
        finish(download("mnist", [RemoteFile(PATH, md5(CONTENT), (f"{url}/a",))]))
    assert md5(CONTENT) in str(error.value)
    assert md5(b"something else") in str(error.value)
    assert list((data / PATH).parent.iterdir()) == []


def test_every_mirror_is_tried(data: Path, served: tuple[Path, str]) -> None:
    folder, url = served
    (folder / "bad").write_bytes(b"")
    (folder / "good").write_bytes(CONTENT)
    urls = ("http://127.0.0.1:9/a", f"{url}/missing", f"{url}/bad", f"{url}/good")
    assert finish(download("mnist", [RemoteFile(PATH, md5(CONTENT), urls)])) == data
    assert (data / PATH).read_bytes() == CONTENT
    with pytest.raises(DataError, match=r"no connection.*; .* answers 404 .*; .*corrupt"):
        finish(download("mnist", [RemoteFile("other", md5(CONTENT), urls[:3])]))


def test_what_is_there_and_whole_is_not_fetched_again(data: Path) -> None:
    (data / PATH).parent.mkdir(parents=True)
    (data / PATH).write_bytes(CONTENT)
    finish(download("mnist", [RemoteFile(PATH, md5(CONTENT), ())]))
    (data / PATH).write_bytes(CONTENT[:-1])
    with pytest.raises(DataError, match="could not download"):
        finish(download("mnist", [RemoteFile(PATH, md5(CONTENT), ())]))


def test_stopping_midway_leaves_no_half_file(data: Path, served: tuple[Path, str]) -> None:
    folder, url = served
    (folder / "a").write_bytes(CONTENT)
    progress = download("mnist", [RemoteFile(PATH, md5(CONTENT), (f"{url}/a",))])
    next(progress)
    progress.close()
    assert list((data / PATH).parent.iterdir()) == []


def test_a_server_that_says_nothing_is_given_up(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert downloading.TIMEOUT == 5
    monkeypatch.setattr(downloading, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        started = time.perf_counter()
        with pytest.raises(DataError, match="timed out"):
            finish(download("mnist", [RemoteFile(PATH, "0", (url,))]))
    assert time.perf_counter() - started < 2


def archive(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def fetch_archive(served: tuple[Path, str], content: bytes) -> None:
    folder, url = served
    (folder / "a.tar.gz").write_bytes(content)
    name = "cifar-10-batches-py"
    finish(download("cifar10", [RemoteFile(name, md5(content), (f"{url}/a.tar.gz",), unpack=True)]))


def test_an_archive_is_unpacked_over_a_partial_folder(data: Path, served: tuple[Path, str]) -> None:
    (data / "cifar-10-batches-py" / "old").mkdir(parents=True)
    fetch_archive(served, archive("cifar-10-batches-py/test_batch", b"pictures"))
    files = [str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()]
    assert files == ["cifar-10-batches-py/test_batch"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive("../escaped", b""), "cannot be unpacked"),
        (archive("elsewhere/test_batch", b""), "holds no folder"),
        (b"no archive", "cannot be unpacked"),
    ],
    ids=["outside", "another folder", "no archive"],  # the bytes hold the time, and would be names
)
def test_an_archive_that_leads_elsewhere_is_refused(
    data: Path, served: tuple[Path, str], content: bytes, reason: str
) -> None:
    with pytest.raises(DataError, match=reason):
        fetch_archive(served, content)
    assert list(data.iterdir()) == []


def test_a_data_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DLI_DATA", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="DLI_DATA"):
        finish(download("mnist", [RemoteFile(PATH, "0", ("http://127.0.0.1:9/",))]))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'mnist'"):
        finish(download("mnst"))


def test_an_embedded_set_needs_no_download(data: Path) -> None:
    assert list(download("digits")) == []


@pytest.mark.parametrize("name", [name for name, spec in specs().items() if spec.remote])
def test_the_sources_name_files_with_checksums_and_mirrors(name: str) -> None:
    spec = specs()[name]
    for file in imported(spec.remote)(spec):
        assert len(file.md5) == 32
        assert all(url.startswith(("http://", "https://")) for url in file.urls)
        plain = file.path.removesuffix(".gz")
        assert any(path == plain or path.startswith(f"{plain}/") for path in spec.files)
