"""Files that are either whole or not there, and disks' errors as sentences."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import StorageError

_CAUSES = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "your quota is used up; free some space",
    errno.EROFS: "the file system is read-only; choose another folder",
    errno.EACCES: "no permission; choose another folder or change its permissions",
    errno.EPERM: "no permission; choose another folder or change its permissions",
    errno.ENOENT: "the folder is gone; make it again or choose another",
    errno.EIO: "the disk reports an error; check it",
}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` met inside into a `StorageError` that names the path and the remedy."""
    try:
        yield
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0, error.strerror or str(error))
        raise StorageError(f"cannot write {path}: {cause}.") from error


def write_atomically(path: Path, content: bytes, durable: bool = True) -> None:
    """Put `content` at `path` in one move: readers see the old file or the new one, never half.

    Args:
        path: the file to make or replace.
        content: its bytes.
        durable: wait until the disk has it, so that a power cut cannot take it back.

    Raises:
        StorageError: the disk is full, read-only or gone; the old file is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with storage_errors(path):
        try:
            with temporary.open("wb") as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        if durable:
            sync_folder(path.parent)


def write_all(handle: int, content: bytes, offset: int | None = None) -> None:
    """Write all of `content` to an open file, at its end or at an offset; a short write goes on.

    Raises:
        OSError: the disk is full or gone.
    """
    view = memoryview(content)
    while view:
        if offset is None:
            done = os.write(handle, view)
        else:
            done = os.pwrite(handle, view, offset)
            offset += done
        view = view[done:]


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
