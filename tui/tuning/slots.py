"""The configurations of a search, or the trainings of the confirm stage, as a bar by state."""

from collections.abc import Mapping

from rich.text import Text

from tui import format as fmt
from tui.charts import BLUE
from tui.tuning.session import Session

LOOKS: Mapping[str, tuple[str, str]] = {  # the character and the style of each state
    "complete": ("━", "green"),
    "pruned": ("╍", f"color({BLUE})"),
    "infeasible": ("∅", "yellow"),
    "failed": ("×", "red"),
    "earlier": ("═", "dim green"),
    "running": ("┅", "bold cyan"),
    "waiting": ("─", "dim"),
}
_SHORTEST = 8


def slot_bar(session: Session, width: int) -> list[Text]:
    """Return a bar of all configurations by state, and below it how many are in each."""
    counts = session.counts()
    done = f"  {fmt.count(session.finished)} of {fmt.count(session.target)}"
    bar = Text()
    for state, number in cells_of(counts, max(width - len(done), _SHORTEST)).items():
        glyph, style = LOOKS[state]
        bar.append(glyph * number, style)
    legend = Text("  ").join(
        Text.assemble(LOOKS[state], f" {fmt.count(number)} {state}")
        for state, number in counts.items()
        if number
    )
    return [bar.append(done, "bold"), legend]


def cells_of(counts: Mapping[str, int], width: int) -> dict[str, int]:
    """Return how many of `width` cells each state has: its share, and one at least."""
    total = sum(counts.values())
    if not total:
        return {"waiting": width}
    exact = {state: number * width / total for state, number in counts.items() if number}
    cells = {state: max(1, int(share)) for state, share in exact.items()}
    while sum(cells.values()) < width:
        cells[max(cells, key=lambda state: exact[state] - cells[state])] += 1
    while sum(cells.values()) > width:  # the rare states have more than their share
        cells[max(cells, key=lambda state: cells[state])] -= 1
    return cells
