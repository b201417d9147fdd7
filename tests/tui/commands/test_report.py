"""`dli report` on studies in a storage: from the command line to every format."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.trial import TrialState, create_trial

from bench import confirm, ledger, slots
from bench.reports import find_ids
from bench.resolve import resolve
from bench.spec import read
from bench.storage import default_url, using_storage
from engine.runs import runs_dir

Dli = Callable[..., Any]
STUDY = """
name = "made"
about = "a study whose trials were made by hand"
[base]
dataset = "digits"
epochs = 4
model = { name = "mlp", hidden = [16] }
optimizer = { name = "sgd", lr = 0.05, momentum = 0.9 }
schedule = { name = "constant" }
[space]
"optimizer.lr" = { float = [1e-3, 1.0], log = true }
"loss.label_smoothing" = { float = [0.0, 0.3] }
"optimizer.nesterov" = { choice = [true, false] }
[[baseline]]
name = "as it is"
[confirm]
top = 2
seeds = 3
"""
SPACE: dict[str, BaseDistribution] = {
    "optimizer.lr": FloatDistribution(1e-3, 1.0, log=True),
    "loss.label_smoothing": FloatDistribution(0.0, 0.3),
    "optimizer.nesterov": CategoricalDistribution([True, False]),
}


def make_study(name: str = "made", trials: int = 30, confirmed: bool = True) -> str:
    """Put a study with finished trials into the runs folder's storage; return its id."""
    study = resolve(read(STUDY.replace('"made"', f'"{name}"'), f"{name}.toml"))
    study_id = f"{name}@0123abcd"
    source = ledger.source_of(study, (), 144, "d1g35t")
    runs_dir().mkdir(exist_ok=True)
    with using_storage(default_url(runs_dir()), create=True) as storage:
        stored = ledger.make_study(storage, study, study_id, source)
        stored.add_trials([_trial(number, trials) for number in range(trials)])
        stored.set_user_attr(slots.TARGET, trials)
        if confirmed:
            stage = ledger.make_study(storage, study, study_id + confirm.SUFFIX, source)
            _confirm(stored, stage, study)
    return study_id


def _trial(number: int, count: int) -> optuna.trial.FrozenTrial:
    """Return a trial: the baseline, then points along the range of the learning rate."""
    part = number / count
    lr = 0.05 if number == 0 else 10 ** (-3 + 2.99 * part)
    value = 0.9 - abs(part - 0.6) / 10 + (number * 7 % 11) / 1000
    told = {
        "worker": "here:1", "run": f"r{number}", "parameters": 1000 + number, "seconds": 2.0,
        "started": 1e9 + 3 * number, "finished": 1e9 + 3 * number + 2,
    }  # fmt: skip
    pruned = number % 5 == 4
    return create_trial(
        state=TrialState.PRUNED if pruned else TrialState.COMPLETE,
        value=value,
        params={
            "optimizer.lr": lr,
            "loss.label_smoothing": 0.0 if number == 0 else (number * 13 % 30) / 100,
            "optimizer.nesterov": number % 2 == 1,
        },
        distributions=SPACE,
        user_attrs=told,
        intermediate_values={e: value - 0.1 / (e + 1) for e in range(2 if pruned else 4)},
    )


def _confirm(stored: optuna.Study, stage: optuna.Study, study: Any) -> None:
    chosen = confirm.candidates(stored.get_trials(), study, study.file.confirm.top)
    confirm.fill(stored, stage, study)
    for _ in range(len(chosen) * study.file.confirm.seeds):
        trial = stage.ask()
        number, seed = confirm.suggest(trial)
        value = (stored.trials[number].value or 0.0) - 0.01 + seed / 500
        trial.set_user_attr("test_correct", round(360 * value))
        trial.set_user_attr("test_total", 360)
        trial.report(value, 3)
        stage.tell(trial, value)


def widest(text: str) -> int:
    """Return the width of a report, without what must stay in one line to be copied."""
    lines = [line for line in text.splitlines() if not line.startswith(("storage", "repeat it"))]
    return max(map(len, lines))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], ["newer@0123abcd"]),
        (["older"], ["older@0123abcd"]),
        (["older@0"], ["older@0123abcd"]),
        (["newer", "older@0123abcd"], ["newer@0123abcd", "older@0123abcd"]),
    ],
)
def test_studies_are_found_by_name_or_id_and_else_the_newest(
    wanted: list[str], found: list[str]
) -> None:
    make_study("older", trials=1, confirmed=False)
    make_study("newer", trials=1)

    with using_storage(default_url(runs_dir())) as storage:
        assert find_ids(storage, wanted) == found


def test_an_unknown_study_is_refused_with_the_nearest(dli: Dli) -> None:
    make_study()

    shown = dli("report", "maid")

    assert shown.code == 5
    assert "unknown study 'maid' in the storage. Did you mean 'made'?" in shown.err


def test_a_folder_without_studies_says_what_makes_one(dli: Dli) -> None:
    shown = dli("report")

    assert shown.code == 8
    assert "`dli tune` makes the first" in shown.err


def test_each_format_holds_the_study_and_computes_it_once(
    dli: Dli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_study()
    shown = dli("report")
    monkeypatch.setattr("bench.reports.build", None)  # nothing may be computed from now on

    whole = json.loads(dli("report", "--format", "json").out)
    rows = list(csv.DictReader(StringIO(dli("report", "--format", "csv").out)))
    page = tmp_path / "report.html"
    wrote = dli("report", "--format", "html", "--output", str(page))

    assert "made@0123abcd" in shown.out
    assert widest(shown.out) <= 80
    assert "\x1b" not in shown.out
    assert whole["id"] == "made@0123abcd"
    assert whole["counts"]["complete"] == 24
    assert {row["trial"] for row in rows} >= {"0"}
    assert "made@0123abcd" in page.read_text()
    assert wrote.out == ""
    assert dli("report", "--format", "md").out.startswith("# ")
    with using_storage(default_url(runs_dir())) as storage:
        ledger.open_study(storage, "made@0123abcd").add_trial(_trial(31, 40))
    assert dli("report").code == 1  # what was kept does not count any more


def test_two_studies_are_compared(dli: Dli) -> None:
    make_study("one", trials=8)
    make_study("two", trials=8, confirmed=False)

    shown = dli("report", "one", "two")

    assert shown.code == 0
    assert "one, two" in shown.out
    assert widest(shown.out) <= 80


@pytest.mark.slow
def test_a_study_of_a_thousand_trials_is_reported_in_seconds() -> None:
    make_study(trials=1000)
    command = [
        sys.executable, "-P", "-c",
        "import sys; sys.argv = ['dli', 'report']; from tui.cli import main; main(); "
        "sys.exit('torch' in sys.modules)",
    ]  # fmt: skip
    seconds = []
    for _ in range(2):
        before = time.perf_counter()
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "80"}
        )
        seconds.append(time.perf_counter() - before)
        assert widest(done.stdout) <= 80

    assert seconds[0] < 15
    assert seconds[1] < 2
