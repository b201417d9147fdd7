"""`Lesson`: an ingredient, why it should help, and the recipes that show whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bench import catalog
from bench.results.recipe import data_label, recipe_in
from bench.results.standing import Standing
from bench.spec import StudyFile
from engine.config import RunConfig
from engine.overrides import configure, parse_setting


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: a recipe as it stands, or with settings like `model.cell=gru`."""

    study: str
    settings: tuple[str, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether the recipe is among the studies."""
        return self.study in catalog.names()

    @property
    def file(self) -> StudyFile:
        """The recipe's study.

        Raises:
            ConfigError: there is no such study.
        """
        return catalog.find(self.study)

    @property
    def config(self) -> RunConfig:
        """All that is trained."""
        return configure(self.file.base, map(parse_setting, self.settings))[1]

    @property
    def variant(self) -> str:
        """What differs from the recipe, as results have it."""
        return recipe_in(self.config, self.file).variant if self.settings else ""

    @property
    def own_data(self) -> str:
        """The name of the data that the recipe is for."""
        return data_label(self.config.dataset)

    def command(self, dataset: str) -> str:
        """Return the command that trains it on a data set."""
        config = self.config.model_copy(update={"dataset": dataset})
        return recipe_in(config, self.file).command(config)

    def of(self, standings: Sequence[Standing], data: str) -> Standing | None:
        """Return where it stands on a kind of data; None where it did not run."""
        same = [s for s in standings if (s.study.name, s.data) == (self.study, data) and s.results]
        return next((s for s in same if s.variant == self.variant), None)


@dataclass(frozen=True)
class Pair:
    """Two recipes, of which the second has something that the first has not."""

    what: str  # the second has, at the start of a sentence
    before: Arm
    after: Arm


@dataclass(frozen=True)
class Lesson:
    """A section of the page; `why` is Markdown, and tells no figure that was measured."""

    key: str
    title: str
    why: str
    pairs: tuple[Pair, ...]
    shows_train: bool = False  # in the picture, beside val
    x: Literal["epochs", "seconds"] = "epochs"

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The recipes in the order in which they come up."""
        return tuple(dict.fromkeys(arm for pair in self.pairs for arm in (pair.before, pair.after)))
