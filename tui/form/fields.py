"""The rows of the form, made from the config's own descriptions, defaults and bounds."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Literal, get_args

from pydantic import BaseModel

from engine.config import RunConfig
from engine.config_errors import fields_of
from engine.data.registry import specs as data_specs
from engine.models.registry import specs as model_specs
from engine.overrides import NAMED_SECTIONS

START, LABEL = "start", "label"  # rows of the form that are no settings of a config
_SECTIONS: dict[str, tuple[str, ...]] = {
    "Basics": (
        START, "dataset", "model.name", "epochs", "batch_size", "optimizer.lr", "seed",
        "data.subset", LABEL, "test",
    ),
    "Model": ("model",),
    "Optimizer": ("optimizer", "clip", "ema"),
    "Schedule": ("schedule",),
    "Augment": ("augment",),
    "Data": ("data", "drop_last"),
    "Loss, stop": ("loss", "stop", "best_metric"),
    "Machine": ("device", "precision", "threads", "eval_batch_size"),
}  # fmt: skip
SECTIONS = tuple(_SECTIONS)
_HUGE = 1e12  # a bound beyond is there for arithmetic, not for people
_NOUNS = {"integer": "whole number", "number": "number", "string": "text"}
_SHORT = ("model.", "optimizer.", "schedule.", "augment.", "data.")  # whose rows need no prefix


@dataclass(frozen=True)
class Field:
    """One row: a setting by its path, what it is for, and what it may be.

    `choices` are the values of a choice, whose texts the row steps through; a `text` is typed.
    """

    path: str
    description: str
    kind: Literal["text", "choice", "switch"] = "text"
    allowed: str = ""
    default: object = None
    choices: tuple[object, ...] = ()
    is_list: bool = False

    @property
    def name(self) -> str:
        """What the row is called: the path without the section it stands in."""
        if self.path == LABEL:
            return "name"  # as on the command line
        section, _, name = self.path.rpartition(".")
        if name == "name" and section in NAMED_SECTIONS:
            return section
        return name if self.path.startswith(_SHORT) else self.path


def as_text(value: object) -> str:
    """Return a value as it is typed: `0.05`, `true`, `[32, 64]`; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return json.dumps(list(value))
    return str(value)


@lru_cache(maxsize=64)
def fields_in(model: str, optimizer: str, schedule: str) -> dict[str, Field]:
    """Return all fields by path, where the sections with a choice of kinds have these names."""
    names = {"model": model, "optimizer": optimizer, "schedule": schedule}
    found = {field.path: field for field in (_start(), _label(), *_fields_of(RunConfig, ""))}
    found["dataset"] = replace(found["dataset"], kind="choice", choices=tuple(sorted(data_specs())))
    for key in RunConfig.model_fields:
        if key in NAMED_SECTIONS:
            found[f"{key}.name"] = _name_of(key)
        options = fields_of(RunConfig, key, names.get(key))
        for field in _fields_of(options, f"{key}.") if options else ():
            found.setdefault(field.path, field)
    return found


def in_section(section: str, fields: Mapping[str, Field]) -> list[Field]:
    """Return a section's fields in the order of its rows."""
    found: dict[str, Field] = {}
    for place in _SECTIONS[section]:
        found |= {p: f for p, f in fields.items() if p == place or p.startswith(f"{place}.")}
    return list(found.values())


def section_of(path: str) -> str:
    """Return the section in which a path has its row, besides the basics."""
    for section in reversed(SECTIONS):
        places = _SECTIONS[section]
        if path in places or path.partition(".")[0] in places:
            return section
    return SECTIONS[0]


def kinds_of(section: str) -> dict[str, str]:
    """Return the names that a section may have, each with a sentence about it."""
    if section == "model":
        from engine.models.torchvision.spec import NETS

        families = {n: s.about for n, s in model_specs().items() if n != "torchvision"}
        return families | {f"torchvision:{net}": "torchvision's own" for net in NETS}
    members = get_args(RunConfig.model_fields[section].annotation)
    return {str(m.model_fields["name"].default): _first_line(m) for m in members}


def _first_line(options: type[BaseModel]) -> str:
    return (options.__doc__ or "").strip().split("\n")[0].replace("`", "")


def _name_of(section: str) -> Field:
    return Field(
        path=f"{section}.name",
        description=RunConfig.model_fields[section].description or "",
        kind="choice",
        default=getattr(RunConfig(), section).name,
        choices=tuple(kinds_of(section)),
    )


def _start() -> Field:
    return Field(START, "What the form begins with: dli's defaults, or a study's base.", "choice")


def _label() -> Field:
    return Field(LABEL, "Name in the run's id, instead of data set and model.", default="")


@cache
def _fields_of(options: type[BaseModel], prefix: str) -> tuple[Field, ...]:
    """Return the fields of one class of options, without the sections in it."""
    schema = options.model_json_schema()["properties"]
    return tuple(
        _field(f"{prefix}{name}", schema[name], _plain(info.get_default(call_default_factory=True)))
        for name, info in options.model_fields.items()
        if not ("const" in schema[name] or "$ref" in schema[name] or "oneOf" in schema[name])
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _field(path: str, schema: Mapping[str, Any], default: object) -> Field:
    """Return the field that a JSON schema of pydantic's describes."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    first = kinds[0]
    choices: tuple[object, ...] = ()
    if first.get("type") == "boolean":
        choices = (False, True)
    elif len(kinds) == 1:
        choices = tuple(first.get("enum", ()))
    has_none = len(kinds) < len(schema.get("anyOf", kinds))
    return Field(
        path=path,
        description=schema.get("description", ""),
        kind="switch" if choices == (False, True) else "choice" if choices else "text",
        allowed="" if choices else _allowed(kinds, has_none),
        default=default,
        choices=choices,
        is_list=all(kind.get("type") == "array" for kind in kinds),
    )


def _allowed(kinds: Iterable[Mapping[str, Any]], has_none: bool) -> str:
    """Return in words what may be typed."""
    return " or ".join([*map(_one_allowed, kinds), *["none"] * has_none])


def _one_allowed(kind: Mapping[str, Any]) -> str:
    if "enum" in kind:
        return ", ".join(map(str, kind["enum"]))
    if "items" in kind:
        inner = _NOUNS[kind["items"]["type"]]
        return f"a list of {inner}s{_range(kind['items'])}"
    noun = _NOUNS[kind["type"]]
    return f"a {noun}{_range(kind)}"


def _range(kind: Mapping[str, Any]) -> str:
    """Return the bounds of a number: `, 1 to 64`, ` above 0`, `, 0 to below 1`."""
    low, high = _bound(kind, "minimum"), _bound(kind, "maximum")
    above, below = _bound(kind, "exclusiveMinimum"), _bound(kind, "exclusiveMaximum")
    end = f"to {high}" if high else f"to below {below}" if below else ""
    if above:
        return f" above {above}" + (f" and {end.removeprefix('to ')}" if end else "")
    if low and end:
        return f", {low} {end}"
    return f", at least {low}" if low else ""


def _bound(kind: Mapping[str, Any], key: str) -> str:
    value = kind.get(key)
    if value is None or abs(value) >= _HUGE:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
