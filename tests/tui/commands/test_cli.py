"""The command line as a whole: help, exit codes, and no traceback for anybody's mistake."""

import importlib.util
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from engine import errors
from tui import cli

Dli = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[3]
COMMANDS = [
    "tui", "train", "tune", "report", "results", "studies", "runs", "show", "watch", "control",
    "data", "models", "settings", "bench", "doctor",
]  # fmt: skip
CHILD = "import sys; sys.argv[0] = 'dli'; from tui.cli import main; main()"


def _child(code: str, *words: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, text=True, check=False, **more
    )


def _cpu_seconds(code: str, *words: str) -> float:
    """Return a child's processor time, which others disturb less than the time that passes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _child(code, *words, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_help_lists_every_command_in_the_order_of_use(dli: Dli, words: tuple[str, ...]) -> None:
    shown = dli(*words)

    listed = [line.split()[0] for line in shown.out.partition("Commands:")[2].splitlines() if line]
    assert shown.code == 0
    assert listed == COMMANDS
    assert "..." not in shown.out.partition("Commands:")[2], "every command's line is whole"


@pytest.mark.parametrize(
    "command", [*COMMANDS, "results add", "runs clean", "data get", "data show"], ids=str.split
)
def test_every_option_has_a_help_text(dli: Dli, command: str) -> None:
    group = typer.main.get_command(cli.app)
    for word in command.split():
        group = group.commands[word]  # type: ignore[attr-defined]

    assert [p.name for p in group.params if not getattr(p, "help", None)] == []
    assert dli(*command.split(), "--help").code == 0


def test_help_imports_neither_torch_nor_numpy_nor_pydantic() -> None:
    look = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {CHILD}"

    modules = _child(look, "--help", capture_output=True).stdout.split()

    assert {"typer", "tui.cli"} <= set(modules)
    assert {"torch", "numpy", "pydantic", "textual", "rich"}.isdisjoint(modules)


def test_help_takes_at_most_two_and_a_half_times_as_long_as_importing_typer_and_rich() -> None:
    pairs = [(_cpu_seconds(CHILD, "--help"), _cpu_seconds("import typer, rich")) for _ in range(7)]
    help_, imports = (min(times) for times in zip(*pairs, strict=True))

    assert help_ <= 2.5 * imports


def test_the_version_is_told(dli: Dli) -> None:
    assert dli("--version").out.startswith("dli")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("trian",), "No such command 'trian'. Did you mean 'train'?"),
        (("train", "--epcohs", "3"), "--epochs"),
        (("train", "--epochs", "many"), "'--epochs'"),
        (("control", "last"), "Missing argument 'COMMAND'"),
    ],
)
def test_wrong_usage_is_told_with_the_nearest_and_exit_code_2(
    dli: Dli, words: tuple[str, ...], sentence: str
) -> None:
    shown = dli(*words)

    assert shown.code == 2
    assert sentence in shown.err
    assert shown.out == ""


def test_every_kind_of_error_is_one_line_with_its_own_exit_code(
    dli: Dli, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = [errors.DliError, *errors.DliError.__subclasses__()]
    codes = []
    for kind in kinds:
        monkeypatch.setattr(cli, "app", _raising(kind("the disk, say, is full.")))
        shown = dli()
        codes.append(shown.code)
        assert shown.err == "dli: error: the disk, say, is full.\n"

    assert len(kinds) >= 9
    assert len(set(codes)) == len(codes)
    assert 0 not in codes


def _raising(error: BaseException) -> Callable[..., None]:
    def app(prog_name: str) -> None:
        raise error

    return app


def test_a_bug_is_one_sentence_too(dli: Dli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DLI_DEBUG", raising=False)
    monkeypatch.setattr(cli, "app", _raising(ZeroDivisionError("division by zero")))

    shown = dli()

    assert shown.code == 1
    assert "this is a bug in dli: ZeroDivisionError: division by zero" in shown.err
    assert "DLI_DEBUG=1" in shown.err
    assert shown.err.count("\n") == 1


def test_a_bug_shows_its_traceback_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLI_DEBUG", "1")
    monkeypatch.setattr(cli, "app", _raising(ZeroDivisionError()))

    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_a_system_without_file_locks_gets_a_sentence(
    dli: Dli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    shown = dli("--help")

    assert shown.code == errors.MachineError.exit_code
    assert shown.err.startswith("dli: error: dli runs on Linux and macOS only")


def test_a_reader_that_goes_away_is_no_error_on_the_screen() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"], stdin=subprocess.PIPE) as reader:
        reader.wait()
        child = _child(CHILD, "data", "--json", stdout=reader.stdin, stderr=subprocess.PIPE)

    assert child.stderr == ""
    assert child.returncode == 1
