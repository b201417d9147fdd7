import subprocess
import sys
from pathlib import Path

import pytest

from engine.data.locations import cache_folder, data_folder, prepared_folder


def test_the_environment_names_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLI_DATA", str(tmp_path / "d"))
    monkeypatch.setenv("DLI_CACHE", str(tmp_path / "c"))
    assert data_folder() == tmp_path / "d"
    assert prepared_folder() == tmp_path / "c" / "prepared"


def test_by_default_both_lie_in_the_users_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("DLI_DATA", "DLI_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    base = tmp_path / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    assert cache_folder() == base / "dli"
    assert data_folder() == base / "dli" / "data"


def test_loading_data_never_imports_torch() -> None:
    code = (
        "import sys, engine.data.load, engine.data.listing, engine.data.download as d\n"
        "engine.data.listing.specs()\n"
        "assert not {'torch', 'torchvision', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
