"""Turns pydantic's errors into one sentence: which key and value, what is allowed, what to do."""

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.errors import nearest

_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "a text",
    "tuple": "a list",
    "finite_number": "a finite number",
    "model": "a table of settings",
    "dict": "a table of settings",
}


def sentence(error: ValidationError, values: object, schema: type[BaseModel]) -> str:
    """Return one sentence for the first thing wrong in `values`."""
    return next(iter(sentences(error, values, schema).values()))


def sentences(error: ValidationError, values: object, schema: type[BaseModel]) -> dict[str, str]:
    """Return a sentence for each thing wrong in `values`, by its path like `optimizer.lr`."""
    found: dict[str, str] = {}
    for wrong in error.errors(include_url=False):
        path = _path(wrong["loc"], values)
        found.setdefault(".".join(path), _sentence(wrong, path, values, schema))
    return found


def _sentence(first: ErrorDetails, path: list[str], values: object, schema: type[BaseModel]) -> str:
    kind = first["type"]
    context: dict[str, Any] = first.get("ctx", {})
    given = _shown(first["input"])
    if kind == "extra_forbidden":
        return _unknown_key(path, _fields_at(schema, path[:-1], values))
    name = ".".join(path) or "the config"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_name(path, first)
    if kind == "literal_error":
        allowed = str(context["expected"])
        words = allowed.replace("'", "").replace(" or ", ", ").split(", ")
        return (
            f"{name} cannot be {given}: allowed is {allowed}.{nearest(str(first['input']), words)}"
        )
    if kind in ("too_short", "too_long"):
        return f"{name} has {context['actual_length']} entries: {_plain(first['msg'])}."
    bounds = [f"{_BOUNDS[key]} {value:g}" for key, value in context.items() if key in _BOUNDS]
    if bounds:
        return f"{name} cannot be {given}: it must be {' and '.join(bounds)}."
    if kind == "missing":
        return f"{name} is missing; set it."
    word = next((text for key, text in _WORDS.items() if kind.startswith(key)), None)
    if word:
        return f"{name} cannot be {given}: it must be {word}."
    return f"{name} cannot be {given}: {_plain(first['msg'])}."


def _plain(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return (text[:1].lower() + text[1:]).rstrip(".")


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _path(loc: tuple[int | str, ...], values: object) -> list[str]:
    """Return the keys as the user wrote them: pydantic puts union tags between them."""
    path: list[str] = []
    here = values
    for key in loc:
        if isinstance(here, dict) and (key in here or key == loc[-1]):
            path.append(str(key))
            here = here.get(key)
        elif isinstance(key, int):
            path.append(str(key + 1))
    return path


def fields_of(schema: type[BaseModel], key: str, name: object) -> type[BaseModel] | None:
    """Return the options class behind a section, which for unions depends on its `name`."""
    from engine.models.registry import find

    if key == "model":
        return find(str(name)).options
    annotation: Any = schema.model_fields[key].annotation if key in schema.model_fields else None
    members = [m for m in (get_args(annotation) or (annotation,)) if isinstance(m, type)]
    options = [m for m in members if issubclass(m, BaseModel)]
    named = [
        m for m in options if "name" in m.model_fields and m.model_fields["name"].default == name
    ]
    return next(iter(named or options), None)


def _fields_at(schema: type[BaseModel], path: list[str], values: object) -> list[str]:
    here: Any = values
    found: type[BaseModel] | None = schema
    for key in path:
        here = here.get(key, {}) if isinstance(here, dict) else {}
        name = here.get("name") if isinstance(here, dict) else None
        found = fields_of(found, key, name) if found else None
    return list(found.model_fields) if found else []


def _unknown_key(path: list[str], known: list[str]) -> str:
    parent = ".".join(path[:-1])
    guess = nearest(path[-1], known)
    if guess and parent:
        guess = guess.replace("'", f"'{parent}.", 1)
    place = f"in '{parent}'" if parent else "of a run"
    return f"unknown key '{'.'.join(path)}'.{guess} Keys {place}: {', '.join(known)}."


def _unknown_name(path: list[str], first: ErrorDetails) -> str:
    section = path[0] if path else "config"
    context: dict[str, Any] = first.get("ctx", {})
    value = first["input"]
    given = value.get("name") if isinstance(value, dict) else value
    allowed = str(context.get("expected_tags", "")).replace("'", "")
    if not isinstance(given, str):
        return (
            f"{section} needs a name; allowed: {allowed}."
            if allowed
            else (f"{section} needs a name, like {section}.name=...")
        )
    guess = nearest(given, allowed.split(", "))
    return f"unknown {section} '{given}'.{guess} Allowed: {allowed}."
