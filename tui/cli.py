"""`dli`, the command line: commands import what they need when they run, so help is quick."""

import errno
import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from engine.errors import DliError, MachineError, StorageError
from tui.commands.bench import bench
from tui.commands.control import control
from tui.commands.data import data
from tui.commands.doctor import doctor
from tui.commands.models import models
from tui.commands.report import report
from tui.commands.results import results
from tui.commands.runs import runs
from tui.commands.settings import settings
from tui.commands.show import show
from tui.commands.studies import studies
from tui.commands.train import train
from tui.commands.tui import tui
from tui.commands.tune import tune
from tui.commands.watch import watch
from tui.output import say


class _InOrder(TyperGroup):
    """Lists the commands in the order of use; Typer puts those with sub-commands last."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [
            "tui",
            "train",
            "tune",
            "report",
            "results",
            "studies",
            "runs",
            "show",
            "watch",
            "control",
            "data",
            "models",
            "settings",
            "bench",
            "doctor",
        ]


app = typer.Typer(
    cls=_InOrder,
    help="Deep Learning with Images: train, watch and compare image classifiers in the terminal.",
    rich_markup_mode=None,  # drawing the help with Rich would take longer than all the rest
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(tui)
app.command()(train)
app.command()(tune)
app.command()(report)
app.add_typer(results)
app.add_typer(studies)
app.add_typer(runs)
app.command()(show)
app.command()(watch)
app.command()(control)
app.add_typer(data)
app.command()(models)
app.command()(settings)
app.command()(bench)
app.command()(doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"dli {version('dli')}")
        except PackageNotFoundError:
            typer.echo("dli, not installed: it runs from a checkout")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option(
        "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
    ),
]


@app.callback(invoke_without_command=True)
def dli(context: typer.Context, version: Version = False) -> None:  # noqa: ARG001
    """Say what there is when nothing is asked for."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line and leave with its exit code; a user's mistake gets one line.

    Exit codes: 0, 1 for a bug, 2 for wrong usage, 130 after ^C, and those of `engine.errors`.
    """
    _fill_closed_streams()
    try:
        _require_posix()
        try:
            _run()
        finally:
            sys.stdout.flush()
    except DliError as error:
        say(f"dli: error: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # whoever read our output went away, like `head`
        _forget_output()
        sys.exit(1)
    except Exception as error:
        if os.environ.get("DLI_DEBUG"):
            raise
        sys.exit(_told(error))


def _run() -> None:
    """Run the command.

    A bare `dli tui` has nothing to parse; for that, Typer would import pydantic first, which is a
    fifth of the time until the first frame.
    """
    if sys.argv[1:] == ["tui"]:
        tui()
    else:
        app(prog_name="dli")


def _told(error: Exception) -> int:
    """Say what nobody foresaw; return the exit code."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
        _forget_output()
        say(f"dli: error: cannot write the output: {error.strerror}.")
        return StorageError.exit_code
    say(
        f"dli: this is a bug in dli: {type(error).__name__}: {error}; "
        "run again with DLI_DEBUG=1 for the traceback."
    )
    return 1


def _fill_closed_streams() -> None:
    """Give a process that was started without stdout or stderr (`>&-`) one that goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115  # for the whole process


def _forget_output() -> None:
    """Send what is still to be flushed nowhere, so that Python's last flush does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _require_posix() -> None:
    if importlib.util.find_spec("fcntl") is None:
        raise MachineError("dli runs on Linux and macOS only: this system has no file locks.")
