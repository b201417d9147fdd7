"""The wheel holds what it should, and works without the checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("engine", "bench", "studies", "tui")
_BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build from a copy: setuptools writes into the tree that it builds."""
    source = tmp_path_factory.mktemp("source")
    for room in (*ROOMS, "tests"):
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    built = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", _BUILD, built], cwd=source, check=True)
    (file,) = built.glob("*.whl")
    return file


def test_the_wheel_holds_the_rooms_the_studies_and_nothing_else(wheel: Path) -> None:
    files = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    inside = {file for file in files if not file.parts[0].endswith(".dist-info")}
    expected = {
        file.relative_to(ROOT)
        for room in ROOMS
        for file in (ROOT / room).rglob("*")
        if file.suffix in (".py", ".toml", ".tcss", ".json") or file.name == "py.typed"
        if file.parent != ROOT / "studies" / "results"  # measured here, kept with the sources
    }

    assert inside == expected
    assert Path("studies/cifar_bn.toml") in inside


def test_the_wheel_has_the_dli_command_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(n).name: archive.read(n).decode() for n in archive.namelist()}

    assert "dli = tui.cli:main" in texts["entry_points.txt"]
    assert "the dli authors" in texts["LICENSE"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_installed_wheel_trains_beside_foreign_packages_of_the_same_names(
    wheel: Path, tmp_path: Path
) -> None:
    environment = _installed(wheel, tmp_path / "venv")
    here = tmp_path / "empty"
    for name in ("engine", "studies"):
        (here / name).mkdir(parents=True)
        (here / name / "__init__.py").write_text("raise RuntimeError('not dli')\n")
    variables = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    child = subprocess.run(
        [environment / "bin" / "dli", "train", "--epochs", "1", "--subset", "200"],
        cwd=here,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert child.returncode == 0, child.stderr
    assert list(Path(os.environ["DLI_RUNS"]).glob("*/best.safetensors"))


def _installed(wheel: Path, folder: Path) -> Path:
    """Return a fresh environment with the wheel, which sees this one's dependencies."""
    venv.create(folder)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder
