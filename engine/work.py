"""Long work as a generator: it yields how far it is, and returns what it made."""

from collections.abc import Callable, Generator
from typing import TypeVar

Step = TypeVar("Step")
Made = TypeVar("Made")


def finish(work: Generator[Step, None, Made], tell: Callable[[Step], object] | None = None) -> Made:
    """Do all of the work, and return what it made; `tell` is called with each step it yields."""
    while True:
        try:
            step = next(work)
        except StopIteration as done:
            made: Made = done.value
            return made
        if tell is not None:
            tell(step)
