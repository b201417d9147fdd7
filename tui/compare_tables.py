"""The tables of the Compare screen, and the sentence above them."""

from collections.abc import Sequence

from rich.text import Text

from bench.paired import Paired
from bench.stats import holm
from engine.config import RunConfig
from tui import comparing
from tui import format as fmt
from tui.comparing import Figure, Judged
from tui.sources import RunView

FIGURE_COLUMNS = ("#", "run", "best val (95 %)", "points over base (95 %)", "test (95 %)", "epoch",
                  "time", "parameters")  # fmt: skip
_RUN, _LEAST_RUN, _PADDING = 1, 9, 2
Rival = tuple[RunView, Judged | None]


def figure_rows(rivals: Sequence[Rival], base: str, colors: Sequence[str]) -> list[list[Text]]:
    """Return a row of cells for each run."""
    pairs, sure = _pairs(rivals, base)
    rows = []
    for number, ((view, _), pair) in enumerate(zip(rivals, pairs, strict=True), start=1):
        history, prepared = view.history, view.history.prepared
        best = history.best_epoch
        rows.append(
            [
                Text(str(number), style=f"bold {colors[number - 1]}"),
                Text(view.folder.id, style=colors[number - 1]),
                _interval(comparing.best_val(history)),
                _gap(pair, _unpaired(rivals, number - 1, base), sure[number - 1]),
                _interval(comparing.test_figure(history)),
                Text(f"{best or fmt.MISSING} of {len(history.epochs)}"),
                Text(fmt.duration(comparing.seconds_trained(history))),
                Text(fmt.count(prepared.num_parameters) if prepared else fmt.MISSING),
            ]
        )
    return rows


def fitted(rows: list[list[Text]], width: int) -> tuple[tuple[str, ...], list[list[Text]]]:
    """Return the first columns that fit, with their headings; a run's name gives way first."""
    widths = [
        max(len(heading), *(row[place].cell_len for row in rows)) + _PADDING
        for place, heading in enumerate(FIGURE_COLUMNS)
    ]
    needed = sum(widths[:4])
    if needed > width:
        room = max(widths[_RUN] - (needed - width) - _PADDING, _LEAST_RUN)
        for row in rows:  # the end of an id tells runs apart
            row[_RUN] = Text("…" + row[_RUN].plain[-room + 1 :], style=row[_RUN].style)
        widths[_RUN] = room + _PADDING
    count = sum(sum(widths[: place + 1]) <= width for place in range(len(widths)))
    return FIGURE_COLUMNS[:count], [row[:count] for row in rows]


def _pairs(rivals: Sequence[Rival], base: str) -> tuple[list[Paired | None], list[bool]]:
    """Return each run's comparison with the base, and whether it stands after Holm's correction."""
    of_base = next((known for view, known in rivals if view.folder.id == base), None)
    pairs = [
        None if view.folder.id == base else comparing.against(known, of_base)
        for view, known in rivals
    ]
    told = [place for place, pair in enumerate(pairs) if pair is not None]
    stands = holm([pair.p for pair in pairs if pair is not None])
    sure = [False] * len(pairs)
    for place, holds in zip(told, stands, strict=True):
        sure[place] = holds
    return pairs, sure


def _interval(figure: Figure | None) -> Text:
    if figure is None:
        return Text(fmt.MISSING, style="dim")
    spread = f" ({100 * figure.low:.2f} to {100 * figure.high:.2f})"
    return Text.assemble((fmt.percent(figure.value), "bold"), (spread, "dim"))


def _unpaired(rivals: Sequence[Rival], place: int, base: str) -> str:
    """Return what stands in place of a comparison with the base, where there is none."""
    view, known = rivals[place]
    if view.folder.id == base:
        return "base"
    if not view.history.has_val:
        return "no val"
    if known is None:
        return "not judged yet"
    is_judged = any(known for view, known in rivals if view.folder.id == base)
    return "other pictures" if is_judged else "base not judged yet"


def _gap(pair: Paired | None, unpaired: str, is_sure: bool) -> Text:
    if pair is None:
        return Text(unpaired, style="dim")
    text = f"{100 * pair.difference:+.2f} ({100 * pair.low:+.2f} to {100 * pair.high:+.2f})"
    chance = "p < 0.001" if pair.p < 0.001 else f"p = {pair.p:.3f}"
    return Text.assemble((text, "bold" if is_sure else ""), (f"  {chance}", "dim"))


def verdict(rivals: Sequence[Rival], base: str) -> Text:
    """Return in a sentence which runs really differ from the base on the val pictures."""
    pairs, sure = _pairs(rivals, base)
    numbers = range(1, len(pairs) + 1)
    better = [n for n, pair, ok in zip(numbers, pairs, sure, strict=True)
              if pair and ok and pair.difference > 0]  # fmt: skip
    worse = [n for n, pair, ok in zip(numbers, pairs, sure, strict=True)
             if pair and ok and pair.difference < 0]  # fmt: skip
    if not any(pairs):
        waiting = [n for n, (view, known) in zip(numbers, rivals, strict=True)
                   if known is None and view.history.has_val]  # fmt: skip
        if waiting:
            return Text(f"No paired test: {_named(waiting)} not judged on val yet.", "dim")
        return Text("The runs were not judged on the same val pictures; no paired test.", "dim")
    parts = [f"{_named(better)} better"] * bool(better) + [f"{_named(worse)} worse"] * bool(worse)
    own = next((n for n, (view, _) in zip(numbers, rivals, strict=True)
                if view.folder.id == base), 0)  # fmt: skip
    told = " and ".join(parts) + f" than {own}" if parts else f"No run differs for sure from {own}"
    return Text(f"{told} on the same val pictures (one seed each).")


def _named(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers)) + (" is" if len(numbers) == 1 else " are")


def setting_rows(configs: Sequence[RunConfig]) -> list[list[Text]]:
    """Return a row for each setting that is not the same everywhere."""
    found = comparing.differing(configs)
    if not found:
        same = Text("all settings are the same", style="dim")
        return [[same, *[Text()] * len(configs)]]
    return [[Text(path), *[Text(_written(value)) for value in values]] for path, values in found]


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return str(list(value))
    known = value is None or isinstance(value, bool | int | float | str)
    return fmt.setting(value) if known else str(value)  # type: ignore[arg-type]
