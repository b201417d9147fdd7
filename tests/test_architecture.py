"""The rules about structure: who imports whom, who never imports torch, and how long things get."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("engine", "bench", "studies", "tui")
SOURCES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 60

TORCH_FREE = (
    "engine.config",
    "engine.events",
    "engine.fork",
    "engine.history",
    "engine.metrics",
    "engine.overrides",
    "engine.record",
    "engine.runs",
    "engine.schedule",
    "engine.preview",
    "engine.spawn",
    "engine.data.registry",
    "engine.data.prepare",
    "engine.data.load",
    "engine.data.listing",
    "engine.models.registry",
    *(f"engine.models.{s.parent.name}.spec" for s in sorted(ROOT.glob("engine/models/*/spec.py"))),
    "bench.spec",
    "bench.resolve",
    "bench.estimate",
    "bench.reading",
    "bench.report.build",
    "bench.reports",
    "bench.results.keep",
    "bench.results.standing",
    "bench.results.summary",
    "bench.steering",
    "bench.tune",
    "bench.ui_cost",
    "bench.catalog",
    "tui.cli",
    "tui.screens.new",
    "tui.report",
    "tui.tuning",
)

_IMPORT_EACH = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    if "torch" in sys.modules:
        sys.exit(f"importing {name} imports torch")
"""


def _module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module_name(file): file for file in SOURCES}


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (module, name) for each import that runs, inside functions too; name may be empty."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                for statement in node.orelse:
                    yield from _imports(statement)
            case ast.Import():
                yield from ((alias.name, "") for alias in node.names)
            case ast.ImportFrom(level=0, module=str(module)):
                yield from ((module, alias.name) for alias in node.names)
            case _:
                yield from _imports(node)


def _imported_modules(file: Path) -> set[str]:
    """Return which of our own modules a file imports."""
    found = set()
    for module, name in _imports(ast.parse(file.read_text())):
        inner = f"{module}.{name}"
        found.add(inner if inner in MODULES else module)
    return found & set(MODULES)


def test_imports_follow_the_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert lint_imports(no_cache=True) == 0


def test_no_imports_go_in_a_circle() -> None:
    graph = {name: _imported_modules(file) - {name} for name, file in MODULES.items()}

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" ← ".join(error.args[1]))


def test_torch_free_rooms_do_not_import_torch() -> None:
    child = subprocess.run(
        [sys.executable, "-c", _IMPORT_EACH, *TORCH_FREE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert child.returncode == 0, child.stderr


def test_no_file_is_too_long() -> None:
    lengths = {_module_name(file): len(file.read_text().splitlines()) for file in SOURCES}

    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{name}.{node.name}": node.end_lineno - node.lineno + 1
        for name, file in MODULES.items()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    }

    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}
