"""`dli data get`: fetches a data set's files, each checked before it appears under its name."""

import hashlib
import http.client
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Generator, Iterable
from pathlib import Path

from engine.data.locations import data_folder, storage_error
from engine.data.registry import find, imported
from engine.data.spec import Progress, RemoteFile, present
from engine.errors import DataError

TIMEOUT = 5.0  # seconds to connect, and between two blocks
_BLOCK = 1 << 18


class _MirrorError(Exception):
    """Why one mirror did not do."""


def download(
    name: str, remote: Iterable[RemoteFile] | None = None
) -> Generator[Progress, None, Path]:
    """Fetch what is missing of a data set into the data folder and return that folder.

    Yields progress in bytes for each file. Every mirror is tried, and a file appears under its
    name only after its md5 was checked.

    Args:
        name: a registered data set.
        remote: the files to fetch; by default those that the set's source names.

    Raises:
        ConfigError: there is no set of this name.
        DataError: no mirror could be reached, or all of them sent something else.
        StorageError: the data folder is full or cannot be written.
    """
    spec, folder = find(name), data_folder()
    if remote is None:
        if present(spec, folder):
            return folder
        remote = imported(spec.remote)(spec)
    try:
        for file in remote:
            if not _is_there(folder / file.path, file):
                yield from _fetch(file, folder)
    except OSError as error:
        raise storage_error(error, folder, "DLI_DATA") from None
    return folder


def _is_there(path: Path, file: RemoteFile) -> bool:
    """Tell whether a file need not be fetched; an unpacked folder is fetched again if asked for."""
    return not file.unpack and path.is_file() and _md5(path) == file.md5


def _fetch(file: RemoteFile, folder: Path) -> Generator[Progress, None, None]:
    """Try each mirror until one sends the right file."""
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    reasons = []
    for url in file.urls:
        with tempfile.TemporaryDirectory(prefix=".download-", dir=target.parent) as temporary:
            try:
                got = Path(temporary) / "file"
                yield from _receive(url, got, target.name)
                _check(got, file.md5)
                _place(got, target, file.unpack)
            except _MirrorError as error:
                reasons.append(f"{url}: {error}")
            else:
                return
    raise DataError(
        f"could not download {target.name} ({'; '.join(reasons)}). Try again with a network, or "
        f"put it into {str(target.parent)!r} yourself; --dataset digits needs no download."
    )


def _receive(url: str, path: Path, name: str) -> Generator[Progress, None, None]:
    """Write what a URL sends to a file; only the network's errors become _MirrorError."""
    request = urllib.request.Request(url, headers={"User-Agent": "dli"})  # noqa: S310 - specs name only http(s)
    done = 0
    with path.open("wb") as file:
        for block, total in _blocks(request):
            file.write(block)
            done += len(block)
            yield Progress(f"downloading {name}", done, max(total, done))


def _blocks(request: urllib.request.Request) -> Generator[tuple[bytes, int], None, None]:
    """Yield (bytes, total size or 0) as they come in."""
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - as above
            total = int(response.headers.get("Content-Length") or 0)
            while block := response.read1(_BLOCK):
                yield block, total
    except urllib.error.HTTPError as error:
        raise _MirrorError(f"the server answers {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise _MirrorError(f"no connection ({error.reason})") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _MirrorError(f"connection lost ({error or type(error).__name__})") from None


def _check(path: Path, expected: str) -> None:
    got = _md5(path)
    if got != expected:
        raise _MirrorError(f"corrupt, md5 is {got} and should be {expected}, so it was removed")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _place(got: Path, target: Path, unpack: bool) -> None:
    """Move a checked file, or the folder in a checked archive, to its name."""
    if not unpack:
        got.replace(target)
        return
    unpacked = got.with_name("unpacked")
    try:
        with tarfile.open(got) as archive:
            archive.extractall(unpacked, filter="data")  # refuses paths that lead elsewhere
    except (tarfile.TarError, EOFError) as error:
        raise _MirrorError(f"the archive cannot be unpacked ({error})") from None
    if not (unpacked / target.name).is_dir():
        raise _MirrorError(f"the archive holds no folder {target.name}")
    shutil.rmtree(target, ignore_errors=True)
    (unpacked / target.name).replace(target)
