"""The page of results: made of the kept files alone, complete, and every figure has its file."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from bench.results.keep import read_all
from bench.results.result import Result
from tests.bench.results.made_results import JPEG, made
from tui.results_page import page

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "RESULTS.md"


def _page(*results: Result) -> str:
    return page({Path(f"file{n}.json"): result for n, result in enumerate(results)}, "../kept")


def _rows(text: str, section: str) -> list[list[str]]:
    """Return the cells of a section's table, without its headings."""
    lines = text.partition(f"## {section}\n")[2].partition("\n## ")[0].splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_results", ROOT / "docs" / "make_results.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_script_makes(script: ModuleType) -> None:
    assert PAGE.read_text() == script.made(), "run `python docs/make_results.py`"


def test_every_kept_file_is_named_on_the_page_and_every_link_leads_to_one() -> None:
    links = re.findall(r"\]\((\.\./studies/results/.+?)\)", PAGE.read_text())
    files = {path.resolve() for path in read_all(ROOT / "studies" / "results")}

    assert {(PAGE.parent / link).resolve() for link in links} == files
    assert len(links) == len(files)


def test_kept_files_are_small_and_name_no_place() -> None:
    for path in read_all(ROOT / "studies" / "results"):
        text = path.read_text()
        assert len(text) <= 15_000, path
        assert not re.search(r'"[^"]*(folder:|[ "])(/|\.\.|~)', text), path


def test_all_reference_systems_are_listed_though_nothing_ran() -> None:
    text = _page()

    rows = _rows(text, "Reference systems")
    assert len(rows) == 18
    assert rows[0] == ["R0a", "`linear`", "MNIST", "85.00 % logged", "–", "", "not yet run"]
    assert rows[-1][0] == "R15"
    assert "**Of 18 claims: 18 not yet run.**" in text
    assert "`mnist_fast`, `fashion_fast`, `cifar_record`: not yet run." in text


def test_the_summary_counts_what_is_met_missed_and_measured_elsewhere() -> None:
    text = _page(
        made("linear", 8_600),
        made("logistic", 9_149),
        made("cifar_resnet9", 8_900, dataset=JPEG),
        made("mnist_rnn", 9_900, epochs=3),
        made("mnist_rnn", 9_900, model__cell="gru"),
    )

    assert (
        "**Of 18 claims: 1 met (R0a); 1 missed (R0b); 1 measured on CIFAR-10 (JPEG) only (R2); "
        "1 partly trained (R11); 14 not yet run.**\n"
    ) in text


def test_a_missed_claim_that_a_variant_meets_is_said() -> None:
    text = _page(made("mnist_mlp", 9_750), made("mnist_mlp", 9_790, schedule__name="one_cycle"))

    assert "1 missed (R1); 17 not yet run.** A variant of the recipe meets R1.\n" in text


def test_a_recipe_s_row_has_mean_interval_and_seeds_and_jpeg_a_column_of_its_own() -> None:
    results = [made("cifar_resnet9", 9_000 + 20 * n, n, dataset=JPEG) for n in range(3)]
    text = _page(*results, made("cifar_resnet9", 9_100))

    (row,) = [row for row in _rows(text, "Reference systems") if row[0] == "R2"]
    assert row[2:] == [
        "CIFAR-10", "90.22 % logged", "91.00 % (90.42 to 91.55), n = 1",
        "90.20 % (89.57 to 90.83), n = 3", "met; JPEG: 0.02 points under",
    ]  # fmt: skip


def test_variants_are_rows_below_their_recipe() -> None:
    text = _page(made("mnist_rnn", 9_860), made("mnist_rnn", 9_700, model__cell="gru"))

    rows = _rows(text, "Reference systems")
    place = [row[0] for row in rows].index("R11")
    assert rows[place][1] == "`mnist_rnn`"
    assert rows[place + 1][:4] == ["", "with `model.cell=gru`", "", ""]
    assert rows[place + 1][-1] == "missed by 1.00 points"


@pytest.mark.parametrize(
    ("train", "val", "words"),
    [
        (0.99, 0.97, "errs on 1.00 % of train and 3.00 % of val: it over-fits."),
        (0.88, 0.87, "errs on 12.00 % of train and 13.00 % of val: nearly alike"),
    ],
)
def test_a_miss_says_what_its_last_epoch_tells(train: float, val: float, words: str) -> None:
    def result(study: str, right: int, **changes: object) -> Result:
        found = made(study, right, **changes)
        ends = {"train_accuracy": (train,), "val_accuracy": (val,)}
        columns = {key: (*column[:-1], *ends.get(key, column[-1:]))
                   for key, column in found.columns.items()}  # fmt: skip
        return found.model_copy(update={"columns": columns})

    missed = result("linear", 8_000)
    near = result("cifar_resnet9", 9_000, dataset=JPEG)
    far = result("cifar_bn_cnn", 8_000, dataset=JPEG)

    text = _page(missed, near, far)

    lines = [line for line in text.splitlines() if " under on " in line]
    assert len(lines) == 2
    assert lines[0].startswith("- R0a `linear`, 5.00 points under on MNIST: in its last epoch it")
    assert lines[1].startswith("- R12 `cifar_bn_cnn`, 5.00 points under on CIFAR-10 (JPEG)")
    assert all(words in line for line in lines)
    assert " under on " not in _page(result("linear", 8_600), near)


def test_a_partly_trained_run_shows_val_and_its_epochs_and_no_verdict() -> None:
    text = _page(made("cifar_bn", 7_500, epochs=12, dataset=JPEG))

    (row,) = [row for row in _rows(text, "Reference systems") if row[0] == "R4"]
    assert row[4] == "–"
    assert row[5] == "val 75.00 % (74.14 to 75.84), n = 1 after 12 of 50 epochs"
    assert row[6] == "JPEG: partly trained"
    assert "seed [0](../kept/file0.json) (12 epochs)" in text


def test_what_it_cost_has_a_letter_for_the_machine_and_marks_shared_ones() -> None:
    text = _page(made("linear", shared=True), made("logistic"))

    rows = _rows(text, "What it cost")
    assert rows[0] == [
        "`linear`", "MNIST", "6,575,370", "10 of 10", "≤ 5.0 s", "≤ 2.0 s", "≥ 1,234",
        "A, fp32, 2 threads",
    ]  # fmt: skip
    assert rows[1][4:7] == ["5.0 s", "2.0 s", "1,234"]
    assert "- Machine A: Abacus, 2 cores, computing on cpu; Python 3.11.7" in text
    assert "Machine B" not in text
    assert "- MNIST: 50,000 train, 10,000 val, 10,000 test." in text


def test_a_command_stands_once_for_all_its_seeds() -> None:
    text = _page(made("linear", seed=0), made("linear", seed=2))

    assert (
        "- `linear`, MNIST: `dli train linear --seed N`; "
        "seed [0](../kept/file0.json), [2](../kept/file1.json)\n"
    ) in text


def test_the_page_tells_when_resnet9_was_at_its_best() -> None:
    text = _page(made("cifar_resnet9", 8_950, dataset=JPEG, shared=True))

    assert (
        "Beside them, `cifar_resnet9` on CIFAR-10 (JPEG): best epoch 8 of 8, at most 4.0 s after "
        "the first step, 89.50 % on test (n = 1)."
    ) in text


def test_records_are_timed_with_their_spread_and_scaled_to_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "mnist_fast.toml").write_text(
        'name = "mnist_fast"\nabout = "fast"\n[base]\ndataset = "mnist"\nepochs = 1\n'
        'model = { name = "linear" }\n'
    )
    monkeypatch.chdir(tmp_path)
    seconds = made("linear").seconds
    text = _page(
        *(
            made(
                "mnist_fast", 9_900 + 20 * seed, seed, bare_cnn_images_per_second=3_400.0,
                seconds=seconds.model_copy(update={"training": 5.0 + seed}),
            )
            for seed in (0, 1)
        )
    )  # fmt: skip

    rows = _rows(text, "Speed records")
    assert rows[0] == [
        "`mnist_fast`", "MNIST", "2", "99.10 % (99.00 % to 99.20 %)", "5.5 s (5.0 s to 6.0 s)",
        "2.0 s", "3,400", "11 s (10 s to 12 s)",
    ]  # fmt: skip
    assert ["`cifar_record`", "not yet run", *[""] * 6] in rows
    assert "### Other recipes" not in text


def test_recipes_that_nobody_claims_anything_of_have_a_table_too() -> None:
    text = _page(made("mnist_cnn", 9_900))

    assert "### Other recipes" in text
    assert "| `mnist_cnn` | MNIST | 99.00 % (98.79 to 99.18), n = 1 |" in text
