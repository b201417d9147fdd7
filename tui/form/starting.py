"""From the form to a run: what hinders it, the same as a command, and its start."""

import shlex
from pathlib import Path

from engine.config import RunConfig
from engine.data.registry import FOLDER, find
from engine.errors import DataError, DliError
from engine.models.registry import find as find_model
from engine.runs import RunFolder, runs_dir
from tui import actions
from tui.form.draft import Draft
from tui.form.fields import as_text


def problem_of(config: RunConfig) -> str:
    """Return why a run of a right config could not be started here, or nothing."""
    problem = data_problem(config.dataset)
    if problem:
        return problem
    if config.dataset.startswith(FOLDER):
        return ""  # its pictures' shape is not known yet
    shape = find(config.dataset).shape_for(config.data)
    reason = find_model(config.model.name).refuses(config.model, shape)
    return (
        f"model '{config.model.name}' cannot take pictures of {shape}: {reason}" if reason else ""
    )


def data_problem(dataset: str) -> str:
    """Return why a data set cannot be trained on here, or nothing."""
    try:
        actions.check_dataset(dataset)
    except DataError as error:
        return str(error) if dataset.startswith(FOLDER) else _not_here(dataset)
    except DliError as error:
        return str(error)
    return ""


def _not_here(dataset: str) -> str:
    size = find(dataset).download_mb
    return f"data set '{dataset}' is not on this machine: Data (6) downloads it ({size} MB)."


def command(config: RunConfig, draft: Draft, root: Path, parent: RunFolder | None) -> str:
    """Return the `dli train` command that starts the same run."""
    if parent is None and not draft.study:
        return actions.equivalent_command(config, root, draft.label)
    words = ["dli", "train", *(["--fork", parent.id] if parent else [draft.study])]
    for path, value in draft.changes().items():
        words += ["--set", f"{path}={as_text(value) or 'none'}"]
    if draft.label != draft.study:
        words += ["--name", draft.label or f"{config.dataset}-{config.model.name}"]
    if root.resolve() != runs_dir().resolve():
        words += ["--runs-dir", str(root)]
    return shlex.join(words)


def start(config: RunConfig, root: Path, label: str, parent: RunFolder | None) -> RunFolder:
    """Start a run, or a fork of its parent, in a process of its own, and return at once.

    Raises:
        DataError: the data set is not on this machine.
        RunError: the parent has no weights.
        CheckpointError: they are damaged.
        StorageError: the folder cannot be made.
    """
    if parent is None:
        return actions.start(config, root, label)
    from engine.fork import fork_run
    from engine.spawn import launch

    actions.check_dataset(config.dataset)
    folder = fork_run(root, config, parent, label)
    launch(folder)
    return folder
