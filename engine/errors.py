"""The one tree of errors that a user can cause, each kind with its exit code.

A text says what was wrong with which value, what is allowed or nearest, and what to do.
Programmers' mistakes are asserts, not these.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class DliError(Exception):
    """Something that the user can mend; its text is the whole message."""

    exit_code = 1


class ConfigError(DliError):
    """A key, value or name that no run can have."""

    exit_code = 2


class DataError(DliError):
    """Pictures that are missing, damaged or not usable as a data set."""

    exit_code = 3


class ModelError(DliError):
    """A model that cannot be built for these pictures."""

    exit_code = 4


class RunError(DliError):
    """A run folder that is missing, in use, finished, or not one of ours."""

    exit_code = 5


class CheckpointError(DliError):
    """A checkpoint that is cut, foreign or tampered with."""

    exit_code = 6


class DivergedError(DliError):
    """Training met a loss that is not a finite number."""

    exit_code = 7


class StorageError(DliError):
    """A disk that is full, read-only or gone."""

    exit_code = 8


class MachineError(DliError):
    """A device, precision or library that this machine does not have."""

    exit_code = 9


INTERRUPTED_EXIT_CODE = 130


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"` for the known word closest to `word`, or an empty text."""
    matches = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" Did you mean '{matches[0]}'?" if matches else ""


def unknown(kind: str, word: str, known: Iterable[str], remedy: str) -> str:
    """Return the sentence for a name that is not in a list, with the nearest and the remedy."""
    return f"unknown {kind} '{word}'.{nearest(word, known)} {remedy}"
