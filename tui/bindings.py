"""All keys of the UI by the ids of their bindings, found without starting it. Imports no torch."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import walk_packages

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

_MODIFIERS = ("ctrl", "shift", "alt", "super", "hyper", "meta")
_PLACES = ("tui.app", "tui.bars", "tui.screens", "tui.panels", "tui.plot")


@dataclass(frozen=True)
class Known:
    """A binding that can be given other keys; `owners` are the classes that have it."""

    id: str
    keys: tuple[str, ...]
    what: str
    owners: tuple[str, ...]


@cache
def all_bindings() -> Mapping[str, Known]:
    """Return all bindings with an id, in the order of their places."""
    found: dict[str, Known] = {}
    for owner in _owners():
        for binding in _own(owner):
            before = found.get(binding.id or "")
            keys = tuple(key.strip() for key in binding.key.split(","))
            owners = (*(before.owners if before else ()), owner.__qualname__)
            if before is not None:
                keys = tuple(dict.fromkeys((*before.keys, *keys)))
            what = before.what if before else binding.description
            assert binding.id is not None
            found[binding.id] = Known(binding.id, keys, what, owners)
    return found


def _own(owner: type[DOMNode]) -> Iterator[Binding]:
    """Yield the bindings with an id that a class has from us: its own and its bases'."""
    for each in owner.__mro__:
        if each.__module__.startswith("tui."):
            for binding in vars(each).get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id is not None:
                    yield binding


def _owners() -> Iterator[type[DOMNode]]:
    """Yield our classes that have keys."""
    for place in _PLACES:
        for module in _modules(place):
            for _, found in getmembers(import_module(module), isclass):
                if found.__module__ == module and issubclass(found, DOMNode):
                    yield found


def _modules(place: str) -> Iterator[str]:
    yield place
    path = getattr(import_module(place), "__path__", None)
    if path is not None:
        yield from (found.name for found in walk_packages(path, f"{place}."))


def clash(keys: Mapping[str, str]) -> str | None:
    """Return the sentence for two bindings of one place that get the same key, if there are any.

    Those that share a key from the start never act at the same time.

    Args:
        keys: the new keys, parted by commas, by the ids of their bindings.
    """
    known = all_bindings()
    for name, given in keys.items():
        for other in known.values():
            theirs = keys[other.id].split(",") if other.id in keys else other.keys
            same = set(map(key_name, given.split(","))) & set(map(key_name, theirs))
            if same and _may_clash(known[name], other):
                return (
                    f"keys: {name} and {other.id} would both be '{key_sign(str(same.pop()))}'; "
                    "give one of them another key."
                )
    return None


def _may_clash(one: Known, other: Known) -> bool:
    return (
        one.id != other.id
        and bool(set(one.owners) & set(other.owners))
        and not set(one.keys) & set(other.keys)
    )


def key_name(key: str) -> str | None:
    """Return a key as Textual names it, or None: `?` is `question_mark`, `shift+p` is `P`."""
    head, _, last = key.rpartition("+") if len(key) > 1 else ("", "", key)
    modifiers = head.split("+") if head else []
    if modifiers == ["shift"] and len(last) == 1 and last.isalpha():
        return last.upper()
    if not last or any(part not in _MODIFIERS for part in modifiers):
        return None
    name = _name_of(last)
    return "+".join([*modifiers, name]) if name else None


def _name_of(key: str) -> str | None:
    if len(key) == 1 and not key.isalnum():
        key = unicodedata.name(key, "").lower().replace("-", "_").replace(" ", "_")
        return KEY_NAME_REPLACEMENTS.get(key, key) or None
    named = {known.value for known in Keys} | set(KEY_NAME_REPLACEMENTS.values())
    return key if len(key) == 1 or key in named or key_to_character(key) else None


def key_sign(key: str) -> str:
    """Return a key as a person writes it in the file: `?`, not `question_mark`."""
    back = {short: long for long, short in KEY_NAME_REPLACEMENTS.items()}
    sign = key_to_character(back.get(key, key))
    return sign if sign is not None and sign.isprintable() and sign != " " else key
