"""What every test can rely on: folders of its own, one thread, a terminal without surprises."""

import gc
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_CALLERS_DATA = os.environ.get("DLI_DATA")
_DISPLAY_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES")

# Before anything imports torch: pytest's workers and the child processes share the cores.
for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"


# A shell lets what it starts in the background ignore ^C, and tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _session_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Share one cache, so that digits is prepared once; nothing outside pytest's folder is used."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in _DISPLAY_VARIABLES:
            patch.delenv(variable, raising=False)
        for variable in ("DLI_CACHE", "DLI_DATA", "DLI_RUNS"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable.lower())))
        yield


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test its own runs and data, so that `last` is its own last run."""
    monkeypatch.setenv("DLI_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("DLI_DATA", str(tmp_path / "data"))


_COLLECT_SECONDS = 15.0
_collected = time.monotonic()


@pytest.fixture(autouse=True)
def _few_collections() -> Iterator[None]:
    """Collect garbage now and then between tests: within them it takes a quarter of the UI's."""
    global _collected  # noqa: PLW0603  # of this process
    gc.disable()
    yield
    gc.enable()
    if time.monotonic() - _collected > _COLLECT_SECONDS:
        gc.collect()
        _collected = time.monotonic()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder with MNIST, Fashion-MNIST and the JPEG pictures, or skip."""
    folder = Path(_CALLERS_DATA or ROOT.parent / "shared" / "data").resolve()
    if not (folder / "MNIST" / "raw").is_dir():
        pytest.skip(f"needs real data: {folder} holds no MNIST/raw; set DLI_DATA")
    return folder
