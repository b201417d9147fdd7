import subprocess
import sys

_DRAW = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("sample", sys.argv[1])
sample = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sample)
from tui.report import print_report, render
print_report(sample.small_report())
for kind in ("md", "html", "json", "csv"):
    render(sample.small_report(), kind)
heavy = {"torch", "optuna", "scipy", "sklearn", "textual"} & set(sys.modules)
sys.exit(f"imports {heavy}" if heavy else 0)
"""


def test_a_report_is_drawn_without_any_heavy_library() -> None:
    sample = __file__.replace("test_imports", "conftest")

    child = subprocess.run(
        [sys.executable, "-P", "-c", _DRAW, sample], capture_output=True, text=True, check=False
    )

    assert child.returncode == 0, child.stderr
    assert "Verdict: better" in child.stdout
