"""Confirmed candidates against each other: who is ahead, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from bench.records import StudyRecord
from bench.report.finalists import Finalist, race
from bench.report.types import Interval
from bench.stats import Race


@dataclass(frozen=True)
class Contest:
    """Confirmed finalists, the best first, with what their seeds tell."""

    study: StudyRecord
    rivals: tuple[Finalist, ...]
    race: Race
    tied: tuple[int, ...]  # rows that may be the best, the first among them

    @classmethod
    def of(cls, study: StudyRecord, rivals: Sequence[Finalist]) -> Self:
        """Return the contest of finalists that have equally many seeds, the best first."""
        run = race(rivals, study.num_val)
        return cls(study, tuple(rivals), run, run.may_be_best(0))

    @property
    def best(self) -> Finalist:
        """The one with the best confirmed mean."""
        return self.rivals[0]

    @property
    def seeds(self) -> int:
        """Fresh seeds of each."""
        return len(self.best.values)

    def best_baseline(self) -> int | None:
        """Return the row of the best baseline."""
        return next((row for row, rival in enumerate(self.rivals) if rival.trial.baseline), None)

    def gap(self) -> Interval | None:
        """Return how far the best is ahead of the best baseline; None if it is one itself."""
        row = self.best_baseline()
        if not row:
            return None
        gap = self.race.difference(0, row)
        lead = float(self.race.means[0] - self.race.means[row])
        return Interval(lead) if gap is None else gap.interval()

    def is_better(self) -> bool:
        """Tell whether the best is told apart from every baseline, or without any from all."""
        if self.best.trial.baseline or len(self.rivals) < 2 or self.seeds < 2:
            return False
        baselines = [row for row, rival in enumerate(self.rivals) if rival.trial.baseline]
        return not set(baselines or range(1, len(self.rivals))) & set(self.tied)

    def population(self) -> list[int]:
        """Return the rows that the best is one of many of: the searched, or else all."""
        searched = [row for row, rival in enumerate(self.rivals) if not rival.trial.baseline]
        both = searched[:2] == [0, 1]
        return searched if both and len(searched) > 2 else list(range(len(self.rivals)))

    def probability(self) -> float | None:
        """Return the probability that the best beats the second."""
        belief = self.race.belief(self.population())
        return None if belief is None else belief.better(0, 1)

    def optimism(self) -> float | None:
        """Return by how much the best confirmed mean is expected to be too high.

        None where that is hardly known: of two candidates, or from next to no seeds.
        """
        if len(self.population()) < 3 or self.race.df < 4:
            return None
        belief = self.race.belief(self.population())
        return None if belief is None else float(self.race.means[0]) - belief.mean(0)
