"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
RunsDir = Annotated[
    Path | None,
    typer.Option(help="Folder that holds the runs (default: DLI_RUNS, or ./runs).", metavar="PATH"),
]
RunName = Annotated[
    str, typer.Argument(help="A run's id, a part of it, a path, or 'last'.", metavar="RUN")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any setting, like optimizer.lr=0.1; may be repeated.",
                 metavar="KEY=VALUE"),
]  # fmt: skip
