"""Writes docs/EXPERIMENTS.md and docs/curves/*.svg: python docs/make_experiments.py

Run it after `dli results add`, or when a recipe changed; a test checks that they are what it makes.
"""

from pathlib import Path

from bench.results.keep import read_all
from tui.experiments.page import CURVES, Experiments, experiments

HERE = Path(__file__).parent
FOLDER = "../studies/results"  # as the page links to it


def made() -> Experiments:
    """Return the page and its pictures."""
    folder = HERE / FOLDER
    return experiments(read_all(folder), folder, FOLDER)


def write(found: Experiments) -> None:
    """Write both, in place of what was there."""
    (HERE / "EXPERIMENTS.md").write_text(found.text, encoding="utf-8")
    curves = HERE / CURVES
    curves.mkdir(exist_ok=True)
    for old in curves.glob("*.svg"):
        if old.name not in found.pictures:
            old.unlink()
    for name, text in found.pictures.items():
        (curves / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(made())
