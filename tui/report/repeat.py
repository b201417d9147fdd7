"""How to repeat the study: the command, versions, machine, hashes, and whatever else is known."""

import shlex
from collections.abc import Mapping, Sequence

from bench.report.types import Report
from bench.space import Value
from tui import format as fmt
from tui.report.page import Block, Code, Facts, Section, Words

_FIRST = ("command", "storage", "seed", "machine", "versions")
_NEVER_BROKEN = ("command", "storage")
_LONGEST = 76  # columns of a line of options
_NAMES = {"command": "repeat it"}


def repeat_section(report: Report) -> Section | None:
    """Return the facts, the command first; empty ones are left out."""
    facts = {key: report.facts[key] for key in _FIRST if key in report.facts}
    facts |= report.facts
    train = facts.pop("train", "")
    rows = [(_name(key), [Words(_text(value))]) for key, value in facts.items() if _is_said(value)]
    blocks: list[Block] = [Facts(rows, [_name(key) for key in _NEVER_BROKEN])] if rows else []
    if report.verdict.settings:
        what = "This trains" if train else "Options that train"
        about = f"{what} the configuration named first:"
        blocks.append(Code(about, _options(str(train), report.verdict.settings)))
    return Section("To repeat it", blocks) if blocks else None


def _options(train: str, settings: Mapping[str, Value]) -> list[str]:
    """Return the settings as options of a command, in lines that a shell takes for one."""
    lines = [f"{train} ".lstrip()]
    for path, value in settings.items():
        option = "--set " + shlex.quote(f"{path}={_exact(value)}") + " "
        if lines[-1] and len(lines[-1] + option) > _LONGEST:
            lines[-1] += "\\"
            lines.append("")
        lines[-1] += option
    return [line.rstrip() for line in lines]


def _exact(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(key: str) -> str:
    return _NAMES.get(key, key.replace("_", " "))


def _is_said(value: object) -> bool:
    return value is not None and value not in ("", {}, [], ())


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items())
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ", ".join(_text(inner) for inner in value)
    return fmt.setting(value) if value is None or isinstance(value, int | float) else str(value)
