"""The page of experiments and its pictures, made of the kept results and the recipes alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.results.result import Result
from bench.results.standing import standings
from tui.experiments import schedules, section
from tui.experiments.drawing import svg
from tui.experiments.lessons import LESSONS
from tui.experiments.sources import SOURCES

CURVES = "curves"  # the folder of pictures, beside the page

INTRO = """\
What dropout, batch norm, depth and the like do for a net that looks at pictures, shown by recipes
that you can train again. Each section says what the ingredient is and why it should help, what
exactly differs between the recipes compared, and, where they ran, what was measured and what
follows. This page and its pictures are made by `python docs/make_experiments.py` from the files in
[studies/results](../studies/results) and the recipes in `studies/*.toml`; no figure on it is typed.
What the sources claim stands beside the results in [RESULTS.md](RESULTS.md)."""

HOW_TO_READ = """\
- **Accuracy** is on test, of the epoch that val chose, with its 95 % interval; *val* marks what was
  not tested, as of runs that are trained in part. Those are compared on val after the last epoch
  that both have, which is only a look on the way.
- **Differences** are in percentage points. From two seeds on they are taken seed by seed, and the
  interval holds for other seeds and other pictures. With one seed nobody knows how much of a
  difference is the seed's luck, and the sentence says so. Each comparison is judged by itself at
  95 %: of twenty without any effect, one would seem to have one.
- **Train − val** measures over-fitting, after the last epoch. Train accuracy is averaged over the
  epoch while the net learns, with dropout and augmentation on, so it is lower than the trained net
  would reach on train: below 0 it is no mistake, and between recipes with and without dropout or
  augmentation it tells less than it seems to.
- **Pictures** show the mean over the seeds, shaded from the lowest to the highest; the low
  accuracies of the first epochs are cut off. Against time, a recipe without val is one dot: its
  test accuracy at the end.
- **CIFAR-10 (JPEG)** is CIFAR-10 after JPEG compression, which is harder
  ([how it was made](RESULTS.md#how-it-was-measured)); put the folder's own path where a command
  says `folder:cifar10-jpeg`."""


@dataclass(frozen=True)
class Experiments:
    """The page, and the pictures by the names of their files."""

    text: str
    pictures: Mapping[str, str]


def experiments(files: Mapping[Path, Result], folder: Path, link: str) -> Experiments:
    """Return the page and its pictures.

    Args:
        files: the kept results by their files.
        folder: where they lie; `reports` in it has kept reports of searches.
        link: the same, as a link from the page has it.

    Raises:
        ConfigError: a result is of no study that there is.
    """
    place = section.Place({id(r): f"{link}/{path.name}" for path, r in files.items()}, CURVES)
    found = standings(files.values())
    parts = ["# Experiments", INTRO, "## In short", *section.in_short(LESSONS, found)]
    parts += ["## How to read it", HOW_TO_READ]
    drawn = {schedules.PICTURE: schedules.chart()}
    for lesson in LESSONS:
        parts += [f"## {lesson.title}", *section.section(lesson, found, place)]
        drawn |= dict(section.charts(lesson, found))
    parts += ["## Schedules", *schedules.section(folder / "reports", f"{link}/reports", CURVES)]
    parts += ["## Sources", "\n".join(f"- {source}" for source in SOURCES)]
    pictures = {f"{name}.svg": svg(chart) for name, chart in drawn.items()}
    return Experiments("\n\n".join(_whole(parts)) + "\n", pictures)


def _whole(parts: list[str]) -> Iterator[str]:
    return (part.strip() for part in parts if part.strip())
