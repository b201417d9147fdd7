"""The columns of the table of runs: what stands in them, and what to sort by. Cheap to import."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rich.text import Text

from engine.runs import RunState
from tui import format as fmt
from tui.listing import ENDED, LIVE, RunRow, is_study, state_word
from tui.names import short_dataset, state_color, state_sign
from tui.palette import Palette

_STATES = (*LIVE, "interrupted", "failed", "stopped", "pruned", "completed", "unreadable")
TO_ASCII = str.maketrans("▁▂▃▄▅▆▇█–×", ".:-=+*#@-x")
_BLOCKS = "▁▂▃▄▅▆▇"  # not the whole block: curves of neighbouring lines would touch
NARROW_STATE = 11  # columns that a state takes without its sign
_HASH, _RUNS = re.compile(r"@[0-9a-f]+"), re.compile(r"\((\d+) runs?\)$")
_DATE, _DAY = re.compile(r"((?:\d{8}-)?\d{6}-)(.+)"), re.compile(r"^\d{8}-(?=\d{6}-)")


@dataclass(frozen=True)
class Look:
    """What the drawing depends on besides the runs: `marked` and `champions` are ids of runs."""

    palette: Palette
    ascii_only: bool
    now: float
    marked: tuple[str, ...] = ()
    champions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Column:
    """A column: what to sort by (None goes last), and the text for a width.

    `falls`: sorting begins with the largest.
    """

    name: str
    title: str
    key: Callable[[RunRow], Any]
    text: Callable[[RunRow, Look, int], Text]
    right: bool = False
    falls: bool = False


def _known(get: Callable[[RunState], Any]) -> Callable[[RunRow], Any]:
    return lambda shown: get(shown.facts) if shown.facts else None


def _plain(get: Callable[[RunState], str]) -> Callable[[RunRow, Look, int], Text]:
    return lambda shown, _look, _width: Text(get(shown.facts) if shown.facts else "")


def _state(shown: RunRow, look: Look, width: int) -> Text:
    word = state_word(shown)
    if word == ENDED:
        return Text(word, "dim")
    has_sign = width > NARROW_STATE and not look.ascii_only
    sign = f"{state_sign(shown.state, ascii_only=False)} " if has_sign else ""
    return Text(f"{sign}{shown.state}", style=state_color(shown.state, look.palette))


def _run(shown: RunRow, look: Look, width: int) -> Text:
    """Return the run's name, without its day where there is no room; a study's without its hash."""
    if is_study(shown):
        name, _, number = shown.run.partition(" ")
        if len(shown.run) > width:
            name, number = _HASH.sub("", name), f"×{_number(shown)}"
        return Text.assemble((name, look.palette.accent), (f" {number}", "dim"))
    name = shown.run if len(shown.run) <= width else short_name(shown)
    weight = "bold" if shown.state in LIVE else ""
    date = _DATE.fullmatch(name)
    return Text.assemble((date[1], "dim"), (date[2], weight)) if date else Text(name, weight)


def short_name(shown: RunRow) -> str:
    """Return a run's name without its day, and a study's without its hash."""
    if is_study(shown):
        return f"{_HASH.sub('', shown.run.partition(' ')[0])} x{_number(shown)}"
    return _DAY.sub("", shown.run)


def _number(shown: RunRow) -> str:
    """Return how many runs a row of a study stands for."""
    found = _RUNS.search(shown.run)
    return found[1] if found else ""


def _best(shown: RunRow, look: Look, _width: int) -> Text:
    if shown.facts is None:
        return Text()
    text = fmt.metric(shown.facts.best_metric, shown.facts.best_value)
    return Text(text, style=f"bold {look.palette.good}" if shown.run in look.champions else "")


def _test(shown: RunRow, _look: Look, _width: int) -> Text:
    """Return the test accuracy; of a study's runs none, as no one of them was chosen by it."""
    if shown.facts is None or is_study(shown):
        return Text()
    return Text(fmt.percent(shown.facts.test_accuracy))


def _best_key(shown: RunRow) -> tuple[bool, float] | None:
    facts = shown.facts
    if facts is None or facts.best_value is None:
        return None
    rises = facts.best_metric.endswith("accuracy")
    return rises, facts.best_value if rises else -facts.best_value


def _curve(shown: RunRow, look: Look, width: int) -> Text:
    values = shown.facts.sparkline if shown.facts else ()
    if len(values) > width:  # the best value of each part: the whole curve is seen, and its peak
        ends = [cell * len(values) // width for cell in range(width + 1)]
        values = tuple(_highest(values[first:end]) for first, end in pairwise(ends))
    return Text(_blocks(values), look.palette.val)


def _highest(values: Sequence[float]) -> float:
    return max((value for value in values if math.isfinite(value)), default=math.nan)


def _blocks(values: Sequence[float]) -> str:
    """Return a block for each value; only the highest gets the tallest, so that it stands out."""
    finite = [value for value in values if math.isfinite(value)]
    low, span = min(finite, default=0.0), max(finite, default=0.0) - min(finite, default=0.0)
    steps = (len(_BLOCKS) - 1) / (span or 1.0)
    return "".join(
        _BLOCKS[int((value - low) * steps) if span else len(_BLOCKS) // 2]
        if math.isfinite(value) else " "
        for value in values
    )  # fmt: skip


def _share(facts: RunState) -> float:
    return facts.epoch / max(facts.epochs, 1)


def _epochs(shown: RunRow, look: Look, _width: int) -> Text:
    style = look.palette.good if shown.state in LIVE else ""
    return Text(progress(shown), style=style)


def progress(shown: RunRow) -> str:
    """Return the epochs done of those to do: `7/15`."""
    return f"{shown.facts.epoch}/{shown.facts.epochs}" if shown.facts else ""


def _age(shown: RunRow, look: Look, _width: int) -> Text:
    return Text(fmt.short_age(look.now - shown.facts.started) if shown.facts else "")


AGE = Column("age", "age", _known(lambda facts: facts.started), _age, right=True, falls=True)
COLUMNS = (
    Column("state", "state", lambda shown: _STATES.index(shown.state), _state),
    Column("run", "run", lambda shown: shown.run, _run),
    Column("data", "data", _known(lambda facts: facts.dataset),
           _plain(lambda facts: short_dataset(facts.dataset))),
    Column("model", "model", _known(lambda facts: facts.model), _plain(lambda facts: facts.model)),
    Column("best", "best val", _best_key, _best, right=True, falls=True),
    Column("test", "test", _known(lambda facts: facts.test_accuracy),
           _test, right=True, falls=True),
    Column("curve", "curve", _known(lambda facts: (facts.sparkline or (None,))[-1]),
           _curve, falls=True),
    Column("epochs", "epochs", _known(_share), _epochs, right=True, falls=True),
    Column("time", "time", _known(lambda facts: facts.seconds),
           _plain(lambda facts: fmt.duration(facts.seconds)), right=True, falls=True),
    AGE,
)  # fmt: skip
