"""A study file: a base run, and what is searched around it. Imports no torch."""

import re
import tomllib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict, ValidationError

from engine.config import RunConfig, parse
from engine.config_errors import sentence
from engine.errors import ConfigError, unknown
from engine.options import Options

Table = dict[str, Any]
_NAME = r"[A-Za-z0-9_-]{1,60}"
_LONGEST = 60  # characters of a baseline's name


def _as_name(text: str) -> str:
    if not re.fullmatch(_NAME, text):
        raise ValueError("it must be 1 to 60 letters, digits, _ and -")
    return text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it must be one line of text")
    return text


def _short(text: str) -> str:
    if not 1 <= len(text.strip()) <= _LONGEST:
        raise ValueError(f"it must have 1 to {_LONGEST} characters")
    return _one_line(text)


# Strict: pydantic would take true for 1 and "5" for 5.
Count = Annotated[int, Strict(), Field(ge=1)]
Positive = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Line = Annotated[str, AfterValidator(_one_line)]


class Claim(Options):
    """What a recipe's source says that it reached, for comparison; a miss is shown, not hidden."""

    id: Annotated[str, AfterValidator(_as_name)] = Field(
        description="The system's short name, as in R2."
    )
    accuracy: Annotated[float, Strict(), Field(gt=0, le=1)] = Field(
        description="Test accuracy that the source states, a fraction."
    )
    kind: Literal["logged", "readme", "course", "remembered"] = Field(
        description="Where it stands: in a run's log, a README, a course, or somebody's memory."
    )


class Goal(Options):
    """What the search makes large."""

    metric: Literal["val_accuracy"] = Field(
        "val_accuracy", description="The figure of the best epoch that trials are judged by."
    )


class Search(Options):
    """How the space is searched."""

    sampler: Literal["tpe", "random"] = Field("tpe", description="What chooses the next values.")
    seed: Annotated[int, Strict(), Field(ge=0, lt=2**32)] = Field(
        0, description="Seed of the sampler."
    )
    startup: Count = Field(10, description="Trials at random before the sampler learns.")
    trials: Count = Field(50, description="Configurations in total, where nothing else is asked.")
    pruner: Literal["auto", "halving", "median", "none"] = Field(
        "auto",
        description="What stops poor trials early: auto is halving, but none where schedules mix.",
    )
    warmup: Count | None = Field(
        None, description="Epochs before a trial can be pruned; none is past the lr's warm-up."
    )


class Limits(Options):
    """What a trial may cost; a trial over a limit teaches the sampler to keep away."""

    parameters: Count | None = Field(None, description="Trainable parameters.")
    flops: Count | None = Field(None, description="FLOPs of one picture's forward pass.")
    minutes: Positive | None = Field(None, description="Minutes of training of one trial.")
    memory_gb: Positive | None = Field(
        None, description="Gigabytes of memory of one worker; none is its share of the machine."
    )


class Baseline(Options):
    """A configuration that is run first and always carried to the end."""

    name: Annotated[str, AfterValidator(_short)] = Field(description="What it is.")
    set: dict[str, Any] = Field({}, description="Its values; other settings are as in the base.")


class Confirm(Options):
    """How the best are trained again before anything is called best."""

    top: Count = Field(5, description="How many of the search's best, besides the baselines.")
    seeds: Annotated[int, Strict(), Field(ge=1, le=100)] = Field(
        3, description="Fresh seeds, the same for each configuration."
    )


class StudyFile(Options):
    """What a study's TOML file says; `base` and `space` as they are written there."""

    name: Annotated[str, AfterValidator(_as_name)] = Field(
        description="The study's name, which is also the file's: letters, digits, _ and -."
    )
    about: Line = Field(description="One line that says what the study is for.")
    source: Line = Field("", description="Where the recipe comes from.")
    claim: Claim | None = Field(None, description="The accuracy that the source states.")
    base: Table = Field({}, description="The settings of the base run.")
    goal: Goal = Field(Goal(), description="What the search makes large.")
    search: Search = Field(Search(), description="Sampler, seed, pruner and warm-up.")
    space: Table = Field({}, description="What is searched: a range or choice for each setting.")
    limits: Limits = Field(Limits(), description="What a trial may cost.")
    baseline: tuple[Baseline, ...] = Field((), description="Configurations that are run first.")
    confirm: Confirm = Field(Confirm(), description="How the best are trained again.")

    config: RunConfig = Field(description="The base run, checked.")
    path: str = Field(description="The file that all this was read from.")
    text: str = Field(description="What stands in it.")
    shadows_shipped: bool = Field(description="Whether it hides a shipped study of the same name.")


_DERIVED = ("config", "path", "text", "shadows_shipped")
KEYS = tuple(key for key in StudyFile.model_fields if key not in _DERIVED)


def read(text: str, path: str, shadows_shipped: bool = False) -> StudyFile:
    """Return the study that a TOML text describes; `path` is its file.

    Its space and baselines are checked by `bench.resolve.resolve`, once the base is final.

    Raises:
        ConfigError: one sentence that names the file and the line or the key.
    """
    values = _toml(text, path)
    for key in values:
        if key not in KEYS:
            keys = f"Keys of a study: {', '.join(KEYS)}."
            raise ConfigError(f"{path}: {unknown('key', key, KEYS, keys)}")
    _check_baselines(values.get("baseline"), path)
    derived = {
        "config": parse(values.get("base", {}), f"{path} [base]"),
        "path": path,
        "text": text,
        "shadows_shipped": shadows_shipped,
    }
    try:
        return StudyFile.model_validate(values | derived)
    except ValidationError as error:
        raise ConfigError(f"{path}: {sentence(error, values, StudyFile)}") from None


def _check_baselines(given: object, path: str) -> None:
    """Check the keys of each baseline, which pydantic's path would not lead to."""
    known = list(Baseline.model_fields)
    for number, table in enumerate(given if isinstance(given, list) else [], start=1):
        where = f"{path}: baseline {number}"
        for key in table if isinstance(table, dict) else ():
            if key not in known:
                keys = f"Keys of a baseline: {', '.join(known)}."
                raise ConfigError(f"{where}: {unknown('key', key, known, keys)}")
        if isinstance(table, dict) and "name" not in table:
            raise ConfigError(f"{where}: name is missing; set it.")


def _toml(text: str, path: str) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last_line = f"at line {text.count(chr(10)) + 1}, the last"
        problem = str(error).replace("at end of document", last_line)
        raise ConfigError(f"{path} is not valid TOML: {problem}; mend that line.") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, a thousand brackets
        raise ConfigError(f"{path} is not valid TOML: no reader takes such values.") from None
