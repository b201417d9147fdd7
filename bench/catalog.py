"""Finds studies: those in `./studies` first, then the shipped ones. Imports no torch."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bench.spec import StudyFile, read
from engine.errors import ConfigError, unknown

LOCAL_FOLDER = Path("studies")
_REMEDY = "Studies here: {}; another TOML file is named by its path, like ./mine.toml."


def names() -> list[str]:
    """Return the names of all studies that `find` knows, sorted."""
    return sorted(_shipped() | _local())


def find(name_or_path: str) -> StudyFile:
    """Return a study by its name, or by the path of its TOML file.

    Raises:
        ConfigError: there is no such study (the nearest is named), or its file is wrong.
    """
    if "/" in name_or_path or name_or_path.endswith(".toml"):
        return _read(Path(name_or_path))
    shipped, local = _shipped(), _local()
    found = local.get(name_or_path) or shipped.get(name_or_path)
    if found is None:
        remedy = _REMEDY.format(", ".join(names()))
        raise ConfigError(unknown("study", name_or_path, names(), remedy))
    return _read(found, shadows_shipped=name_or_path in local and name_or_path in shipped)


def _read(file: Traversable, shadows_shipped: bool = False) -> StudyFile:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"there is no file '{file}'. {_REMEDY.format(', '.join(names()))}"
        ) from None
    except OSError as error:
        raise ConfigError(f"cannot read the study '{file}': {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"cannot read the study '{file}': it is not UTF-8 text.") from None
    study = read(text, str(file), shadows_shipped)
    stem = file.name.removesuffix(".toml")
    if study.name != stem:
        raise ConfigError(
            f"{file}: name is '{study.name}', but the file is called '{file.name}'; "
            f'write name = "{stem}" or rename the file.'
        )
    return study


def _shipped() -> dict[str, Traversable]:
    # By its name, not by an import: studies stand above bench, and hold no code.
    return _studies_in(files("studies"))


def _local() -> dict[str, Traversable]:
    """Return the user's own studies; in a checkout, `./studies` is the shipped folder itself."""
    folder = LOCAL_FOLDER
    if not folder.is_dir() or str(folder.resolve()) == str(files("studies")):
        return {}
    return _studies_in(folder)


def _studies_in(folder: Traversable) -> dict[str, Traversable]:
    return {
        file.name.removesuffix(".toml"): file
        for file in folder.iterdir()
        if file.name.endswith(".toml") and file.is_file()
    }
