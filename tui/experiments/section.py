"""The section of a lesson: why, what differs, what was measured, what follows, what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.report.words import counted, listed, points
from bench.results.contrast import contrast, gap_of
from bench.results.differing import changes
from bench.results.recipe import slug
from bench.results.standing import HARDER, Standing
from tui import claims
from tui import format as fmt
from tui.experiments import words
from tui.experiments.curves import chart_of
from tui.experiments.drawing import Chart
from tui.experiments.lesson import Arm, Lesson, Pair
from tui.markdown_table import table

RESULTS_PAGE = "RESULTS.md"


@dataclass(frozen=True)
class Place:
    """Where things lie, as links from the page have it: result files by id, and the pictures."""

    files: Mapping[int, str]
    curves: str


def section(lesson: Lesson, standings: Sequence[Standing], place: Place) -> Iterator[str]:
    """Yield the section's parts: first what it is about, then what is known on each data."""
    yield lesson.why
    yield "\n".join(f"- {_differing(pair)}" for pair in lesson.pairs)
    for data in _data_of(lesson, standings):
        yield from _on(lesson, data, standings, place)


def charts(lesson: Lesson, standings: Sequence[Standing]) -> Iterator[tuple[str, Chart]]:
    """Yield the lesson's pictures with their names, one for each data that something ran on."""
    for data in _data_of(lesson, standings):
        chart = chart_of(lesson, data, _shown(lesson, data, standings))
        if chart is not None:
            yield _picture(lesson, data), chart


def _picture(lesson: Lesson, data: str) -> str:
    return f"{lesson.key}-{slug(data)}"


def _differing(pair: Pair) -> str:
    for arm in (pair.before, pair.after):
        if not arm.is_there:
            return f"`{arm.study}`: there is no such recipe yet."
    found = changes(pair.before.config, pair.after.config)
    return words.differing(_name(pair.before), _name(pair.after), found)


def _name(arm: Arm) -> str:
    return " ".join([arm.study, *(f"--set {setting}" for setting in arm.settings)])


def _belongs(pair: Pair, data: str) -> bool:
    own = {arm.own_data for arm in (pair.before, pair.after) if arm.is_there}
    return data in own or HARDER.get(data) in own


def _data_of(lesson: Lesson, standings: Sequence[Standing]) -> list[str]:
    """Return the data that its recipes ran on; of a pair that ran nowhere, its own."""
    found: dict[str, None] = {}
    for pair in lesson.pairs:
        arms = (pair.before, pair.after)
        own = next((arm.own_data for arm in arms if arm.is_there), None)
        kinds = [own, *(harder for harder, copied in HARDER.items() if copied == own)]
        ran = [d for d in kinds if d and any(arm.of(standings, d) for arm in arms)]
        found |= dict.fromkeys(ran or [kind for kind in kinds[:1] if kind])
    return list(found)


def _shown(lesson: Lesson, data: str, standings: Sequence[Standing]) -> dict[int, Standing]:
    """Return what the lesson's recipes reached on the data, by their places in the lesson."""
    found = {place: arm.of(standings, data) for place, arm in enumerate(lesson.arms)}
    return {place: standing for place, standing in found.items() if standing}


def _on(lesson: Lesson, data: str, standings: Sequence[Standing], place: Place) -> Iterator[str]:
    """Yield what is known on one kind of data."""
    shown = _shown(lesson, data, standings)
    pairs = [pair for pair in lesson.pairs if _belongs(pair, data)]
    yield f"### On {data}"
    if shown:
        yield _table(list(shown.values()))
        yield _files(list(shown.values()), place)
    said = "\n".join(f"- {text}" for pair in pairs for text in _said(pair, data, standings))
    if said:
        yield said
    if chart_of(lesson, data, shown):
        yield f"![{lesson.title}: curves on {data}]({place.curves}/{_picture(lesson, data)}.svg)"
    yield from _missing(pairs, data, standings)


def _table(shown: Sequence[Standing]) -> str:
    headings = ("recipe", "parameters", "accuracy", "n", "train − val, points", "epochs")
    right = ("parameters", "n", "train − val, points")
    return table(headings, [_row(standing) for standing in shown], right)


def _row(standing: Standing) -> tuple[str, ...]:
    gap = gap_of(standing)
    return (
        f"[`{_full_name(standing)}`]({RESULTS_PAGE}{_anchor(standing)})",
        fmt.count(standing.used[0].num_parameters),
        claims.reached(standing),
        str(len(standing.used)),
        fmt.MISSING if gap is None else points(gap).removesuffix(" points"),
        claims.epochs(standing),
    )


def _files(shown: Sequence[Standing], place: Place) -> str:
    """Return the files that the figures come from, a link for each seed."""
    parts = []
    for standing in shown:
        links = ", ".join(f"[{r.seed}]({place.files[id(r)]})" for r in standing.results)
        parts.append(f"`{_full_name(standing)}` {links}")
    return f"Files by seed: {'; '.join(parts)}."


def _full_name(standing: Standing) -> str:
    return f"{standing.study.name} {standing.variant}".strip()


def _anchor(standing: Standing) -> str:
    if standing.claim:
        return "#reference-systems"
    return "#speed-records" if not standing.study.config.data.has_val else "#other-recipes"


def in_short(lessons: Sequence[Lesson], standings: Sequence[Standing]) -> Iterator[str]:
    """Yield a table with a line for each comparison that was measured, and what remains."""
    rows, waiting = [], 0
    for lesson in lessons:
        for pair, data in _comparisons(lesson, standings):
            before, after = pair.before.of(standings, data), pair.after.of(standings, data)
            found = contrast(before, after) if before and after else None
            if found is None:
                waiting += 1
            else:
                differing = len(changes(pair.before.config, pair.after.config))
                rows.append((pair.what, str(differing), data, *words.in_short(found)))
    if rows:
        yield "What each change of recipe did, in percentage points; more is in its section."
        headings = ("with it", "settings", "on", "change of accuracy", "of train − val", "so it is")
        yield table(headings, rows, ("settings", *headings[3:5]))
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        yield f"{counted(waiting, 'comparison')} {verb} for runs; each section says for which."


def _comparisons(lesson: Lesson, standings: Sequence[Standing]) -> Iterator[tuple[Pair, str]]:
    for data in _data_of(lesson, standings):
        yield from ((pair, data) for pair in lesson.pairs if _belongs(pair, data))


def _said(pair: Pair, data: str, standings: Sequence[Standing]) -> Iterator[str]:
    """Yield what a pair tells, once both of it ran on the data."""
    before, after = pair.before.of(standings, data), pair.after.of(standings, data)
    found = contrast(before, after) if before and after else None
    if found is not None:
        parts = (
            words.verdict(pair.what, found),
            words.over_fitting(found, changes(pair.before.config, pair.after.config)),
            words.meaning(found),
            words.times(found),
        )
        yield "\n  - ".join(part for part in parts if part)
    elif before and after:
        yield f"{pair.what}: not comparable yet, as no epoch's val figure is known of both."


def _missing(pairs: Sequence[Pair], data: str, standings: Sequence[Standing]) -> Iterator[str]:
    """Yield what has not run on the data, or not to its end, and the commands for that."""
    arms = dict.fromkeys(arm for pair in pairs for arm in (pair.before, pair.after) if arm.is_there)
    states: dict[str, list[str]] = {}
    commands: dict[str, None] = {}
    for arm in arms:
        standing = arm.of(standings, data)
        state = words.unfinished(standing) if standing else claims.NOT_RUN
        if state:
            states.setdefault(state, []).append(f"`{_name(arm)}`")
            dataset = _dataset(data, standings) or arm.config.dataset
            resumed = "  # or go on: dli train --resume RUN" if standing else ""
            commands[arm.command(dataset) + resumed] = None
    if states:
        told = "; ".join(f"{listed(names, 12)} ({state})" for state, names in states.items())
        yield (
            f"Missing: {told}. These commands fill it in, `dli results add last` after each; with "
            "`--seed 1` and `--seed 2` as well, the seeds' chance is known too:"
        )
        yield "\n".join(["```sh", *commands, "```"])


def _dataset(data: str, standings: Sequence[Standing]) -> str | None:
    """Return a kind of data as `--dataset` takes it, if something ran on it."""
    runs = (result for standing in standings if standing.data == data for result in standing.used)
    return next((str(result.config["dataset"]) for result in runs), None)
