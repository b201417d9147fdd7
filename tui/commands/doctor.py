"""`dli doctor`: what is installed, what training would use and why, and what is in its way."""

import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import typer

from engine.errors import MachineError
from tui.commands.options import AsJson
from tui.output import Column, print_json, print_table, say

_LITTLE_SPACE = 2_000_000_000  # bytes; a few runs and a prepared data set


@dataclass(frozen=True)
class Folder:
    """A folder that dli uses; `free_bytes` and `writable` are of its nearest parent that exists."""

    name: str
    path: str
    exists: bool
    writable: bool
    free_bytes: int


@dataclass
class Findings:
    """All that the doctor found; `problems` keep dli from working, `warnings` do not."""

    environment: dict[str, Any] = field(default_factory=dict)
    folders: list[Folder] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def doctor(as_json: AsJson = False) -> None:
    """Check versions, device, precision, threads and folders."""
    found = Findings()
    _look_at_packages(found)
    _look_at_folders(found)
    if not found.problems or as_json:
        _look_at_machine(found)
    if as_json:
        print_json(asdict(found))
    else:
        _print(found)
    if found.problems:
        raise typer.Exit(MachineError.exit_code)


def _look_at_packages(found: Findings) -> None:
    from engine.environment import versions

    found.environment["versions"] = versions()
    missing = [name for name, version in versions().items() if version == "missing"]
    if "dli" in missing:
        found.warnings.append("dli itself is not installed: it runs from a checkout.")
        missing.remove("dli")
    if missing:
        found.problems.append(
            f"not installed: {', '.join(missing)}; `pip install dli` installs them."
        )


def _look_at_folders(found: Findings) -> None:
    from engine.data.locations import cache_folder, data_folder
    from engine.runs import runs_dir

    paths = {"DLI_DATA": data_folder(), "DLI_CACHE": cache_folder(), "DLI_RUNS": runs_dir()}
    found.folders = [_folder(name, path.resolve()) for name, path in paths.items()]
    for folder in found.folders:
        remedy = f"set {folder.name} to another folder"
        if not folder.writable and folder.name != "DLI_DATA":  # data is only read
            found.problems.append(f"{folder.path} cannot be written to; {remedy}.")
        if folder.writable and folder.free_bytes < _LITTLE_SPACE:
            found.warnings.append(f"{folder.path} has little space left; free some or {remedy}.")


def _folder(name: str, path: Path) -> Folder:
    there = next(parent for parent in (path, *path.parents) if parent.exists())
    return Folder(
        name=name,
        path=str(path),
        exists=path.exists(),
        writable=there.is_dir() and os.access(there, os.W_OK | os.X_OK),
        free_bytes=shutil.disk_usage(there).free,
    )


def _look_at_machine(found: Findings) -> None:
    try:
        from engine.environment import environment
        from engine.precision import choose
        from engine.vision import is_broken_pair

        machine = choose("auto", "auto", None, prefers_bf16=True)
        found.environment = environment(machine)
        mended = is_broken_pair()
    except (ImportError, OSError, RuntimeError, MachineError) as error:
        found.problems.append(f"torch or torchvision cannot be used: {error}")
        return
    if mended:
        found.warnings.append(
            "torchvision's compiled operators do not fit this torch; dli works around that. "
            "To mend it, install both from the same place: "
            "pip install 'torch==2.13.*' 'torchvision==0.28.*' with one index for both."
        )


def _print(found: Findings) -> None:
    facts = dict(found.environment)
    columns = (Column("package"), Column("version", styles={"missing": "red"}))
    print_table(columns, list(facts["versions"].items()))
    typer.echo()
    for key in ("system", "processor", "cores"):
        if key in facts:
            typer.echo(f"{key} {facts[key]}")
    for reason in facts.get("reasons", ()):  # device, precision and threads
        typer.echo(reason)
    typer.echo()
    print_table(
        (Column("folder"), Column("path"), Column("state"), Column("free", right=True)),
        [_folder_cells(folder) for folder in found.folders],
    )
    typer.echo()
    for text in found.warnings:
        say(f"warning: {text}")
    for text in found.problems:
        say(f"problem: {text}")
    if not found.problems:
        typer.echo("Everything that dli needs is here.")


def _folder_cells(folder: Folder) -> tuple[str, ...]:
    from tui.format import size

    writable = "writable" if folder.writable else "read only"
    state = writable if folder.exists else f"not there yet, {writable}"
    return (folder.name, folder.path, state, size(folder.free_bytes))
