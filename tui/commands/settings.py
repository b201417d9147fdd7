"""`dli settings`: every setting that `--set` takes, with its default and what is allowed."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.errors import ConfigError, unknown
from tui.commands.options import AsJson, Settings
from tui.output import Column, print_json, print_table, say

if TYPE_CHECKING:
    from engine.config import RunConfig
    from tui.form.fields import Field

_COLUMNS = (Column("setting"), Column("default", yields=True), Column("about"), Column("allowed"))
_OPEN = {"dataset": "folder:PATH", "model.name": "torchvision:NAME"}  # many more choices


def settings(
    name: Annotated[
        str | None,
        typer.Argument(help="A section like augment, a setting, or a part of one.", metavar="NAME"),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="List this model's options (default: cnn).", metavar="NAME")
    ] = None,
    kinds: Settings = None,
    as_json: AsJson = False,
) -> None:
    """List the settings of a run, or explain one.

    Those of another optimizer or schedule: `--set schedule.name=cosine`.
    """
    from tui.settings import build_config

    config, _ = build_config({}, {"model": model}, kinds or [])
    fields = _fields(config)
    chosen = _matching(fields, name) if name else list(fields.values())
    if as_json:
        return print_json([_as_dict(field) for field in chosen])
    if len(chosen) == 1:
        return _explain(chosen[0])
    print_table(_COLUMNS, [_cells(field) for field in chosen])
    return say(
        "`dli settings NAME` explains one; `dli train --set NAME=VALUE` sets it.\n"
        f"Listed for {config.model.name}, {config.optimizer.name} and {config.schedule.name}; "
        "--model NAME and --set schedule.name=NAME list others."
    )


def _fields(config: "RunConfig") -> dict[str, "Field"]:
    """Return the settings by their paths, section by section, with the config's values."""
    from bench.dimensions import flat
    from tui.form.fields import SECTIONS, fields_in, in_section

    values = dict(flat(config.model_dump(mode="json")))
    known = fields_in(config.model.name, config.optimizer.name, config.schedule.name)
    found = {f.path: f for section in SECTIONS for f in in_section(section, known)}
    return {path: replace(f, default=values[path]) for path, f in found.items() if path in values}


def _matching(fields: dict[str, "Field"], name: str) -> list["Field"]:
    """Return the setting, those of the section, or those with the word in their path.

    Raises:
        ConfigError: there is none.
    """
    if name in fields:
        return [fields[name]]
    in_section = [f for path, f in fields.items() if path.startswith(f"{name}.")]
    found = in_section or [f for path, f in fields.items() if name.lower() in path]
    if not found:
        remedy = "`dli settings` lists them; options of other models need --model."
        raise ConfigError(unknown("setting", name, fields, remedy))
    return found


def _explain(field: "Field") -> None:
    typer.echo(field.path)
    typer.echo(f"  {field.description}")
    typer.echo(f"  default  {_default(field)}")
    typer.echo(f"  allowed  {_allowed(field)}")


def _cells(field: "Field") -> tuple[str, ...]:
    return (field.path, _default(field), field.description, _allowed(field))


def _default(field: "Field") -> str:
    from tui.form.fields import as_text

    return as_text(field.default) or "none"


def _allowed(field: "Field") -> str:
    from tui.form.fields import as_text

    texts = [text for text in map(as_text, field.choices) if ":" not in text]
    texts += [text for path, text in _OPEN.items() if path == field.path]
    return ", ".join(texts) or field.allowed


def _as_dict(field: "Field") -> dict[str, Any]:
    return {
        "setting": field.path,
        "default": field.default,
        "allowed": _allowed(field),
        "choices": list(field.choices),
        "about": field.description,
    }
