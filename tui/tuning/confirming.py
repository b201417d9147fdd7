"""The candidates of the confirm stage: what each reached with each fresh seed, and the mean."""

from dataclasses import dataclass
from statistics import fmean

from rich.text import Text

from tui import format as fmt
from tui.tuning.running import States
from tui.tuning.session import Session, outcome
from tui.tuning.words import described, pair

_CELL = 9  # columns of a value
_LEAST_SETTINGS = 16


@dataclass(frozen=True)
class _Candidate:
    number: int
    search: float | None  # what the search found
    values: dict[int, float]  # by seed
    others: dict[int, str]  # how far it is with the other seeds, or how that ended

    @property
    def mean(self) -> float | None:
        return fmean(self.values.values()) if self.values else None


def candidate_table(session: Session, states: States, width: int, room: int) -> list[Text]:
    """Return the candidates, the best mean so far first; of more than `room` lines, how many more.

    The last seeds are shown where there is no room for all.
    """
    found = sorted(_candidates(session, states), key=lambda one: (-(one.mean or -1.0), one.number))
    if not found or room < 2:
        return []
    seeds = sorted({seed for one in found for seed in (*one.values, *one.others)})
    seeds = seeds[-max(1, (width - 3 * _CELL - _LEAST_SETTINGS) // _CELL) :]
    titles = ["trial", "search", *[f"seed {seed}" for seed in seeds], "mean"]
    heading = "".join(f"{title:>{_CELL}}" for title in titles) + "  settings"
    shown = found if len(found) < room else found[: max(room - 2, 0)]
    lines = [Text(heading, style="dim"), *[_row(one, seeds, session) for one in shown]]
    if len(shown) < len(found):
        lines.append(Text(f"and {len(found) - len(shown)} more", style="dim"))
    return lines[:room]


def _candidates(session: Session, states: States) -> list[_Candidate]:
    """Return what is known of each candidate that was taken up."""
    others: dict[int, dict[int, str]] = {}
    for record in session.confirms:
        how = {} if record.state == "complete" else {record.seed: outcome(record)}
        others.setdefault(record.candidate, {}).update(how)
    for number, began in session.running.items():
        candidate, seed = pair(began)
        state = states.get(number)
        how_far = f"{state.epoch}/{state.epochs}" if state else "starting"
        others.setdefault(candidate, {})[seed] = how_far
    return [_candidate(session, number, how) for number, how in others.items()]


def _candidate(session: Session, number: int, others: dict[int, str]) -> _Candidate:
    searched = session.trial(number)
    value = searched.value if searched else None
    return _Candidate(number, value, session.confirmed(number), others)


def _row(one: _Candidate, seeds: list[int], session: Session) -> Text:
    row = Text.assemble(
        (f"{one.number:>{_CELL}}", "bold"), (f"{fmt.percent(one.search):>{_CELL}}", "dim")
    )
    for seed in seeds:
        value = one.values.get(seed)
        text = one.others.get(seed, "·") if value is None else fmt.percent(value)
        style = "" if value is not None else "red" if text in ("infeasible", "failed") else "dim"
        row.append(f"{text[: _CELL - 1]:>{_CELL}}", style)
    row.append(f"{fmt.percent(one.mean):>{_CELL}}", "bold green" if one.values else "dim")
    return row.append(f"  {described(session.params_of(one.number), session)}")
