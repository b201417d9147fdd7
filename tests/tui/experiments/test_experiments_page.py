"""The page of experiments: made of the kept files and the recipes, whatever has run so far."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from bench import catalog
from bench.results.keep import read_all
from bench.results.result import Result
from tests.bench.results.curved_results import curved
from tests.bench.results.made_results import JPEG
from tui.experiments.lessons import LESSONS
from tui.experiments.page import Experiments, experiments
from tui.experiments.schedules import WHY
from tui.experiments.sources import SOURCES

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"


def _page(*results: Result) -> Experiments:
    files = {Path(f"file{n}.json"): result for n, result in enumerate(results)}
    return experiments(files, Path("nowhere"), "../kept")


def _section(page: Experiments, title: str) -> str:
    return page.text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def _cifar(study: str, right: int, epochs: int = 50, seed: int = 0, train: float = 0.95) -> Result:
    return curved(study, right, [right / 10_000] * epochs, train, seed=seed, dataset=JPEG)


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_experiments", DOCS / "make_experiments.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_and_its_pictures_are_what_the_script_makes(script: ModuleType) -> None:
    found = script.made()
    there = {file.name: file.read_text() for file in (DOCS / "curves").glob("*.svg")}

    assert (DOCS / "EXPERIMENTS.md").read_text() == found.text, "run docs/make_experiments.py"
    assert there == found.pictures, "run docs/make_experiments.py"


def test_every_link_of_the_page_leads_to_a_file_and_every_picture_is_shown() -> None:
    text = (DOCS / "EXPERIMENTS.md").read_text()
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)}

    assert [link for link in links if not (DOCS / link).exists()] == []
    assert {link for link in links if link.endswith(".svg")} == {
        f"curves/{file.name}" for file in (DOCS / "curves").glob("*.svg")
    }
    assert {link for link in links if link.endswith(".json")} <= {
        f"../studies/results/{file.name}" for file in read_all(ROOT / "studies" / "results")
    }


def test_every_result_of_a_compared_recipe_is_linked() -> None:
    text = (DOCS / "EXPERIMENTS.md").read_text()
    arms = {(arm.study, arm.variant) for each in LESSONS for arm in each.arms if arm.is_there}

    for path, result in read_all(ROOT / "studies" / "results").items():
        if (result.study, result.variant) in arms:
            assert path.name in text


def test_a_page_of_nothing_says_what_to_run() -> None:
    page = _page()

    assert [f"## {lesson.title}\n" in page.text for lesson in LESSONS] == [True] * len(LESSONS)
    assert list(page.pictures) == ["schedules.svg"]
    assert "Missing: `cifar_bn` and `cifar_bn_dropout` (not yet run)." in page.text
    assert "dli train mnist_rnn --seed 0 --set model.cell=gru\n" in page.text


def test_each_paper_that_a_lesson_names_is_among_the_sources_and_no_other() -> None:
    whole = " ".join([*(lesson.why for lesson in LESSONS), WHY]).split()
    named = " ".join(whole)
    keys = [source.partition(":")[0] for source in SOURCES]

    assert keys == sorted(keys)
    assert [key for key in keys if key not in named] == []
    assert len(re.findall(r"\b(19|20)\d\d\b", named)) == len(keys)


def test_the_short_table_has_what_was_measured_and_counts_what_was_not() -> None:
    page = _page(
        *(_cifar("cifar_bn", 7_600 + 10 * seed, seed=seed, train=0.99) for seed in range(3)),
        *(
            _cifar("cifar_bn_dropout", 8_100 + 10 * seed, seed=seed, train=0.86)
            for seed in range(3)
        ),
        _cifar("cifar_dropout", 7_000, epochs=12),
    )

    rows = [row for row in _section(page, "In short").splitlines() if row.startswith("| Dropout")]
    (cells,) = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells[1:] == [
        "1",
        "CIFAR-10 (JPEG)",
        "+5.0 points",
        "-18.0 points",
        "better; over-fits less",
    ]
    assert "ahead, seeds unknown (val, epoch 12 of 50)" in _section(page, "In short")
    assert "comparisons wait for runs" in _section(page, "In short")


def test_of_runs_that_shared_their_machine_no_ratio_of_times_is_told() -> None:
    usual = curved("linear", 8_600, [0.86] * 10, 0.86, shared=True)

    text = _section(
        _page(usual, curved("logistic", 9_000, [0.9] * 10, 0.9)), "Loss and hidden layers"
    )

    assert "Training took 5.0 s, and at most 5.0 s without it" in text
    assert "times as" not in text


def test_what_differs_is_computed_from_the_recipes() -> None:
    said = (
        "`cifar_bn` and `cifar_bn_dropout` differ in one setting: `model.conv_dropout` 0.0 → 0.25."
    )

    assert said in _section(_page(), "Dropout")


def test_recipes_of_three_seeds_get_a_verdict_a_gap_and_what_follows() -> None:
    plain = [_cifar("cifar_bn", 7_600 + 10 * seed, seed=seed, train=0.99) for seed in range(3)]
    dropped = [
        _cifar("cifar_bn_dropout", 8_100 + 10 * seed, seed=seed, train=0.86) for seed in range(3)
    ]

    text = _section(_page(*plain, *dropped), "Dropout")

    assert "### On CIFAR-10 (JPEG)" in text
    assert "**Dropout after each block: better by 5.0 points** on test:" in text
    assert "n = 3 seeds that both have" in text
    assert "+22.9 points before, +4.9 points with it; it over-fits less (-18.0 points" in text
    assert "lower train's figure" in text
    assert "carries over to new pictures better." in text
    assert "[0](../kept/file0.json), [1](../kept/file1.json), [2](../kept/file2.json)" in text
    assert "Missing" not in text


def test_of_one_seed_each_the_seed_s_spread_is_said_to_be_unknown() -> None:
    text = _section(
        _page(_cifar("cifar_bn", 7_600), _cifar("cifar_bn_dropout", 8_100, train=0.83)), "Dropout"
    )

    assert "**Dropout after each block: ahead by 5.0 points so far** on test: one seed each" in text
    assert "what another seed would change is unknown" in text
    assert "If more seeds agree: what it learns carries over" in text


def test_a_partly_trained_run_is_compared_on_val_at_the_same_epoch_and_can_be_resumed() -> None:
    page = _page(_cifar("cifar_bn", 7_600), _cifar("cifar_bn_dropout", 7_610, epochs=12))
    text = _section(page, "Dropout")

    assert "no clear difference (+0.10 points)** on val after epoch 12 of 50" in text
    assert "Missing: `cifar_bn_dropout` (trained for 12 of 50 epochs)." in text
    assert "folder:cifar10-jpeg --seed 0  # or go on: dli train --resume RUN\n" in text
    assert "cifar_bn_dropout 76.1 %, 12 of 50" in page.pictures["dropout-cifar-10-jpeg.svg"]


def test_what_is_missing_is_asked_for_on_the_data_that_the_other_ran_on() -> None:
    text = _section(_page(_cifar("cifar_bn", 7_600)), "Dropout")

    assert "Missing: `cifar_bn_dropout` (not yet run)." in text
    assert "dli train cifar_bn_dropout --dataset folder:cifar10-jpeg --seed 0" in text
    assert "dli train cifar_bn " not in text


def test_speed_is_told_by_time_where_there_is_no_val() -> None:
    fast = "fashion_fast"
    epochs = catalog.find(fast).config.epochs
    usual = curved("fashion_cnn", 9_000, [0.9] * 15, 0.95)
    seconds = usual.seconds.model_copy(update={"training": 50.0})
    page = _page(
        usual.model_copy(update={"seconds": seconds}),
        curved(fast, 9_200, [None] * epochs, 0.9),
    )

    text = _section(page, "Speed")
    assert "Training took 5.0 s instead of 50 s: 10.0 times as fast." in text
    assert f"{fast} 92.0 % test, 5.0 s" in page.pictures["speed-fashion-mnist.svg"]


def test_a_kept_report_of_a_search_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    insights = '{"insights": [{"sentence": "schedule.name = one_cycle: +1.0 points"}]}'
    (tmp_path / "reports" / "cifar_schedules.json").write_text(insights)

    text = experiments({}, tmp_path, "../kept").text

    assert "in [its report](../kept/reports/cifar_schedules.json):\n" in text
    assert "  - schedule.name = one_cycle: +1.0 points\n" in text
    assert "not searched yet. `dli tune --study cifar_experiments`" in text


def test_a_gap_that_grows_by_next_to_nothing_is_no_over_fitting() -> None:
    before = [curved("linear", 8_600, [0.86], 0.861, seed=seed) for seed in range(3)]
    after = [curved("logistic", 9_200, [0.92], 0.925, seed=seed) for seed in range(3)]

    page = _page(*before, *after)
    text = _section(page, "Loss and hidden layers")

    assert "+0.10 points before, +0.50 points with it; the gap hardly differs (+0.40" in text
    (row,) = [r for r in _section(page, "In short").splitlines() if r.startswith("| Cross-")]
    assert "over-fits" not in row
