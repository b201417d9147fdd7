"""Panels stand in the Run screen: its lab with recorded runs is theirs too."""

from tests.tui.screens.conftest import _still, lab, prepared_digits, runs

__all__ = ["_still", "lab", "prepared_digits", "runs"]
