"""All the settings of a config in order, each with its default."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from engine.config import RunConfig


@dataclass(frozen=True)
class Setting:
    """A setting by its path, `optimizer.lr`; the default is that of its own optimizer."""

    path: str
    value: object
    default: object

    @property
    def is_changed(self) -> bool:
        """Whether it is not at its default."""
        return self.value != self.default

    @property
    def section(self) -> str:
        """The part before the first dot; empty for what stands in no section."""
        head, dot, _ = self.path.partition(".")
        return head if dot else ""

    @property
    def text(self) -> str:
        """The value as `--set` takes it."""
        return written(self.value)


def settings_of(config: RunConfig) -> Iterator[Setting]:
    """Yield all settings; a section of another kind is compared with that kind's defaults."""
    yield from _settings(config, RunConfig(), "")


def _settings(options: BaseModel, default: BaseModel, prefix: str) -> Iterator[Setting]:
    for name in type(options).model_fields:
        value, usual = getattr(options, name), getattr(default, name)
        if not isinstance(value, BaseModel):
            yield Setting(f"{prefix}{name}", value, usual)
            continue
        same_kind = type(value) is type(usual)
        if not same_kind:
            kinds = getattr(value, "name", ""), getattr(usual, "name", "")
            yield Setting(f"{prefix}{name}.name", *kinds)
        inner = usual if same_kind else _fresh(value)
        for each in _settings(value, inner, f"{prefix}{name}."):
            if same_kind or each.path != f"{prefix}{name}.name":
                yield each


def _fresh(options: BaseModel) -> BaseModel:
    return type(options).model_validate({"name": getattr(options, "name", "")})


def written(value: object) -> str:
    """Return a value as `--set` takes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)
