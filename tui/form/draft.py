"""What stands in the form: the settings given so far, right or wrong, and what they started as."""

import copy
from collections.abc import Mapping
from typing import Any

from engine.config import RunConfig, problems
from engine.overrides import NAMED_SECTIONS, apply, parse_setting
from tui.form.fields import LABEL, START, Field, as_text, fields_in

DEFAULTS = "dli's defaults"
Values = dict[str, Any]


class Draft:
    """A config in the making. `values` are nested; what is not in them is at its default.

    Args:
        values: what it starts as: nested values that are right.
        start: what they are the values of.
        study: the study whose base they are, if they are one's; its runs are called as it.
    """

    def __init__(self, values: Mapping[str, Any], start: str = DEFAULTS, study: str = "") -> None:
        self.values = _with_names(values)
        self.start = start
        self.label = self.study = study
        self._first = copy.deepcopy(self.values)
        self._kept = {(name, self._kind(self.values, name)): self.values[name]
                      for name in NAMED_SECTIONS}  # fmt: skip

    @classmethod
    def of(cls, config: RunConfig, start: str) -> "Draft":
        """Return a draft that starts as a config."""
        values = config.model_dump(mode="json", exclude_defaults=True)
        for section in NAMED_SECTIONS:
            if section in values:
                values[section]["name"] = getattr(config, section).name
        return cls(values, start)

    @property
    def fields(self) -> dict[str, Field]:
        """All rows by path, as the present model, optimizer and schedule have them."""
        return fields_in(*(self._kind(self.values, name) for name in NAMED_SECTIONS))

    def value(self, path: str) -> object:
        """Return what a setting is, its default where none is given."""
        return _value(self.values, path, self.fields[path].default)

    def text(self, path: str) -> str:
        """Return a setting as it is typed; nothing where its default is none."""
        if path == START:
            return self.start
        return self.label if path == LABEL else as_text(self.value(path))

    def first_text(self, path: str) -> str:
        """Return a setting as it was at the start, as it is typed."""
        return (self.study if path == LABEL else as_text(self._before(path))) or "none"

    def is_changed(self, path: str) -> bool:
        """Tell whether a setting is another than at the start."""
        if path == START:
            return False
        if path == LABEL:
            return self.label != self.study
        return self.value(path) != self._before(path)

    def changes(self) -> dict[str, object]:
        """Return the settings that are others than at the start, with their values."""
        paths = (path for path in self.fields if path not in (START, LABEL))
        return {path: self.value(path) for path in paths if self.is_changed(path)}

    def put(self, path: str, value: object) -> list[str]:
        """Make a setting; return a sentence for each section whose settings were dropped by it."""
        if path == LABEL:
            self.label = str(value)
            return []
        section, _, key = path.partition(".")
        if section in NAMED_SECTIONS and key == "name":
            return self._change_kind(section, str(value))
        self.values, notes = apply(self.values, [(path, value)])
        return notes

    def _change_kind(self, section: str, kind: str) -> list[str]:
        """Give a section another name; what was set for that one before comes back."""
        self._kept[section, str(self.values[section]["name"])] = self.values[section]
        before = self._kept.get((section, kind))
        if before is not None:
            self.values[section] = before
            return []
        self.values, notes = apply(self.values, [(f"{section}.name", kind)])
        return notes

    def type_in(self, path: str, text: str) -> list[str]:
        """Make a setting as it is typed; nothing typed is its default."""
        text = text.strip()
        if path == LABEL:
            return self.put(path, text)
        field = self.fields[path]
        if not text:
            self._leave_out(path)
            return []
        if field.is_list and not text.startswith("["):
            text = f"[{text}]"
        return self.put(path, text if field.choices else parse_setting(f"{path}={text}")[1])

    def reset(self, path: str) -> list[str]:
        """Put a setting back to what it was at the start; one that is so, to its default."""
        if path == LABEL:
            return self.put(path, self.study)
        default = self.fields[path].default
        before = self._before(path)
        value = before if self.is_changed(path) else default
        if value == default and not path.endswith(".name"):
            self._leave_out(path)
            return []
        return self.put(path, copy.deepcopy(value))

    def _before(self, path: str) -> object:
        """Return what a setting was at the start; its default where the kind was another."""
        section, _, key = path.rpartition(".")
        default = self.fields[path].default
        is_other = section in NAMED_SECTIONS and self._kind(self.values, section) != self._kind(
            self._first, section
        )
        return default if is_other and key != "name" else _value(self._first, path, default)

    @staticmethod
    def _kind(values: Values, section: str) -> str:
        return str(values[section]["name"])

    def check(self) -> tuple[RunConfig | None, dict[str, str]]:
        """Return the config, or None with a sentence for each path that is wrong."""
        wrong = problems(self.values)
        return (None if wrong else RunConfig.model_validate(self.values)), wrong

    def _leave_out(self, path: str) -> None:
        *parents, key = path.split(".")
        here = self.values
        for parent in parents:
            here = here.get(parent, {})
        here.pop(key, None)


def _with_names(values: Mapping[str, Any]) -> Values:
    """Return a copy in which model, optimizer and schedule are written out, not left at default."""
    filled = copy.deepcopy(dict(values))
    for section in NAMED_SECTIONS:
        if section not in filled:
            default = getattr(RunConfig(), section)
            filled[section] = {"name": default.name} | default.model_dump(exclude_unset=True)
    return filled


def _value(values: Values, path: str, default: object) -> object:
    here: Any = values
    for key in path.split("."):
        if not isinstance(here, dict) or key not in here:
            return default
        here = here[key]
    return list(here) if isinstance(here, tuple) else here


def path_in(sentence: str, fields: Mapping[str, Field]) -> str:
    """Return the path of the setting that an error's sentence begins with; nothing if it has none.

    The engine's sentences begin with what is wrong: a path, `model 'x'` or `data set 'x'`.
    """
    first = sentence.split(maxsplit=1)[0] if sentence else ""
    if sentence.startswith(("data set '", "folder ")):
        return "dataset"
    return next((path for path in (first, f"{first}.name") if path in fields), "")
