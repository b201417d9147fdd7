"""The page of results: Markdown of what is kept, beside what is claimed; every figure has a file.

The tables hold little enough to be read in a terminal too; what a recipe cost stands in the second.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import fmean, median

from bench.results.recipe import data_label
from bench.results.result import Machine, Parts, Result
from bench.results.standing import Standing, standings
from tui import claims
from tui import format as fmt
from tui.markdown_table import Row, table
from tui.results_words import (
    HOW_MEASURED,
    INTERVALS,
    INTRO,
    NO_RECORD,
    SPEED,
    TIMES,
    WHY,
    best_epoch,
    summary,
    why_under,
)

RECORDS = ("mnist_fast", "fashion_fast", "cifar_record")
BESIDE_RECORDS = "cifar_resnet9"
REFERENCE_SPEED = 1_700.0  # images/s of the bare `cnn` at which speed records are compared


def page(files: Mapping[Path, Result], folder: str) -> str:
    """Return the page.

    Args:
        files: the kept results by their files.
        folder: where they lie, as a link from the page has it.

    Raises:
        ConfigError: a result is of no study that there is.
    """
    links = {id(result): f"{folder}/{path.name}" for path, result in files.items()}
    found = standings(files.values())
    claimed = [standing for standing in found if standing.claim]
    records = [standing for standing in found if standing.study.name in RECORDS]
    others = [standing for standing in found if standing not in claimed + records]
    measured = [standing for standing in found if standing.results]
    machines = _machines(result for standing in found for result in standing.results)
    parts = [
        "# Results", INTRO, summary(claimed),
        "## Reference systems", *_references(claimed), *_reasons(claimed), INTERVALS,
        *_others(others),
        "## Speed records", SPEED, *_records(records), *_beside_records(claimed),
        "## What it cost", *_costs(measured, machines), TIMES, _keys(machines), _sizes(measured),
        "## How it was measured", HOW_MEASURED,
        "## Sources", *_claimants(claimed),
        "## Commands and files", *_files(found, links),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _references(claimed: Sequence[Standing]) -> Iterator[str]:
    headings = (
        "id", "recipe", "data", "claimed", "reached on test", "CIFAR-10 (JPEG)", "beside the claim",
    )  # fmt: skip
    groups = groupby(claimed, key=lambda standing: (standing.study.name, standing.variant))
    yield table(headings, [_reference(list(group)) for _, group in groups], ("claimed",))


def _reference(group: Sequence[Standing]) -> Row:
    """Return the row of a recipe or a variant, with what it reached on each kind of data."""
    first = group[0]
    assert first.claim is not None
    own = [standing for standing in group if standing.is_own_data]
    harder = [standing for standing in group if standing.is_harder and standing.results]
    elsewhere = [s for s in group if not s.is_own_data and not s.is_harder]
    verdicts = [claims.verdict(standing) + _in_doubt(standing) for standing in own]
    verdicts += [claims.verdict(standing) for standing in harder]
    verdicts += [f"on {standing.data}: {_reached(standing)}" for standing in elsewhere]
    return (
        "" if first.variant else first.claim.id,
        _recipe(first),
        "" if first.variant else data_label(first.study.config.dataset),
        "" if first.variant else f"{fmt.percent(first.claim.accuracy)} {first.claim.kind}",
        "; ".join(map(_reached, own)) or fmt.MISSING,
        "; ".join(map(_reached, harder)),
        "; ".join(verdicts),
    )


def _in_doubt(standing: Standing) -> str:
    """Return that the claim lies in the interval of what was reached, if it does."""
    known, claim = standing.accuracy, standing.claim
    if claim is None or standing.gap is None or known is None or known.low is None:
        return ""
    assert known.high is not None
    return ", claim in the interval" if known.low <= claim.accuracy <= known.high else ""


def _recipe(standing: Standing) -> str:
    return f"with `{standing.variant}`" if standing.variant else f"`{standing.study.name}`"


def _reached(standing: Standing) -> str:
    if not standing.results:
        return fmt.MISSING
    done = "" if standing.split == "test" else f" after {claims.epochs(standing)} epochs"
    return f"{claims.reached(standing)}, n = {len(standing.used)}{done}"


def _reasons(claimed: Iterable[Standing]) -> Iterator[str]:
    lines = [line for line in map(why_under, claimed) if line]
    if lines:
        yield WHY
        yield "\n".join(lines)


def _others(others: Sequence[Standing]) -> Iterator[str]:
    if others:
        yield "### Other recipes"
        rows = [(_full_name(s), s.data, _reached(s)) for s in others]
        yield table(("recipe", "data", "reached on test"), rows)


def _full_name(standing: Standing) -> str:
    variant = f" with `{standing.variant}`" if standing.variant else ""
    return f"`{standing.study.name}`{variant}"


def _records(records: Sequence[Standing]) -> Iterator[str]:
    if not records:
        yield NO_RECORD.format(", ".join(f"`{name}`" for name in RECORDS))
        return
    headings = (
        "recipe", "data", "seeds", "test accuracy", "first to last step", "set-up", "bare cnn",
        "scaled to 1,700",
    )  # fmt: skip
    missing = [name for name in RECORDS if name not in {s.study.name for s in records}]
    rows = [_record(standing) for standing in records]
    rows += [(f"`{name}`", claims.NOT_RUN, *[""] * (len(headings) - 2)) for name in missing]
    yield table(headings, rows)


def _record(standing: Standing) -> Row:
    used = standing.used
    bare = [r.bare_cnn_images_per_second for r in used if r.bare_cnn_images_per_second]
    scaled = [
        r.seconds.training * r.bare_cnn_images_per_second / REFERENCE_SPEED
        for r in used
        if r.bare_cnn_images_per_second
    ]
    tested = [result.test.accuracy for result in used if result.test]
    return (
        _full_name(standing),
        standing.data,
        str(len(used)),
        _spread(tested, fmt.percent),
        _spread([result.seconds.training for result in used], fmt.duration, _is_shared(standing)),
        _spread([result.seconds.set_up for result in used], fmt.duration, _is_shared(standing)),
        _spread(bare, _rate),
        _spread(scaled, fmt.duration, _is_shared(standing)),
    )


def _spread(values: Sequence[float], words: Callable[[float], str], is_bound: bool = False) -> str:
    """Return the mean of several seeds, with the lowest and the highest where they differ."""
    if not values:
        return fmt.MISSING
    text = ("≤ " if is_bound else "") + words(fmean(values))
    low, high = words(min(values)), words(max(values))
    return text if low == high else f"{text} ({low} to {high})"


def _rate(images_per_second: float) -> str:
    """Return a speed for a column whose heading has the unit."""
    return fmt.rate(images_per_second).removesuffix(" images/s")


def _is_shared(standing: Standing) -> bool:
    return any(result.shared for result in standing.used)


def _beside_records(claimed: Sequence[Standing]) -> Iterator[str]:
    """Tell when the ordinary recipe beside the record was at its best."""
    for standing in claimed:
        if standing.study.name == BESIDE_RECORDS and not standing.variant and standing.results:
            yield best_epoch(standing)


def _costs(measured: Sequence[Standing], machines: Mapping[str, str]) -> Iterator[str]:
    headings = (
        "recipe", "data", "parameters", "epochs", "training", "set-up", "images/s", "machine",
    )  # fmt: skip
    rows = [_cost(standing, machines) for standing in measured]
    if rows:
        yield table(headings, rows, ("parameters", "training", "set-up", "images/s"))


def _cost(standing: Standing, machines: Mapping[str, str]) -> Row:
    used = standing.used
    below, above = ("≤ ", "≥ ") if _is_shared(standing) else ("", "")
    speed = median(s for r in used for s in r.columns["images_per_second"] if s is not None)
    ways = dict.fromkeys(_way(result.machine, machines) for result in used)
    return (
        _full_name(standing),
        standing.data,
        fmt.count(used[0].num_parameters),
        claims.epochs(standing),
        below + fmt.duration(fmean(result.seconds.training for result in used)),
        below + fmt.duration(fmean(result.seconds.set_up for result in used)),
        above + _rate(speed),
        "; ".join(ways),
    )


def _machines(results: Iterable[Result]) -> dict[str, str]:
    """Return a letter for each machine by its description."""
    told = dict.fromkeys(_told(result.machine) for result in results)
    return {text: _letter(number) for number, text in enumerate(told)}


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"M{number + 1}"


def _told(machine: Machine) -> str:
    device = f"{machine.device} ({machine.gpu})" if machine.gpu else machine.device
    return (
        f"{machine.processor}, {machine.cores} cores, computing on {device}; Python "
        f"{machine.python}, torch {machine.torch}, dli {machine.dli}"
    )


def _way(machine: Machine, machines: Mapping[str, str]) -> str:
    """Return a machine's letter and how it computed."""
    threads = f"{machine.threads} thread{'s' * (machine.threads != 1)}"
    return f"{machines[_told(machine)]}, {machine.precision}, {threads}"


def _keys(machines: Mapping[str, str]) -> str:
    return "\n".join(f"- Machine {letter}: {text}." for text, letter in machines.items())


def _sizes(measured: Iterable[Standing]) -> str:
    """Return how many pictures the parts have, for each kind of split, and whose a rare one is."""
    studies: dict[str, dict[Parts, dict[str, None]]] = {}
    for standing in measured:
        for result in standing.used:
            kinds = studies.setdefault(standing.data, {})
            kinds.setdefault(result.parts, {})[f"`{standing.study.name}`"] = None
    lines = []
    for data, kinds in studies.items():
        for number, (parts, names) in enumerate(kinds.items()):
            whose = f" ({', '.join(names)})" if number else ""
            told = f"{fmt.count(parts.train)} train, {fmt.count(parts.val)} val"
            lines.append(f"- {data}{whose}: {told}, {fmt.count(parts.test)} test.")
    return "\n".join(lines)


def _claimants(claimed: Iterable[Standing]) -> Iterator[str]:
    """Yield whose claims they are."""
    studies = {s.claim.id: s.study for s in claimed if s.claim and not s.variant}
    yield "\n".join(f"- {id_} `{study.name}`: {study.source}." for id_, study in studies.items())


def _files(found: Iterable[Standing], links: Mapping[int, str]) -> Iterator[str]:
    lines = []
    for standing in found:
        for command, results in _by_command(standing.results):
            seeds = ", ".join(_file(result, links[id(result)]) for result in results)
            lines.append(f"- {_full_name(standing)}, {standing.data}: `{command}`; seed {seeds}")
    if lines:
        yield "\n".join(lines)


def _by_command(results: Sequence[Result]) -> Iterator[tuple[str, list[Result]]]:
    """Yield each command that differs by more than the seed, with its results."""
    by_text: dict[str, list[Result]] = {}
    for result in results:
        text = result.command.replace(f"--seed {result.seed}", "--seed N")
        by_text.setdefault(text, []).append(result)
    yield from by_text.items()


def _file(result: Result, link: str) -> str:
    done = "" if result.is_complete else f" ({result.ending.epochs} epochs)"
    return f"[{result.seed}]({link}){done}"
