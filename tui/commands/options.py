"""Options that several commands share, or that name a setting of a run."""

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
Resume = Annotated[str | None, typer.Option(help="Go on with an interrupted run.", metavar="RUN")]
Fork = Annotated[
    str | None,
    typer.Option(
        help="Begin with this run's config and weights; its optimizer state is not taken.",
        metavar="RUN",
    ),
]
Name = Annotated[
    str | None,
    typer.Option(help="Name in the run's id, instead of data set and model.", metavar="TEXT"),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any setting, like optimizer.lr=0.1; `dli settings` lists them.",
                 metavar="KEY=VALUE"),
]  # fmt: skip

Dataset = Annotated[
    str | None, typer.Option(help="A data set's name, or folder:PATH.", metavar="NAME")
]
Model = Annotated[str | None, typer.Option(help="A model's name.", metavar="NAME")]
Epochs = Annotated[int | None, typer.Option(help="Passes over the training pictures.", metavar="N")]
BatchSize = Annotated[int | None, typer.Option(help="Pictures per step.", metavar="N")]
Lr = Annotated[float | None, typer.Option(help="Learning rate of the optimizer.", metavar="N")]
Seed = Annotated[int | None, typer.Option(help="Seed of everything random.", metavar="N")]
Subset = Annotated[
    int | None, typer.Option(help="Use only this many training pictures.", metavar="N")
]
NoTest = Annotated[bool, typer.Option("--no-test", help="Do not look at the test pictures.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.", metavar="NAME")]
Precision = Annotated[str | None, typer.Option(help="auto, fp32 or bf16.", metavar="NAME")]
Threads = Annotated[int | None, typer.Option(help="CPU threads to use.", metavar="N")]
Storage = Annotated[
    str | None,
    typer.Option(
        help="Where studies are kept: a URL that Optuna takes (default: in the runs folder).",
        metavar="URL",
    ),
]
