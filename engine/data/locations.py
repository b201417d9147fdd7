"""Where pictures lie: `DLI_DATA` holds originals and is only read, `DLI_CACHE` what is prepared."""

import os
import sys
from pathlib import Path

from engine.errors import StorageError


def data_folder() -> Path:
    """Return `DLI_DATA`, by default `dli/data` in the user's cache folder."""
    return _chosen("DLI_DATA") or _user_cache("DLI_DATA") / "dli" / "data"


def cache_folder() -> Path:
    """Return `DLI_CACHE`, by default `dli` in the user's cache folder."""
    return _chosen("DLI_CACHE") or _user_cache("DLI_CACHE") / "dli"


def prepared_folder() -> Path:
    """Return the folder that has one sub-folder for each prepared set."""
    return cache_folder() / "prepared"


def storage_error(error: OSError, folder: Path, variable: str) -> StorageError:
    """Return the sentence for a folder that cannot be written."""
    return StorageError(
        f"cannot write to {str(folder)!r} ({error.strerror or error}); free or unlock it, "
        f"or set {variable} to another folder."
    )


def _chosen(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).expanduser().absolute() if value else None


def _user_cache(variable: str) -> Path:
    chosen = os.environ.get("XDG_CACHE_HOME")
    if chosen and sys.platform != "darwin":
        return Path(chosen)
    try:
        home = Path.home()
    except RuntimeError:
        raise StorageError(
            f"this user has no home folder to keep pictures in; set {variable} to a folder."
        ) from None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache")
