"""Where the recipes stand: what is kept of each, beside what its source claims. No torch."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bench import catalog
from bench.report.types import Interval
from bench.results.recipe import data_label, recipe_in
from bench.results.result import Result
from bench.spec import Claim, StudyFile
from bench.stats import counted_interval
from engine.config import parse

HARDER = {"CIFAR-10 (JPEG)": "CIFAR-10"}  # copies of a data set that cost accuracy
_EXACT = 1e-9  # of a mean: rounding


@dataclass(frozen=True)
class Standing:
    """The results of one configuration on the same pictures, a seed each; of a study, none or more.

    Figures are those of the tested runs where there are any; else val accuracies of the best
    epochs, which is what partly trained runs have.
    """

    study: StudyFile
    variant: str
    data: str
    results: tuple[Result, ...] = ()

    @property
    def used(self) -> tuple[Result, ...]:
        """The results that the figures are of: the finished, tested ones, if there are any."""
        return tuple(r for r in self.results if r.is_complete and r.test) or self.results

    @property
    def split(self) -> Literal["test", "val"]:
        """What the accuracy was measured on."""
        return "test" if all(r.is_complete and r.test for r in self.used) else "val"

    @property
    def accuracy(self) -> Interval | None:
        """Mean accuracy over the seeds with its 95 % interval; of one seed, Wilson's."""
        counts = [count for result in self.used if (count := _right(result, self.split))]
        if not counts:
            return None
        return counted_interval([right for right, _ in counts], [all_ for _, all_ in counts])

    @property
    def is_own_data(self) -> bool:
        """Whether these are the pictures that the claim is about."""
        return self.data == data_label(self.study.config.dataset)

    @property
    def is_harder(self) -> bool:
        """Whether these are a harder copy of the pictures that the claim is about."""
        return HARDER.get(self.data) == data_label(self.study.config.dataset)

    @property
    def claim(self) -> Claim | None:
        """What the study's source claims."""
        return self.study.claim

    @property
    def gap(self) -> float | None:
        """How far the test accuracy lies above the claim, a fraction; None where not to be told."""
        known = self.accuracy
        if self.claim is None or known is None or self.split == "val":
            return None
        comparable = self.is_own_data or self.is_harder
        return known.value - self.claim.accuracy if comparable else None

    @property
    def is_met(self) -> bool | None:
        """Whether the claim is reached; None where that is not to be told."""
        return None if self.gap is None else self.gap >= -_EXACT


def _right(result: Result, split: Literal["test", "val"]) -> tuple[int, int] | None:
    """Return pictures told rightly, of how many."""
    if split == "test":
        assert result.test is not None
        return result.test.num_correct, result.test.num_pictures
    accuracy = result.ending.best_val_accuracy
    return None if accuracy is None else (round(accuracy * result.parts.val), result.parts.val)


def standings(results: Iterable[Result]) -> list[Standing]:
    """Return what is kept of each study: first each claim in order, run or not, then the others.

    The recipe on its own data comes first, then on other data, then its variants. What is a variant
    is told by the studies as they are now: results of a recipe that was changed since are not its.

    Raises:
        ConfigError: a result's study is unknown, or its config is none of this version.
    """
    groups: dict[tuple[str, str, str, str], list[Result]] = {}
    for result in results:
        variant = recipe_in(parse(result.config), catalog.find(result.study)).variant
        key = (result.study, variant, result.data, result.data_digest)
        groups.setdefault(key, []).append(result)
    found = [
        Standing(catalog.find(study), variant, data, tuple(sorted(group, key=lambda r: r.seed)))
        for (study, variant, data, _), group in groups.items()
    ]
    return sorted([*found, *_not_run(found)], key=_order)


def _not_run(found: Iterable[Standing]) -> Iterator[Standing]:
    """Yield an empty standing for each claim of which no recipe ran as it stands."""
    run = {standing.study.name for standing in found if not standing.variant}
    for study in map(catalog.find, catalog.names()):
        if study.claim is not None and study.name not in run:
            yield Standing(study, "", data_label(study.config.dataset))


def _order(standing: Standing) -> tuple[object, ...]:
    claim, study = standing.claim, standing.study.name
    number, suffix = _number(claim.id) if claim else (0, "")
    tail = (study, bool(standing.variant), standing.variant, not standing.is_own_data)
    return (claim is None, number, suffix, *tail, standing.data)


def _number(claim_id: str) -> tuple[int, str]:
    """Return an id like R4b as 4 and b."""
    match = re.fullmatch(r"\D*(\d+)(.*)", claim_id)
    return (int(match[1]), match[2]) if match else (10**6, claim_id)
