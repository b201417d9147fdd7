"""`dli train`: trains a model, here or in the background, or goes on with an interrupted run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.errors import (
    INTERRUPTED_EXIT_CODE,
    ConfigError,
    DataError,
    DliError,
    MachineError,
    ModelError,
)
from tui.commands import options
from tui.output import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.config import RunConfig
    from engine.control import Control
    from engine.history import History
    from engine.runs import RunFolder
    from tui.settings import Base


def train(
    study: Annotated[
        str | None,
        typer.Argument(help="A study's name or TOML file, whose base is trained.", metavar="STUDY"),
    ] = None,
    *,
    dataset: options.Dataset = None,
    model: options.Model = None,
    epochs: options.Epochs = None,
    batch_size: options.BatchSize = None,
    lr: options.Lr = None,
    seed: options.Seed = None,
    subset: options.Subset = None,
    settings: options.Settings = None,
    no_test: options.NoTest = False,
    device: options.Device = None,
    precision: options.Precision = None,
    threads: options.Threads = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Start from a run's config.json instead of a study.", metavar="FILE"),
    ] = None,
    resume: options.Resume = None,
    fork: options.Fork = None,
    name: options.Name = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Train in the background, and return at once.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each event as a line of JSON on stdout.")
    ] = False,
    runs_dir: options.RunsDir = None,
) -> None:
    """Train a model; without options, a small CNN on digits."""
    from engine import runs
    from tui.actions import refuse_unless_over
    from tui.settings import base_of

    named = {
        "dataset": dataset, "model": model, "epochs": epochs, "batch_size": batch_size, "lr": lr,
        "seed": seed, "subset": subset, "device": device, "precision": precision,
        "threads": threads, "test": False if no_test else None,
    }  # fmt: skip
    root = runs.runs_dir(runs_dir)
    others = {"STUDY": study, "--config": config, "--fork": fork, "--name": name}
    if resume is not None:
        _refuse_changes(others, named, settings)
        folder = runs.find_run(root, resume)
        if detach:
            refuse_unless_over(folder)
    else:
        parent = None if fork is None else _parent(root, fork, others)
        base = base_of(study, parent["config.json"] if parent else config)
        folder = _new_run(base, named, settings or [], _maker(root, name or base.label, parent))
    if detach:
        _start_detached(folder)
    else:
        _train_here(folder, as_json, fresh=resume is None)


def _refuse_changes(
    others: dict[str, Any], named: dict[str, Any], settings: list[str] | None
) -> None:
    given = [word for word, value in others.items() if value is not None]
    given += ["--no-test" if key == "test" else "--" + key.replace("_", "-")
              for key, value in named.items() if value is not None]  # fmt: skip
    given += ["--set"] * bool(settings)
    if given:
        raise ConfigError(
            f"--resume goes on with the run's own config, so it cannot take {', '.join(given)}; "
            "leave that out, or start a new run."
        )


def _parent(root: Path, fork: str, others: dict[str, Any]) -> "RunFolder":
    """Return the run to be forked."""
    from engine.runs import find_run

    for word in ("STUDY", "--config"):
        if others[word] is not None:
            raise ConfigError(
                f"--fork begins with the run's own config, so it cannot take {word}; leave that "
                "out, and change what is to differ with --set."
            )
    return find_run(root, fork)


def _maker(
    root: Path, label: str, parent: "RunFolder | None"
) -> "Callable[[RunConfig], RunFolder]":
    """Return what makes the folder of a new run."""
    from engine.fork import fork_run
    from engine.runs import create_run

    if parent is None:
        return lambda config: create_run(root, config, label)
    return lambda config: fork_run(root, config, parent, label)


def _new_run(
    base: "Base",
    named: dict[str, Any],
    settings: list[str],
    make: "Callable[[RunConfig], RunFolder]",
) -> "RunFolder":
    """Make the folder of a new run once everything about it was checked."""
    from tui.actions import check_dataset
    from tui.settings import build_config

    config, notes = build_config(base.values, named, settings)
    for note in (*base.notes, *notes):
        say(f"note: {note}")
    check_dataset(config.dataset)
    return make(config)


def _start_detached(folder: "RunFolder") -> None:
    from engine.spawn import start
    from tui.console import name_of

    start(folder)
    name = name_of(folder)
    say(
        f"Training in the background: watch it with `dli show {name} --follow`, "
        f"steer it with `dli control {name} pause|continue|stop`."
    )
    typer.echo(folder.id)


def _train_here(folder: "RunFolder", as_json: bool, fresh: bool) -> None:
    from engine.control import Control
    from tui.summary import print_summary

    control = Control(folder)
    try:
        history = _watched(folder, control, as_json)
    except (ConfigError, DataError, ModelError, MachineError):
        if fresh:
            _delete_if_empty(folder)
        raise
    except (KeyboardInterrupt, BrokenPipeError, DliError):
        _say_how_to_resume(folder)
        raise
    if not as_json:
        print_summary(folder, history)
    if history.finished and history.finished.status == "stopped":
        _say_how_to_resume(folder)
        if not _was_told_to_stop(history):
            raise typer.Exit(INTERRUPTED_EXIT_CODE)


def _was_told_to_stop(history: "History") -> bool:
    """Tell whether `dli control` stopped the run since it was started or resumed last."""
    since = history.resumes[-1].time if history.resumes else 0.0
    return any(done.command == "stop" and done.time >= since for done in history.interventions)


def _watched(folder: "RunFolder", control: "Control", as_json: bool) -> "History":
    from engine.session import run
    from engine.signals import stop_on_signals
    from tui.console import choose_mode, watch

    with stop_on_signals(control):
        return watch(run(folder, control), choose_mode(as_json), folder)


def _delete_if_empty(folder: "RunFolder") -> None:
    """Delete the folder of a run that never came to training, because it could not."""
    from engine.runs import delete_run

    state = folder.state()
    if state is None or not (state.total_steps or state.step):
        delete_run(folder)


def _say_how_to_resume(folder: "RunFolder") -> None:
    from tui.console import name_of
    from tui.listing import row

    if row(folder).can_resume:
        say(f"Go on with `dli train --resume {name_of(folder)}`.")
