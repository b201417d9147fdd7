"""A study file: a base run, and what is searched around it. Imports no torch."""

import tomllib
from typing import Any

from pydantic import Field, ValidationError

from engine.config import RunConfig, parse
from engine.config_errors import sentence
from engine.errors import ConfigError, unknown
from engine.options import Options

Table = dict[str, Any]


class StudyFile(Options):
    """What a study's TOML file says; all but `config` as it is written there."""

    name: str = Field(description="The study's name, which is also the file's.")
    about: str = Field(description="One line that says what the study is for.")
    source: str = Field("", description="Where the recipe comes from.")
    base: Table = Field({}, description="The settings of the base run.")
    goal: Table = Field({}, description="What the search makes large.")
    search: Table = Field({}, description="Sampler, seed, pruner and warm-up.")
    space: Table = Field({}, description="What is searched: a range or choice for each setting.")
    limits: Table = Field({}, description="What a trial may cost.")
    baseline: tuple[Table, ...] = Field((), description="Settings that are run first.")
    confirm: Table = Field({}, description="How the best are trained again.")

    config: RunConfig = Field(description="The base run, checked.")
    path: str = Field(description="The file that all this was read from.")
    shadows_shipped: bool = Field(description="Whether it hides a shipped study of the same name.")


_DERIVED = ("config", "path", "shadows_shipped")
KEYS = tuple(key for key in StudyFile.model_fields if key not in _DERIVED)


def read(text: str, path: str, shadows_shipped: bool = False) -> StudyFile:
    """Return the study that a TOML text describes; `path` is its file.

    Raises:
        ConfigError: one sentence that names the file and the line or the key.
    """
    values = _toml(text, path)
    for key in values:
        if key not in KEYS:
            keys = f"Keys of a study: {', '.join(KEYS)}."
            raise ConfigError(f"{path}: {unknown('key', key, KEYS, keys)}")
    derived = {
        "config": parse(values.get("base", {}), f"{path} [base]"),
        "path": path,
        "shadows_shipped": shadows_shipped,
    }
    try:
        return StudyFile.model_validate(values | derived)
    except ValidationError as error:
        raise ConfigError(f"{path}: {sentence(error, values, StudyFile)}") from None


def _toml(text: str, path: str) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last_line = f"at line {text.count(chr(10)) + 1}, the last"
        problem = str(error).replace("at end of document", last_line)
        raise ConfigError(f"{path} is not valid TOML: {problem}; mend that line.") from None
