"""A person's own settings of the UI: theme, pace and keys, from a TOML file. Imports no torch.

    theme = "dli-light"
    redraws_per_second = 4

    [keys]
    "run.pause" = "p"
    "classes.order" = ["o", "f2"]

The file is `DLI_CONFIG`, else `tui.toml` in `dli` in the user's config folder.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import ConfigError, unknown

SLOWEST, FASTEST = 1, 10  # redraws per second
_SETTINGS = ("theme", "redraws_per_second", "keys")


@dataclass(frozen=True)
class Preferences:
    """What a person prefers; `keys` are Textual's, parted by commas, by the id of their binding."""

    theme: str | None = None
    redraws_per_second: float = 4
    keys: Mapping[str, str] = field(default_factory=dict)


def preferences_path() -> Path:
    """Return where the file lies, whether there is one or not."""
    named = os.environ.get("DLI_CONFIG")
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(named or f"{home}/dli/tui.toml").expanduser()


def load(path: Path | None = None) -> Preferences:
    """Return the preferences of a file; the defaults where there is none that nobody named.

    Args:
        path: the file; `preferences_path()` if None.

    Raises:
        ConfigError: the file cannot be read, or holds a key or a value that is not known.
    """
    is_named = path is not None or bool(os.environ.get("DLI_CONFIG"))
    path = path or preferences_path()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not is_named:
            return Preferences()
        raise ConfigError(f"there is no file {path}; make it, or unset DLI_CONFIG.") from None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}.") from None
    except ValueError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None
    try:
        return _checked(values)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def print_keys(preferences: Preferences) -> None:
    """Print the keys of all bindings, by their ids, as the preferences have them."""
    from tui.bindings import all_bindings, key_sign
    from tui.output import Column, print_table

    rows = []
    for name, known in sorted(all_bindings().items()):
        usual = "  ".join(map(key_sign, known.keys))
        given = preferences.keys.get(name)
        mine = "  ".join(map(key_sign, given.split(","))) if given else usual
        rows.append((name, mine, known.what, usual if mine != usual else ""))
    print_table((Column("id"), Column("keys"), Column("what"), Column("usually")), rows)


def _checked(values: Mapping[str, Any]) -> Preferences:
    for name in values:
        if name not in _SETTINGS:
            remedy = f"Allowed: {', '.join(_SETTINGS)}."
            raise ConfigError(unknown("setting", name, _SETTINGS, remedy))
    return Preferences(
        theme=_theme(values.get("theme")),
        redraws_per_second=_pace(values.get("redraws_per_second", 4)),
        keys=_keys(values.get("keys", {})),
    )


def _theme(name: object) -> str | None:
    if name is None:
        return None
    themes = theme_names()
    if name not in themes:
        raise ConfigError(unknown("theme", str(name), themes, f"Allowed: {', '.join(themes)}."))
    return str(name)


def theme_names() -> list[str]:
    """Return the names of all themes, ours first."""
    from textual.theme import BUILTIN_THEMES

    from tui.palette import themes

    return [*(theme.name for theme in themes()), *BUILTIN_THEMES]


def _pace(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and SLOWEST <= float(value) <= FASTEST:
        return float(value)
    raise ConfigError(
        f"redraws_per_second is {value!r}; it must be a number from {SLOWEST} to {FASTEST}."
    )


def _keys(given: object) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise ConfigError('keys must be a table, like `[keys]` with "run.pause" = "p" in it.')
    flat = dict(_flat(given, ""))
    if not flat:
        return {}
    from tui.bindings import all_bindings, clash

    known = all_bindings()
    for name in flat:
        if name not in known:
            raise ConfigError(unknown("key id", name, known, "`dli tui --keys` lists them all."))
    keys = {name: _key_list(name, value) for name, value in flat.items()}
    problem = clash(keys)
    if problem is not None:
        raise ConfigError(problem)
    return keys


def _flat(given: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, object]]:
    """Yield ids with their values: `run.pause = "p"` without quotes is a table in TOML."""
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _key_list(name: str, value: object) -> str:
    keys = value if isinstance(value, list) else [value]
    if not keys:
        raise ConfigError(f'keys: {name} has no key; give it one, like {name} = "f2".')
    return ",".join(_key(name, key) for key in keys)


def _key(name: str, key: object) -> str:
    """Return a key as Textual names it."""
    from tui.bindings import key_name

    known = key_name(key) if isinstance(key, str) else None
    if known is None:
        raise ConfigError(
            f"keys: {name} is {key!r}, which is no key; write it like 'p', 'P', 'ctrl+x', 'f2', "
            "'space', 'left' or '['."
        )
    return known
