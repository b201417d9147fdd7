"""Facts about a run in blocks: how to repeat it, where it comes from, its settings and files."""

import json
import os
import shlex
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from engine.config import RunConfig
from engine.errors import DliError
from engine.fork import read_fork
from engine.runs import RunFolder
from tui import format as fmt
from tui import lines
from tui.console import name_of
from tui.setting_list import Setting, settings_of, written
from tui.sources import RunView
from tui.summary import FILES

SETTINGS = "Settings"
_MOST_VALUES = 60  # characters of a long list of values
_WHAT = {
    "config.json": "every setting",
    "console.log": "what the process printed",
    "control.jsonl": "commands from outside",
    "environment.json": "machine and versions",
    "fork.json": "whose weights it began with",
    "fork.pt": "the weights it began with",
    "fork.safetensors": "the weights it began with",
    "split.npz": "which pictures are val and test",
    "state.json": "what listings show",
} | FILES


@dataclass(frozen=True)
class Fact:
    """One line of a block; a `usual` text is the default that the fact differs from."""

    label: str
    text: str
    usual: str | None = None
    is_plain: bool = False  # a default that nobody changed


@dataclass(frozen=True)
class Block:
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]


def commands_of(view: RunView) -> Block:
    """Return the commands that repeat the run, go on with it, or look at it."""
    folder = view.folder
    facts = [Fact("repeat it", f"dli train --config {shlex.quote(str(folder['config.json']))}")]
    if view.row.can_resume:
        facts.append(Fact("go on", f"dli train --resume {shlex.quote(name_of(folder))}"))
    if view.is_live:
        facts.append(Fact("watch it", f"dli watch {shlex.quote(name_of(folder))}"))
    facts.append(Fact("report", f"dli show {shlex.quote(name_of(folder))}"))
    return Block("Commands", tuple(facts))


def origin_of(view: RunView) -> Block:
    """Return which run it is and where it comes from."""
    folder, started = view.folder, view.history.started
    facts = [Fact("id", folder.id), Fact("folder", str(folder.path))]
    try:
        fork = read_fork(folder)
    except DliError as error:
        facts.append(Fact("fork of", str(error)))
    else:
        if fork is not None:
            facts.append(Fact("fork of", f"{fork.parent}, its {fork.source} at {fork.when}"))
        elif started is not None and started.parent:
            facts.append(Fact("fork of", f"{started.parent}, step {started.parent_step}"))
    if started is not None and started.study is not None:
        facts.append(Fact("study", f"{started.study}, trial {started.trial}"))
    resumes = view.history.resumes
    if resumes:
        times = ", ".join(f"epoch {each.epoch}" for each in resumes)
        facts.append(Fact("resumed", f"after {times}"))
    return Block("Run", tuple(facts))


def data_of(view: RunView) -> Block:
    """Return what is known of the pictures, once they were loaded."""
    prepared = view.history.prepared
    if prepared is None:
        return Block("Data", ())
    channels, height, width = prepared.picture_shape
    return Block(
        "Data",
        (
            Fact("pictures", lines.parts_of(prepared)),
            Fact("shape", f"{channels}x{height}x{width}, {len(prepared.classes)} classes"),
            Fact("digest", prepared.data_digest),
        ),
    )


def settings_blocks(config: RunConfig, only_changed: bool) -> list[Block]:
    """Return all the settings by section, or those that are not at their defaults."""
    chosen = [each for each in settings_of(config) if each.is_changed or not only_changed]
    blocks = []
    for section, settings in groupby(sorted(chosen, key=_place), key=lambda each: each.section):
        facts = [
            Fact(
                each.path.removeprefix(f"{section}."),
                _short(each.text),
                _short(written(each.default)) if each.is_changed else None,
                is_plain=not each.is_changed,
            )
            for each in settings
        ]
        blocks.append(Block(f"{SETTINGS}: {section}" if section else SETTINGS, tuple(facts)))
    return blocks


def _place(setting: Setting) -> tuple[bool, int, bool]:
    """Sort what stands in no section first, and a section's kind before its other settings."""
    order = list(RunConfig.model_fields)
    section = setting.section
    return bool(section), order.index(section) if section else 0, not setting.path.endswith(".name")


def _short(text: str) -> str:
    return text if len(text) <= _MOST_VALUES else f"{text[: _MOST_VALUES - 3]}..."


def machine_blocks(folder: RunFolder) -> list[Block]:
    """Return what `environment.json` tells of the machine and the versions; none if unreadable."""
    try:
        found = json.loads(folder["environment.json"].read_bytes())
        return [_machine(found), _versions(found["versions"])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        text = "not known: there is no readable environment.json yet"
        return [Block("Machine", (Fact("machine", text),))]


def _machine(found: Mapping[str, Any]) -> Block:
    names = ("host", "system", "processor", "cores", "device", "precision", "threads")
    facts = [Fact(name, str(found[name])) for name in names if name in found]
    given = list(found.get("reasons", ()))
    reasons = [Fact("" if place else "because", str(reason)) for place, reason in enumerate(given)]
    command = found.get("command")
    begun = [Fact("begun by", shlex.join(map(str, command)))] if command else []
    return Block("Machine", (*facts, *reasons, *begun))


def _versions(found: Mapping[str, Any]) -> Block:
    known = {name: version for name, version in found.items() if version != "missing"}
    return Block("Versions", tuple(Fact(name, str(version)) for name, version in known.items()))


def files_of(folder: RunFolder) -> Block:
    """Return the files of the run with their sizes, the largest first."""
    sizes: dict[str, int] = {}
    with suppress(OSError), os.scandir(folder.path) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_file():
                    sizes[entry.name] = entry.stat().st_size
    facts = [
        Fact(name, f"{fmt.size(size):>7}  {_WHAT.get(name, '')}".rstrip())
        for name, size in sorted(sizes.items(), key=lambda item: -item[1])
    ]
    return Block(f"Files, {fmt.size(sum(sizes.values()))}", tuple(facts))


def blocks_of(view: RunView, only_changed: bool) -> list[Block]:
    """Return all blocks, in the order of reading; empty ones are left out."""
    config = view.history.config
    settings: Iterable[Block] = settings_blocks(config, only_changed) if config else ()
    blocks = [
        commands_of(view),
        origin_of(view),
        *settings,
        data_of(view),
        *machine_blocks(view.folder),
        files_of(view.folder),
    ]
    return [block for block in blocks if block.facts]
