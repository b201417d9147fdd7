"""`dli report`: which configuration of a study is best, and how sure that is."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from engine.errors import ConfigError, StorageError
from tui.commands import options
from tui.output import say

if TYPE_CHECKING:
    from optuna.storages import RDBStorage

    from bench.report.types import Report

Format = Literal["text", "md", "html", "json", "csv"]


def report(
    studies: Annotated[
        list[str] | None,
        typer.Argument(help="Studies by name or id (default: the newest).", metavar="STUDY"),
    ] = None,
    *,
    format: Annotated[  # noqa: A002  # the option's name
        Format | None,
        typer.Option(help="text, md, html, json or csv (default: as --output ends, or text)."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of stdout.", metavar="FILE")
    ] = None,
    storage: options.Storage = None,
    runs_dir: options.RunsDir = None,
) -> None:
    """Say which configuration is best, and how sure that is.

    Two studies or more are compared.
    """
    from bench.reports import find_ids
    from bench.storage import default_url, using_storage
    from engine import runs

    with using_storage(storage or default_url(runs.runs_dir(runs_dir))) as opened:
        reports = [report_of(opened, study_id) for study_id in find_ids(opened, studies or [])]
    kind = format or _by_name(output)
    if output is None and kind == "text":
        _print(reports)
    else:
        _write(_rendered(reports, kind), output)


def _by_name(output: Path | None) -> Format:
    """Return the format that a file's name asks for."""
    if output is None:
        return "text"
    formats: dict[str, Format] = {
        ".md": "md", ".html": "html", ".json": "json", ".csv": "csv",
    }  # fmt: skip
    try:
        return formats[output.suffix.lower()]
    except KeyError:
        raise ConfigError(
            f"--output {output}: a name that ends in {', '.join(formats)} tells the format; "
            "else add --format."
        ) from None


def report_of(storage: "RDBStorage", study_id: str) -> "Report":
    """Return a study's report, from the cache if nothing was finished since.

    Raises:
        RunError: there is no such study.
        StorageError: the storage cannot be read.
    """
    from bench.report import cache
    from bench.reports import cache_key, compute
    from engine.data.locations import cache_folder
    from tui.waiting import wait_for

    key = cache_key(storage, study_id)
    folder = cache_folder() / "reports" / study_id
    found = cache.load(folder, key)
    if found is None:
        found = wait_for(compute(storage, study_id))
        with suppress(OSError, StorageError):  # a report that cannot be kept is a report
            folder.mkdir(parents=True, exist_ok=True)
            cache.store(folder, key, found)
    return found


def _print(reports: "list[Report]") -> None:
    from tui.report import print_comparison, print_report

    if len(reports) == 1:
        print_report(reports[0])
    else:
        print_comparison(reports)


def _rendered(reports: "list[Report]", kind: Format) -> str:
    from tui.report import render, render_comparison

    if kind == "text":
        raise ConfigError("--format text is for the terminal; files are md, html, json or csv.")
    if len(reports) == 1:
        return render(reports[0], kind)
    return render_comparison(reports, kind)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot write {output}: {error.strerror}.") from None
    say(f"Wrote {output}.")
