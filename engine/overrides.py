"""Changes to a config from a command line: `--set optimizer.lr=0.1`. Imports no torch.

Precedence: a study's base < `--dataset --model --epochs …` < `--set`. Another `name` of a section
(model, optimizer, schedule) drops the old one's options, and the caller is told.
"""

import copy
import tomllib
from collections.abc import Iterable
from typing import Any

from engine.config import RunConfig, parse
from engine.errors import ConfigError

NAMED_SECTIONS = ("model", "optimizer", "schedule")


def configure(
    base: dict[str, Any], settings: Iterable[tuple[str, object]]
) -> tuple[dict[str, Any], RunConfig, list[str]]:
    """Return the nested values, the checked config, and a sentence for each section reset.

    A section that is changed but not named gets its default's name and settings first, so that
    `optimizer.lr` alone means that of the default optimizer.

    Raises:
        ConfigError: one sentence that names the key, the value and what is allowed.
    """
    changes = list(settings)
    values, notes = apply(_with_names(base, changes), changes)
    return values, parse(values), notes


def _with_names(base: dict[str, Any], changes: list[tuple[str, object]]) -> dict[str, Any]:
    touched = {path.partition(".")[0] for path, _ in changes if "." in path}
    named = {path.partition(".")[0] for path, _ in changes if _is_section_name(path)}
    filled = dict(base)
    for section in touched.intersection(NAMED_SECTIONS) - named - set(base):
        default = getattr(RunConfig(), section)
        filled[section] = {"name": default.name} | default.model_dump(exclude_unset=True)
    return filled


def _is_section_name(path: str) -> bool:
    return path.removesuffix(".name") in NAMED_SECTIONS


def parse_setting(text: str) -> tuple[str, object]:
    """Split `optimizer.lr=0.1` into its path and its typed value.

    The value is read as TOML reads it; what TOML cannot read is a text, so that
    `schedule.name=cosine` needs no quotes.

    Raises:
        ConfigError: there is no `=`, or no key before it.
    """
    path, equals, value = text.partition("=")
    path = path.strip()
    if not equals or not path or not all(path.split(".")):
        raise ConfigError(f"--set needs KEY=VALUE, like optimizer.lr=0.1, not '{text}'.")
    return path, _typed(value.strip())


def _typed(text: str) -> object:
    if text in ("none", "None", "null"):
        return None
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def apply(
    values: dict[str, Any], settings: Iterable[tuple[str, object]]
) -> tuple[dict[str, Any], list[str]]:
    """Return `values` with the settings made, and a sentence for each section that was reset.

    Names are set before other keys, so `--set` may come in any order.

    Raises:
        ConfigError: a path goes through something that is no section.
    """
    changed = copy.deepcopy(values)
    notes: list[str] = []
    ordered = sorted(settings, key=lambda item: not _is_name(item[0]))
    for path, value in ordered:
        *parents, key = path.split(".")
        if not parents and key in NAMED_SECTIONS and isinstance(value, str):
            parents, key = [key], "name"
        section = _section(changed, parents, path)
        if key == "name" and parents and parents[0] in NAMED_SECTIONS:
            notes += _renamed(section, parents[0], value)
        section[key] = value
    return changed, notes


def _is_name(path: str) -> bool:
    return path in NAMED_SECTIONS or path.endswith(".name")


def _section(values: dict[str, Any], parents: list[str], path: str) -> dict[str, Any]:
    here = values
    for key in parents:
        here = here.setdefault(key, {})
        if not isinstance(here, dict):
            raise ConfigError(f"cannot set '{path}': '{key}' holds a value, not settings.")
    return here


def _renamed(section: dict[str, Any], name: str, value: object) -> list[str]:
    dropped = sorted(set(section) - {"name"})
    if section.get("name") == value or not dropped:
        return []
    was = section.get("name", "default")
    section.clear()
    return [f"{name} is now '{value}': dropped the settings of '{was}' ({', '.join(dropped)})."]
