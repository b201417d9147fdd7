"""Whose run it is: the study, what differs from its base, and the command. Imports no torch."""

import json
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from bench import catalog
from bench.dimensions import flat
from bench.spec import Claim, StudyFile
from engine.config import RunConfig
from engine.data.registry import FOLDER
from engine.errors import ConfigError
from engine.overrides import NAMED_SECTIONS, parse_setting

_NO_VARIANT = ("seed", "dataset", "test", "device", "precision", "threads", "eval_batch_size")
_OPTIONS = ("dataset", "model.name", "seed", "test")
_OF_THE_MACHINE = ("device", "threads", "eval_batch_size")  # told beside its name, not repeated
_LABELS = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "cifar10": "CIFAR-10"}
_FOLDER_LABELS = {"cifar10-jpeg": "CIFAR-10 (JPEG)"}


@dataclass(frozen=True)
class Recipe:
    """A study, and the settings in which a run differs from its base: texts by their paths."""

    study: StudyFile
    changes: dict[str, str]

    @property
    def variant(self) -> str:
        """What was learned otherwise; empty for the recipe as it stands."""
        other = [f"{path}={text}" for path, text in self.changes.items() if path not in _NO_VARIANT]
        return ", ".join(other)

    def command(self, config: RunConfig) -> str:
        """Return the command that trains the same on any machine, quoted for a shell."""
        words = ["dli", "train", self.study.name]
        if "dataset" in self.changes:
            words += ["--dataset", shown(config.dataset)]
        if "model.name" in self.changes:
            words += ["--model", config.model.name]
        words += ["--seed", str(config.seed)]
        words += ["--no-test"] * ("test" in self.changes)
        for path, text in self.changes.items():
            if path not in _OPTIONS + _OF_THE_MACHINE:
                words += ["--set", f"{path}={text}"]
        return shlex.join(words)


def recipe_in(config: RunConfig, study: StudyFile) -> Recipe:
    """Return the config as a change of a study's base."""
    before, after = study.config.model_dump(mode="json"), config.model_dump(mode="json")
    for section in NAMED_SECTIONS:
        if after[section]["name"] != before[section]["name"]:
            before[section] = _usual(getattr(config, section)) | {"name": None}
    old = dict(flat(before))
    new = {path: value for path, value in flat(after) if path not in old or old[path] != value}
    names_first = sorted(new, key=lambda path: not path.endswith(".name"))
    return Recipe(study, {path: _written(path, new[path]) for path in names_first})


def _usual(options: Any) -> dict[str, Any]:
    """Return the defaults of another kind of model, optimizer or schedule."""
    defaults: dict[str, Any] = type(options)(name=options.name).model_dump(mode="json")
    return defaults


def _written(path: str, value: object) -> str:
    """Return a value as `--set` takes it; quoted where its text alone would be read otherwise."""
    text = value if isinstance(value, str) else json.dumps(value)
    plain = "none" if value is None else text
    return plain if parse_setting(f"{path}={plain}")[1] == value else json.dumps(value)


def find_recipe(config: RunConfig, hints: Iterable[str] = ()) -> Recipe | None:
    """Return the recipe that a run trained, or None where nothing tells.

    A study of whose base it is a run wins; of several, or of none, what it was called decides.

    Args:
        config: what the run did.
        hints: names that may be a study's, as a run's id or command line has them.
    """
    slugs = {slug(hint) for hint in hints}
    recipes = [recipe_in(config, study) for study in _studies()]
    hinted = [recipe for recipe in recipes if slug(recipe.study.name) in slugs]
    exact = [recipe for recipe in recipes if not recipe.variant]
    best = [recipe for recipe in exact if recipe in hinted]
    here = [recipe for recipe in exact if "dataset" not in recipe.changes]
    return next(iter([*best, *here, *hinted, *exact]), None)


def _studies() -> list[StudyFile]:
    found = []
    for name in catalog.names():
        try:
            found.append(catalog.find(name))
        except ConfigError:  # told by `dli studies`; no run can be of it
            continue
    return found


def claim_of(config: RunConfig, run: str) -> Claim | None:
    """Return what is claimed of just this: a study's base on its own data set.

    Args:
        config: what the run did.
        run: its id; of runs that are not called like a study, nothing is claimed.
    """
    names = {slug(name): name for name in catalog.names()}
    name = next((names[hint] for hint in hints_of(run) if hint in names), None)
    if name is None:
        return None
    try:
        recipe = recipe_in(config, catalog.find(name))
    except ConfigError:  # a file of the user's own that was broken since
        return None
    same = not recipe.variant and "dataset" not in recipe.changes
    return recipe.study.claim if same else None


def slug(text: str) -> str:
    """Return a text as file names and run ids have it: `cifar-bn`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def hints_of(run: str) -> tuple[str, str]:
    """Return what a run's id may say that it is: the part behind its time, and without a number."""
    name = re.sub(r"^\d{8}-\d{6}-", "", run)
    return name, re.sub(r"-\d+$", "", name)


def shown(dataset: str) -> str:
    """Return a data set without the place of a folder: `folder:cifar10-jpeg`."""
    path = dataset.removeprefix(FOLDER)
    return dataset if path == dataset else f"{FOLDER}{PurePath(path).name}"


def data_label(dataset: str) -> str:
    """Return a data set's name for people: `CIFAR-10 (JPEG)`."""
    name = shown(dataset)
    inside = name.removeprefix(FOLDER)
    return _FOLDER_LABELS.get(inside, inside) if inside != name else _LABELS.get(name, name)
