"""The section on learning-rate schedules: the recipes' own ones, drawn by the engine's formulas."""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import catalog
from bench.report.words import listed
from bench.spec import StudyFile
from engine.data import registry
from engine.schedule import Plan, learning_rate
from tui import format as fmt
from tui.experiments.drawing import Chart, Line
from tui.markdown_table import table
from tui.ticks import linear_axis, percent_text

EXAMPLES = (
    "cifar_bn", "mnist_mlp", "mnist_2m", "mnist_cnn", "cifar_resnet9", "mnist_fast", "mnist_403k",
)  # fmt: skip
PICTURE = "schedules"
STUDIES = ("cifar_experiments", "cifar_schedules")
_MEASURED = "plateau"  # falls when val says so: it has no curve before the run
_POINTS = 100
_HEADINGS = ("schedule", "recipe", "epochs", "first", "highest", "last", "also in")

WHY = """\
Large steps travel far but cannot settle: with a constant rate, SGD ends up jumping around a minimum
at a distance that grows with the rate, so it has to fall for the last bit of accuracy (Robbins and
Monro 1951). Step and exponential schedules let it fall by hand-set factors; *plateau* waits until
val no longer gets better. A cosine (Loshchilov and Hutter 2017) stays high for long and ends at
zero. One-cycle (Smith and Topin 2018) rises first, to a peak that would be too high to start with,
and then falls far below the start: it suits short runs. A cosine and one-cycle are made for a known
length: the first half of such a run is no run of half the length."""


def section(reports: Path, links: str, curves: str) -> Iterator[str]:
    """Yield the section's parts.

    Args:
        reports: the folder of kept reports.
        links: the same, as a link from the page has it.
        curves: the folder of pictures, as a link from the page has it.
    """
    studies = _examples()
    yield WHY
    yield (
        "The picture shows each kind of schedule by a recipe that uses it, as a part of its peak "
        "over its run. The rates below are those of the first step, the highest, and the last."
    )
    yield f"![The learning rate over the run, of each kind of schedule]({curves}/{PICTURE}.svg)"
    yield table(_HEADINGS, _rows(studies))
    yield from _measured(reports, links)


def chart() -> Chart:
    """Return the schedules, each as a part of its peak."""
    studies = [study for study in _examples() if study.config.schedule.name != _MEASURED]
    lines = [Line(color, _curve(study), _named(study)) for color, study in enumerate(studies)]
    return Chart(
        title="Learning-rate schedules of the recipes",
        about=", ".join(line.name for line in lines),
        x_label="part of the run's steps",
        y_label="learning rate, part of its peak",
        x=linear_axis(0, 1, 5, percent_text),
        y=linear_axis(0, 1.02, 5, percent_text),
        lines=lines,
    )


def _examples() -> list[StudyFile]:
    return [catalog.find(name) for name in EXAMPLES if name in catalog.names()]


def _named(study: StudyFile) -> str:
    return f"{_kind(study)} ({study.name})"


def _kind(study: StudyFile) -> str:
    schedule = study.config.schedule
    linear = getattr(schedule, "anneal", "") == "linear"
    return schedule.name + ", linear" * linear


def _rates(study: StudyFile) -> list[float]:
    """Return the rate of each step, as far as it is known before the run."""
    config = study.config
    train = registry.find(config.dataset).train_size - (config.data.val_size or 0)
    rounded = math.floor if config.drop_last else math.ceil
    plan = Plan(rounded(train / config.batch_size), config.epochs)
    steps = range(1, plan.total_steps + 1)
    return [learning_rate(config.schedule, config.optimizer.lr, step, plan) for step in steps]


def _curve(study: StudyFile) -> list[tuple[float, float]]:
    """Return some points of the curve, both sides of each jump among them."""
    rates = _rates(study)
    last, peak = len(rates) - 1, max(rates)
    kept = {round(n * last / _POINTS) for n in range(_POINTS + 1)}
    jumps = [n for n in range(last) if rates[n + 1] != rates[n]]
    if len(jumps) < _POINTS:  # else it falls in every step
        kept |= {n for jump in jumps for n in (jump, jump + 1)}
    level = {n for n in kept if 0 < n < last and rates[n - 1] == rates[n] == rates[n + 1]}
    return [(n / last, rates[n] / peak) for n in sorted(kept - level)]


def _rows(studies: Sequence[StudyFile]) -> Iterator[tuple[str, ...]]:
    alike: dict[str, list[str]] = {}
    for other in map(catalog.find, catalog.names()):
        alike.setdefault(_kind(other), []).append(f"`{other.name}`")
    for study in studies:
        rates, name = _rates(study), f"`{study.name}`"
        last = "as val decides" if study.config.schedule.name == _MEASURED else fmt.lr(rates[-1])
        ends = fmt.lr(rates[0]), fmt.lr(max(rates)), last
        others = listed([other for other in alike[_kind(study)] if other != name], most=3)
        yield _kind(study), name, str(study.config.epochs), *ends, others


def _measured(reports: Path, links: str) -> Iterator[str]:
    """Yield what kept reports of searches say, and how to get those that are missing."""
    yield ("A search with matched trials tells whether a schedule is better, all else being equal:")
    for name in STUDIES:
        file = reports / f"{name}.json"
        told = f"`{name}` ({catalog.find(name).about})"
        if file.is_file():
            found = json.loads(file.read_bytes())["insights"]
            said = [f"  - {insight['sentence']}" for insight in found]
            head = f"- {told}, in [its report]({links}/{file.name}):"
            yield "\n".join([head, *(said or ["  - nothing that can be told from chance."])])
        else:
            yield f"- {told}: not searched yet. `dli tune --study {name}`, then {_keep(name)}"


def _keep(name: str) -> str:
    """Return the command that keeps a search's report where this page finds it."""
    return f"`dli report {name} --output studies/results/reports/{name}.json`."
