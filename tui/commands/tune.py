"""`dli tune`: searches for the best configuration of a study, and confirms it."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.errors import INTERRUPTED_EXIT_CODE, ConfigError
from tui.commands import options
from tui.output import say

if TYPE_CHECKING:
    from optuna.storages import RDBStorage

    from bench.records import ConfirmRecord, TrialRecord
    from bench.study import Study
    from bench.tune import Plan
    from bench.tuning_events import StudyEnded


StudyName = Annotated[
    str | None, typer.Argument(help="A study's name, or its TOML file.", metavar="STUDY")
]
StudyOption = Annotated[
    str | None, typer.Option("--study", help="The same, as an option.", metavar="NAME")
]
Trials = Annotated[
    int | None,
    typer.Option(min=1, help="Configurations in total (default: the study's).", metavar="N"),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, max=256, help="Processes (default: one per GPU, else per core).", metavar="N"
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option(min=0.01, help="Stop after so many minutes; the next call goes on.", metavar="N"),
]
Earlier = Annotated[
    bool,
    typer.Option(
        "--learn-from-earlier",
        help="Let the sampler learn from trials of earlier versions of the study that fit.",
    ),
]
ConfirmOnly = Annotated[
    bool, typer.Option("--confirm-only", help="Only train the best again, with fresh seeds.")
]
NoConfirm = Annotated[bool, typer.Option("--no-confirm", help="Only search.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and how long it takes.")
]
EventsAsJson = Annotated[
    bool, typer.Option("--json", help="Print each event as a line of JSON on stdout.")
]


def tune(
    name: StudyName = None,
    *,
    study: StudyOption = None,
    trials: Trials = None,
    workers: Workers = None,
    minutes: Minutes = None,
    dataset: options.Dataset = None,
    epochs: options.Epochs = None,
    subset: options.Subset = None,
    settings: options.Settings = None,
    storage: options.Storage = None,
    learn_from_earlier: Earlier = False,
    confirm_only: ConfirmOnly = False,
    no_confirm: NoConfirm = False,
    dry_run: DryRun = False,
    as_json: EventsAsJson = False,
    runs_dir: options.RunsDir = None,
) -> None:
    """Search for a study's best configuration, and confirm it.

    What is best is trained again with fresh seeds before anything is called best. The same command
    goes on where it stopped; on another machine, with the same --storage, it joins in.
    """
    from engine import runs

    if confirm_only and no_confirm:
        raise ConfigError("choose one of --confirm-only and --no-confirm.")
    named = {"dataset": dataset, "epochs": epochs, "subset": subset}
    resolved, changes = _resolve(_one_name(name, study), named, settings or [])
    plan = replace(
        _plan(resolved, changes, runs.runs_dir(runs_dir), storage, workers),
        trials=trials or resolved.file.search.trials,
        minutes=minutes,
        search=not confirm_only,
        confirm=not no_confirm,
        learn_from_earlier=learn_from_earlier,
    )
    earlier = _earlier(plan, dry_run)
    _announce(plan)
    if dry_run or not earlier:
        _say_expected_time(plan)
    if not dry_run:
        _carry_out(plan, as_json, earlier)


def _carry_out(
    plan: "Plan", as_json: bool, earlier: "tuple[TrialRecord | ConfirmRecord, ...]"
) -> None:
    """Tune, report, and leave with the exit code that says how it ended."""
    try:
        ended = _watched(plan, as_json, earlier)
    except KeyboardInterrupt:
        say("Stopped at once: the same command goes on, from the last checkpoints.")
        raise
    if ended is not None and ended.status == "stopped" and plan.control.stop_reason:
        raise typer.Exit(INTERRUPTED_EXIT_CODE)  # the view's last lines say how to go on
    if not as_json:
        _report(plan)
    if ended is not None and ended.status == "failed":
        raise typer.Exit(1)


def _one_name(name: str | None, study: str | None) -> str:
    if (name is None) == (study is None):
        raise ConfigError("name one study, like `dli tune --study cifar_bn`; `dli studies` lists.")
    return str(name or study)


def _resolve(
    name: str, named: dict[str, Any], settings: list[str]
) -> "tuple[Study, list[tuple[str, object]]]":
    """Return the checked study, and what of its base the command line changes."""
    from bench.catalog import find
    from bench.resolve import resolve
    from tui.actions import check_dataset
    from tui.settings import changes_of

    file = find(name)
    changes, notes = changes_of(file.base, named, settings)
    study = resolve(file, changes)
    if file.shadows_shipped:
        notes = [f"{file.path} hides the shipped study '{file.name}'.", *notes]
    searched = {dimension.path for dimension in study.space}
    notes += [
        f"{path} is searched: --set changes only what baselines and `dli train` take for it."
        for path, _ in changes
        if path in searched
    ]
    for note in (*notes, *study.warnings):
        say(f"note: {note}")
    if not study.space:
        raise ConfigError(
            f"study '{study.name}' has no [space], so there is nothing to search; "
            f"`dli train {study.name}` trains its base."
        )
    check_dataset(study.config.dataset)
    return study, changes


def _plan(
    study: "Study",
    changes: list[tuple[str, object]],
    root: Path,
    storage: str | None,
    workers: int | None,
) -> "Plan":
    """Return what to do; the data are looked at, and prepared the first time."""
    from bench.storage import default_url
    from bench.tune import Plan, look_at_data
    from engine.cores import gpus, usable_cores
    from tui.waiting import wait_for

    devices, cores = gpus() if study.config.device != "cpu" else (), usable_cores()
    number = workers or len(devices) or cores
    return Plan(
        study=study,
        overrides=changes,
        data=wait_for(look_at_data(study)),
        url=storage or default_url(root),
        root=root,
        trials=study.file.search.trials,
        workers=number,
        threads=max(1, cores // number),
        gpus=devices,
    )


def _earlier(plan: "Plan", dry_run: bool) -> "tuple[TrialRecord | ConfirmRecord, ...]":
    """Return what ended of this study before; the storage is made if it is missing.

    Raises:
        ConfigError, StorageError: it cannot be used; better now than after a minute.
    """
    from bench.reading import read_record
    from bench.reports import num_finished
    from bench.storage import using_storage
    from engine.files import storage_errors

    if dry_run and not _is_there(plan.url):
        return ()
    with storage_errors(plan.root):
        plan.root.mkdir(parents=True, exist_ok=True)
    with using_storage(plan.url, create=True) as storage:
        if not num_finished(storage, plan.id):
            _offer_earlier(plan, storage)
            return ()
        known = read_record(storage, plan.id)
    ended = ("complete", "pruned", "failed")
    trials = [trial for trial in known.trials if trial.state in ended]
    return (*trials, *(done for done in known.confirms if done.state in ended))


def _is_there(url: str) -> bool:
    """Tell whether a storage could be opened as it is; only a SQLite file may be missing."""
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).is_file()


def _offer_earlier(plan: "Plan", storage: "RDBStorage") -> None:
    """Say which trials of earlier versions of the study could teach the sampler of this one."""
    from bench.earlier import fitting

    if plan.learn_from_earlier:
        return
    for study_id, trials in fitting(storage, plan.study, plan.data.digest).items():
        say(
            f"note: {len(trials)} trials of {study_id} fit this version of the study; with "
            "--learn-from-earlier the sampler learns from them."
        )


def _announce(plan: "Plan") -> None:
    """Say on stderr what is to be done."""
    from bench.space import size
    from tui.format import count

    points = size(plan.study.space)
    space = "a continuum" if points is None else f"{count(points)} points"
    say(
        f"{plan.id}: {_counted(plan.trials, 'configuration')} of {space} in "
        f"{_counted(len(plan.study.space), 'setting')}, "
        f"{_counted(plan.study.config.epochs, 'epoch')} each; "
        f"{_counted(plan.workers, 'worker')} of {_counted(plan.threads, 'thread')}."
    )
    say(f"Storage: {_shown(plan.url)}")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _shown(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)


def _say_expected_time(plan: "Plan") -> None:
    """Time a few steps, and say how long search and confirm stage may take."""
    from bench.estimate import estimate
    from tui.expected import span
    from tui.waiting import wait_for

    expected = wait_for(estimate(plan.study, plan.workers, plan.threads))
    again = plan.study.file.confirm
    parts = []
    if plan.search:
        spans = expected.search_seconds(plan.trials)
        parts.append(f"search {span(spans)}")
    if plan.confirm:
        spans = expected.confirm_seconds(again.top, again.seeds, len(plan.study.baselines))
        parts.append(f"confirm {span(spans)}")
    say(f"Expected here: {'; '.join(parts)}.")


def _watched(
    plan: "Plan", as_json: bool, earlier: "tuple[TrialRecord | ConfirmRecord, ...]"
) -> "StudyEnded | None":
    from bench.tune import tune as tuned
    from engine.signals import stop_on_signals
    from tui.console import choose_mode
    from tui.tuning import watch

    with stop_on_signals(plan.control):
        return watch(tuned(plan), choose_mode(as_json), plan.root, plan.study, earlier)


def _report(plan: "Plan") -> None:
    from bench.storage import using_storage
    from tui.commands.report import report_of
    from tui.report import print_report, print_verdict

    with using_storage(plan.url) as storage:
        found = report_of(storage, plan.id)
    print_report(found)
    if sys.stdout.isatty():  # on a screen, the beginning is far up by now
        print_verdict(found)
