"""`dli data`: which data sets there are, fetching them, and looking at their pictures."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from engine.errors import ConfigError
from tui.commands.options import AsJson
from tui.output import Column, print_json, print_table, say

if TYPE_CHECKING:
    from engine.data.listing import DatasetStatus
    from engine.data.load import LoadedData, Part

data = typer.Typer(
    name="data",
    help="List the data sets, get them, or look at their pictures.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
DatasetName = Annotated[str, typer.Argument(help="A data set's name.", metavar="NAME")]
_COLUMNS = (
    Column("data set"),
    Column("here", styles={"yes": "green"}),
    Column("train", right=True),
    Column("test", right=True),
    Column("classes", right=True),
    Column("pictures", right=True),
    Column("download", right=True),
    Column("about"),
)
_BAR = 40  # columns of the largest class
_PICTURE = 16  # columns of a picture


@data.callback()
def list_all(context: typer.Context, as_json: AsJson = False) -> None:
    """List the data sets, get them, or look at their pictures."""
    if context.invoked_subcommand is not None:
        return None
    from engine.data.listing import list_datasets

    found = list_datasets()
    if as_json:
        return print_json([_flat(status) for status in found])
    print_table(_COLUMNS, [_cells(status) for status in found])
    return say("`dli data get NAME` downloads one; --dataset folder:PATH takes your own pictures.")


def _cells(status: "DatasetStatus") -> tuple[str, ...]:
    from tui.format import count, size

    spec = status.spec
    return (
        spec.name,
        "yes" if status.present else "no",
        count(spec.train_size),
        count(spec.test_size),
        count(spec.num_classes),
        str(spec.shape),
        size(spec.download_mb * 1_000_000) if spec.download_mb else "none",
        spec.about,
    )


def _flat(status: "DatasetStatus") -> dict[str, object]:
    spec = status.spec
    return {
        "name": spec.name,
        "about": spec.about,
        "present": status.present,
        "where": str(status.where) if status.where else None,
        "cached_bytes": status.cached_bytes,
        "train_size": spec.train_size,
        "test_size": spec.test_size,
        "num_classes": spec.num_classes,
        "picture_shape": [spec.shape.channels, spec.shape.height, spec.shape.width],
        "download_mb": spec.download_mb,
        "licence": spec.licence,
    }


@data.command()
def get(
    name: Annotated[str | None, typer.Argument(help="A data set's name.", metavar="NAME")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Get every data set.")] = False,
) -> None:
    """Download a data set, checked, into the data folder (DLI_DATA)."""
    from engine.data.download import download
    from engine.data.registry import find, specs
    from tui.waiting import wait_for

    if (name is None) != everything:
        raise ConfigError(f"name a data set or give --all; there are {', '.join(specs())}.")
    wanted = [find(name)] if name else list(specs().values())
    for spec in wanted:
        if spec.files:
            folder = wait_for(download(spec.name), in_bytes=True)
            say(f"{spec.name} is in {folder}.")
        else:
            say(f"{spec.name} comes with dli; there is nothing to download.")


@data.command()
def show(
    name: Annotated[
        str, typer.Argument(help="A data set's name, or folder:PATH.", metavar="NAME")
    ] = "digits",
    *,
    split: Annotated[
        Literal["train", "val", "test"], typer.Option(help="Which part to look at.")
    ] = "train",
    count: Annotated[
        int, typer.Option(help="How many pictures to draw.", min=0, max=1000, metavar="N")
    ] = 20,
    seed: Annotated[
        int, typer.Option(help="Seed that picks the pictures.", min=0, metavar="N")
    ] = 0,
    image_size: Annotated[
        int | None,
        typer.Option(help="Resize all pictures to this many pixels a side.", metavar="N"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw labelled pictures of a data set, and how many each class has."""
    from engine.data.load import load
    from tui.settings import build_config
    from tui.waiting import wait_for

    sizes = [f"data.image_size={image_size}"] * (image_size is not None)
    config, _ = build_config({}, {"dataset": name}, sizes)
    loaded = wait_for(load(name, config.data))
    part: Part = getattr(loaded, split)
    if as_json:
        shape = loaded.prepared.shape
        return print_json(
            {
                "name": name,
                "split": split,
                "num_pictures": len(part),
                "picture_shape": [shape.channels, shape.height, shape.width],
                "classes": _balance(loaded, part),
            }
        )
    _draw_pictures(loaded, part, count, seed)
    return _draw_balance(loaded, part, split)


def _balance(loaded: "LoadedData", part: "Part") -> dict[str, int]:
    """Return how many pictures each class has."""
    import numpy as np

    classes = loaded.prepared.classes
    counts = np.bincount(part.labels[part.index], minlength=len(classes))
    return dict(zip(classes, counts.tolist(), strict=True))


def _draw_pictures(loaded: "LoadedData", part: "Part", count: int, seed: int) -> None:
    import numpy as np
    from rich.console import Console

    from tui.pictures import grid

    drawn = np.random.default_rng(seed).permutation(part.index)[:count]
    captions = [loaded.prepared.classes[label] for label in part.labels[drawn]]
    if count:
        Console().print(grid([part.images[row] for row in drawn], captions, width=_PICTURE))


def _draw_balance(loaded: "LoadedData", part: "Part", split: str) -> None:
    from tui.format import count

    balance = _balance(loaded, part)
    largest = max(1, *balance.values())
    columns = (Column(split), Column("pictures", right=True), Column(""))
    print_table(
        columns,
        [(name, count(n), "█" * round(n / largest * _BAR)) for name, n in balance.items()],
    )
