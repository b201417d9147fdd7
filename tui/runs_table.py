"""The table of runs: which are shown in which order, which columns fit, and its lines of text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text

from engine.runs import RunState
from tui.listing import LIVE, RunRow, folded, is_study
from tui.names import short_dataset
from tui.runs_columns import (
    COLUMNS,
    NARROW_STATE,
    TO_ASCII,
    Column,
    Look,
    progress,
    short_name,
)

_GAP = 2
_MARK = 2  # columns before the first, for the mark
_ALWAYS = ("state", "run", "best", "curve", "epochs", "age")
_WHERE_ROOM, _LAST = ("time", "test"), ("data", "model")  # the name mostly tells the last ones
_FIXED = {"state": 13, "best": 9, "test": 8, "time": 9, "age": 6}
_LEAST_CURVE, _MOST_CURVE = 8, 32
_LEAST_RUN, _MOST_RUN, _MOST_NAME = 16, 36, 20
_ROOMY = 96  # columns from which on a state has its sign


def select(rows: Iterable[RunRow], words: str, *, fold: bool) -> list[RunRow]:
    """Return the rows that have all the words in id, data, model, state or study.

    Live ones come first, then the newest. With `fold`, those of a study are one row.
    """
    wanted = words.lower().split()
    kept = sorted((shown for shown in rows if _fits(shown, wanted)), key=_liveliness)
    return (folded(kept) if fold else kept)[::-1]


def _fits(shown: RunRow, wanted: Sequence[str]) -> bool:
    facts = shown.facts
    known = (facts.dataset, facts.model, facts.study or "") if facts else ()
    text = " ".join((shown.run, shown.state, *known)).lower()
    return all(word in text for word in wanted)


def in_order(rows: Sequence[RunRow], column: Column, *, is_reversed: bool) -> list[RunRow]:
    """Return the rows sorted by a column; those without a value come last either way."""
    having = [shown for shown in rows if column.key(shown) is not None]
    lacking = [shown for shown in rows if column.key(shown) is None]
    return sorted(having, key=column.key, reverse=column.falls != is_reversed) + lacking


def champions(rows: Iterable[RunRow]) -> frozenset[str]:
    """Return the ids of the runs with the best val accuracy on each data set."""
    best: dict[str, tuple[float, str]] = {}
    for shown in rows:
        facts = shown.facts
        if facts and facts.best_value is not None and facts.best_metric == "val_accuracy":
            found = (facts.best_value, shown.run)
            best[facts.dataset] = max(best.get(facts.dataset, found), found)
    return frozenset(run for _, run in best.values())


def _liveliness(shown: RunRow) -> tuple[bool, float]:
    return shown.state in LIVE, shown.facts.started if shown.facts else 0.0


@dataclass(frozen=True)
class Layout:
    """The columns that fit, each with its width; `is_short` says that runs' days are left out."""

    widths: tuple[tuple[Column, int], ...]
    is_short: bool

    def header(self, sorted_by: Column, *, is_reversed: bool, ascii_only: bool) -> Text:
        """Return the line of titles; each is a link that sorts."""
        signs = "+-" if ascii_only else "▲▼"
        line = Text(" " * _MARK, no_wrap=True)
        for column, width in self.widths:
            title = Text(column.title)
            if column is sorted_by:
                falls = column.falls != is_reversed
                title = Text(f"{column.title}{signs[falls]}", style="bold")
            title.apply_meta({"@click": f"screen.sort_by({column.name!r})"})
            line.append_text(_fitted(title, width, column.right, ascii_only)).append(" " * _GAP)
        return line

    def line(self, shown: RunRow, look: Look) -> Text:
        """Return the line of a run."""
        line = _mark(shown, look)
        for column, width in self.widths:
            room = 0 if self.is_short and column.name == "run" else width  # all or none are short
            text = _fitted(column.text(shown, look, room), width, column.right, look.ascii_only)
            line.append_text(text).append(" " * _GAP)
        return line


def _mark(shown: RunRow, look: Look) -> Text:
    if shown.run not in look.marked:
        return Text(" " * _MARK, no_wrap=True)
    place = look.marked.index(shown.run)
    color = look.palette.runs[place % len(look.palette.runs)]
    return Text.assemble(("*" if look.ascii_only else "◆", color), " ", no_wrap=True)


def _fitted(text: Text, width: int, right: bool, ascii_only: bool) -> Text:
    """Return the text in just `width` cells; of a longer one the middle is left out."""
    if text.cell_len > width:
        tail = (width - 1) // 2
        head = text[: width - 1 - tail]
        text = Text.assemble(head, "~" if ascii_only else "…", text[len(text) - tail :])
        text.truncate(width)
    if ascii_only:
        text.plain = text.plain.translate(TO_ASCII)
    blank = " " * (width - text.cell_len)
    return Text.assemble(blank, text) if right else Text.assemble(text, blank)


def lay_out(rows: Sequence[RunRow], width: int) -> Layout:
    """Return the columns that fit into `width` cells; the most useful ones are never left out."""
    full = _longest(len(shown.run) for shown in rows if not is_study(shown))
    full = min(full, _MOST_RUN)  # one long name must not push columns out
    short = min(_longest(len(short_name(shown)) for shown in rows), _MOST_RUN)
    needs = _FIXED | {
        "state": _FIXED["state"] if width >= _ROOMY else NARROW_STATE,
        "run": max(short, _LEAST_RUN),
        "curve": _LEAST_CURVE,
        "epochs": max(7, _longest(len(progress(shown)) for shown in rows)),
        "data": _name_width(facts.dataset for facts in _facts(rows)),
        "model": _name_width(facts.model for facts in _facts(rows)),
    }
    names = _with_more(_ALWAYS, _WHERE_ROOM, needs, width)
    _widen(needs, "run", full, _spare(names, needs, width))
    names = _with_more(names, _LAST, needs, width)
    curve = max(_LEAST_CURVE, _longest(len(facts.sparkline) for facts in _facts(rows)))
    _widen(needs, "curve", min(curve, _MOST_CURVE), _spare(names, needs, width))
    needs["run"] += _spare(names, needs, width)  # what is left, or more than there is
    widths = [(column, needs[column.name]) for column in COLUMNS if column.name in names]
    return Layout(tuple(widths), is_short=needs["run"] < full)


def _with_more(
    names: Sequence[str], others: Sequence[str], needs: dict[str, int], width: int
) -> list[str]:
    """Return the columns' names and those of the others for which there is room."""
    found = list(names)
    for name in others:
        if _spare([*found, name], needs, width) >= 0:
            found.append(name)
    return found


def _widen(needs: dict[str, int], name: str, wanted: int, spare: int) -> None:
    needs[name] += max(0, min(wanted - needs[name], spare))


def _spare(names: Sequence[str], needs: dict[str, int], width: int) -> int:
    return width + _GAP - _MARK - sum(needs[name] + _GAP for name in names)


def _longest(lengths: Iterable[int]) -> int:
    return max(lengths, default=0)


def _name_width(names: Iterable[str]) -> int:
    return max(6, min(_longest(len(short_dataset(name)) for name in set(names)), _MOST_NAME))


def _facts(rows: Iterable[RunRow]) -> Iterable[RunState]:
    return (shown.facts for shown in rows if shown.facts)
