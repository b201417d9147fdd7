"""`dli models`: which models there are, and what one of them is made of."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import ConfigError
from tui.commands.options import AsJson, Settings
from tui.output import Column, print_json, print_table, say

if TYPE_CHECKING:
    from engine.config import RunConfig
    from engine.models.spec import PictureShape
    from engine.models.summary import ModelSummary

_COLUMNS = (
    Column("layer"),
    Column("type"),
    Column("output", right=True),
    Column("parameters", right=True),
    Column("FLOPs", right=True),
)


def models(
    name: Annotated[
        str | None, typer.Argument(help="A model to take apart.", metavar="NAME")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Fit it to this data set (default: digits).", metavar="NAME")
    ] = None,
    settings: Settings = None,
    as_json: AsJson = False,
) -> None:
    """List the models, or a model's layers, parameters and FLOPs."""
    if name is None:
        if dataset or settings:
            raise ConfigError(
                "--dataset and --set need the NAME of a model; `dli models` lists them."
            )
        return _list_all(as_json)
    from engine.models.registry import find
    from tui.settings import build_config

    find(name)
    config, _ = build_config({}, {"dataset": dataset, "model": name}, settings or [])
    shape, num_classes = _pictures(config)
    from engine.models.summary import summarize  # brings torch

    summary = summarize(config.model, shape, num_classes)
    if as_json:
        about = {"name": name, "dataset": config.dataset, "picture_shape": asdict(shape)}
        return print_json(about | {"num_classes": num_classes} | asdict(summary))
    return _print_layers(summary, f"{name} for {config.dataset}, {shape}, {num_classes} classes")


def _list_all(as_json: bool) -> None:
    from engine.models.registry import specs

    found = specs().values()
    if as_json:
        print_json([{"name": s.name, "about": s.about, "source": s.source} for s in found])
    else:
        print_table((Column("model"), Column("about")), [(s.name, s.about) for s in found])
        say("`dli models NAME --dataset D` prints a model's layers.")


def _pictures(config: "RunConfig") -> "tuple[PictureShape, int]":
    """Return the pictures' shape and the number of classes; a named set need not be here."""
    from engine.data.prepare import prepare
    from engine.data.registry import FOLDER, find
    from tui.waiting import wait_for

    if config.dataset.startswith(FOLDER):
        prepared = wait_for(prepare(config.dataset, config.data))
        return prepared.shape, len(prepared.classes)
    spec = find(config.dataset)
    return spec.shape_for(config.data), spec.num_classes


def _print_layers(summary: "ModelSummary", title: str) -> None:
    from tui.format import count, short_count

    rows = [
        (
            layer.name,
            layer.type,
            "x".join(map(str, layer.output_shape)),
            count(layer.num_parameters) if layer.num_parameters else "",
            short_count(layer.flops) if layer.flops else "",
        )
        for layer in summary.layers
    ]
    typer.echo(title)
    print_table(_COLUMNS, rows)
    keras = ""
    if summary.keras_parameters != summary.num_parameters:
        keras = f" ({count(summary.keras_parameters)} as Keras counts)"
    typer.echo(
        f"{count(summary.num_parameters)} parameters{keras}, "
        f"{short_count(summary.flops)} FLOPs per picture"
    )
