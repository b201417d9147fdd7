"""Writes docs/RESULTS.md from studies/results/ and the studies' claims: python docs/make_results.py

Run it after `dli results add`; a test checks that the page is what this makes.
"""

from pathlib import Path

from bench.results.keep import read_all
from tui.results_page import page

HERE = Path(__file__).parent
FOLDER = "../studies/results"  # as the page links to it


def made() -> str:
    """Return the page."""
    return page(read_all(HERE / FOLDER), FOLDER)


if __name__ == "__main__":
    (HERE / "RESULTS.md").write_text(made(), encoding="utf-8")
