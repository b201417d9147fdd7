"""The folder of kept results: a file for each run. Imports no torch."""

import re
from importlib.resources import files
from pathlib import Path

from bench.results.recipe import shown, slug
from bench.results.result import Result, read
from engine.data.registry import FOLDER
from engine.errors import RunError
from engine.files import storage_errors, write_atomically

_LONGEST = 60  # characters of a variant in a file's name


def default_folder() -> Path:
    """Return `studies/results` of the checkout that this is, or else of the current folder."""
    studies = Path(str(files("studies")))
    is_checkout = (studies.parent / "pyproject.toml").is_file()
    return (studies if is_checkout else Path("studies")) / "results"


def read_all(folder: Path) -> dict[Path, Result]:
    """Return the results in a folder by their files, in the order of the files' names.

    Raises:
        RunError: a JSON file in it is no result.
    """
    return {path: read(path) for path in sorted(folder.glob("*.json"))}


def write(result: Result, folder: Path) -> Path:
    """Put a result into a folder, made if missing, in place of the same run's; return its file.

    Raises:
        RunError: the same run is there trained to its end, and this one is not.
        StorageError: the folder cannot be written.
    """
    kept = read_all(folder)
    same = [path for path, other in kept.items() if other.key == result.key]
    for path in same:
        if kept[path].is_complete and not result.is_complete:
            raise RunError(
                f"{path} holds this run trained to its end, so {result.ending.epochs} of "
                f"{result.ending.planned} epochs do not take its place; delete it first."
            )
    path = folder / _name(result)
    if path in kept and path not in same:  # other pictures of the same name, another length
        path = folder / f"{path.stem}-{result.data_digest[:8]}-{result.ending.planned}.json"
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, result.to_json().encode())
    with storage_errors(folder):
        for old in set(same) - {path}:
            old.unlink()
    return path


def _name(result: Result) -> str:
    """Return a file name like `mnist_rnn-cell-gru-mnist-seed0.json`."""
    variant = slug(re.sub(r"[a-z_]+\.(?=[a-z])", "", result.variant))[:_LONGEST].strip("-")
    data = slug(shown(str(result.config["dataset"])).removeprefix(FOLDER))
    parts = [result.study, *[variant] * bool(variant), data, f"seed{result.seed}"]
    return "-".join(parts) + ".json"
