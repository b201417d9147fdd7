"""`dli studies`: the listing, and one study with all that is known of it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import catalog
from bench.estimate import Estimate, Span
from bench.resolve import resolve
from tui.expected import expected_lines, span

Dli = Callable[..., Any]
TINY = """
name = "{name}"
about = "a tiny search"
source = "nowhere"
[base]
dataset = "digits"
epochs = 3
model = {{ name = "linear" }}
[search]
trials = 8
[space]
"optimizer.lr" = {{ float = [0.01, 0.1], log = true }}
"schedule.name" = {{ choice = ["one_cycle", "cosine"] }}
"schedule.warmup_epochs" = {{ int = [0, 1], when = {{ "schedule.name" = "cosine" }} }}
[limits]
parameters = 20_000
[[baseline]]
name = "as it is"
[[baseline]]
name = "slower"
set = {{ "optimizer.lr" = 0.01 }}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(folder: Path, name: str, text: str = TINY) -> None:
    (folder / "studies").mkdir(exist_ok=True)
    (folder / "studies" / f"{name}.toml").write_text(text.format(name=name))


def test_every_study_is_listed_with_its_facts(dli: Dli) -> None:
    shown = dli("studies")
    rows = json.loads(dli("studies", "--json").out)

    searched, recipes = shown.out.split("\n\n")
    listed = [[line.split()[0] for line in part.splitlines()] for part in (searched, recipes)]
    assert listed[0] == ["study", *(row["name"] for row in rows if row["dimensions"])]
    assert listed[1] == ["recipe", *(row["name"] for row in rows if not row["dimensions"])]
    assert [row["name"] for row in rows] == catalog.names()
    digits = next(row for row in rows if row["name"] == "digits_cnn")
    assert (digits["dataset"], digits["model"], digits["baselines"]) == ("digits", "cnn", 2)
    assert "dli studies show NAME" in shown.err


def test_the_listing_does_not_import_torch(here: Path) -> None:
    code = (
        "import sys\nfrom tui.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'torch' not in sys.modules and 'optuna' not in sys.modules"
    )
    words = ["studies"], ["studies", "show", "cifar_bn", "--no-timing"]
    for command in words:
        child = subprocess.run(
            [sys.executable, "-P", "-c", code, *command],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert child.returncode == 0, child.stderr


def test_a_study_of_one_s_own_that_hides_a_shipped_one_is_said(dli: Dli, here: Path) -> None:
    _write(here, "mnist_cnn")
    told = "note: studies/mnist_cnn.toml hides the shipped study 'mnist_cnn'."

    assert told in dli("studies").err
    assert told in dli("studies", "show", "mnist_cnn", "--no-timing").err
    rows = json.loads(dli("studies", "--json").out)
    assert next(row for row in rows if row["name"] == "mnist_cnn")["shadows_shipped"]


def test_a_broken_study_does_not_break_the_listing(dli: Dli, here: Path) -> None:
    _write(here, "broken", 'name = "broken"\nabout = ""\n[space]\nx = {{ int = [1, 2] }}')

    shown = dli("studies")

    assert shown.code == 0
    assert "digits_cnn" in shown.out
    assert "broken" not in shown.out
    assert "note: study 'broken' cannot be used: studies/broken.toml [space] x: " in shown.err


def test_show_prints_all_that_is_known(dli: Dli, here: Path) -> None:
    _write(here, "tiny")

    shown = dli("studies", "show", "tiny", "--no-timing")

    assert shown.code == 0
    for line in (
        "tiny: a tiny search",
        "  file    studies/tiny.toml",
        "  source  nowhere",
        "  model.name  linear",
        "space: 3 settings, a continuum",
        "  parameters  20,000",
        "  as it is  the base",
        "  slower    optimizer.lr=0.01",
        "  sampler  tpe, 8 trials, the first 10 at random",
        "  pruner   none: every trial is trained to the end",
        "  stage  the best 5 and 2 baselines, 3 fresh seeds each",
        "  unknown: --no-timing was given.",
    ):
        assert line in shown.out.splitlines()
    assert "0.01 to 0.1, log" in shown.out
    assert "schedule.name is cosine" in shown.out


def test_json_has_the_space_and_the_whole_config(dli: Dli, here: Path) -> None:
    _write(here, "tiny")

    found = json.loads(dli("studies", "show", "tiny", "--no-timing", "--json").out)

    assert found["config"]["epochs"] == 3
    assert found["space"][0]["log"] is True
    assert found["space"][2]["when"] == {"schedule.name": ["cosine"]}
    assert found["points"] is None
    assert found["expected"] is None
    assert found["expected_problem"] == "--no-timing was given."
    assert found["baselines"][1]["params"]["optimizer.lr"] == 0.01


@pytest.mark.slow  # times real steps in a child of its own
def test_the_expected_time_is_measured(dli: Dli, here: Path) -> None:
    _write(here, "tiny")

    found = json.loads(dli("studies", "show", "tiny", "--json", "--workers", "1").out)

    expected = found["expected"]
    assert 0 < expected["fastest_seconds"] <= expected["slowest_seconds"]
    assert expected["search"]["low"] <= expected["search"]["likely"] <= expected["search"]["high"]
    assert found["expected_problem"] == ""


def test_without_data_everything_but_the_time_is_shown(dli: Dli) -> None:
    shown = dli("studies", "show", "mnist_cnn")

    assert shown.code == 0
    assert "space: 5 settings" in shown.out
    assert "  unknown: data set 'mnist' is not in" in shown.out.splitlines()[-1]
    assert "dli data get mnist" in shown.out


def test_what_a_source_claims_is_shown_with_its_study(dli: Dli) -> None:
    words = ("studies", "show", "cifar_resnet9", "--no-timing")

    assert "  claim   90.22 % test accuracy, logged by the source (R2)\n" in dli(*words).out
    claim = json.loads(dli(*words, "--json").out)["claim"]
    assert claim == {"id": "R2", "accuracy": 0.9022, "kind": "logged"}
    unclaimed = dli("studies", "show", "digits_cnn", "--no-timing")
    assert "claim" not in unclaimed.out


def test_a_recipe_without_a_space_is_shown_as_one(dli: Dli) -> None:
    out = dli("studies", "show", "mnist_mlp", "--no-timing").out

    assert "Nothing is searched: the study is its base." in out
    assert "baselines" not in out


def test_an_unknown_study_is_one_sentence(dli: Dli) -> None:
    shown = dli("studies", "show", "cifar_bm")

    assert shown.code == 2
    assert "unknown study 'cifar_bm'. Did you mean 'cifar_bn'?" in shown.err


def test_spans_are_words() -> None:
    study = resolve(catalog.find("digits_cnn"))
    lines = expected_lines(study, Estimate(1, 2, 4, workers=2, saved=0.3), trials=16)

    assert lines[0] == "one full trial: about 2.0 s (1.0 s to 4.0 s)"
    assert lines[1].startswith("search, 16 trials by 2 workers, the pruner sparing 30% of the ")
    assert lines[2].startswith("confirm, 5 configurations with 4 seeds: about ")
    assert span(Span(60, 60, 60)) == "about 1 m 00 s"
