"""A report survives its JSON, and a cache that cannot be read is no cache."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.report.cache import FILE, from_json, load, store, to_json
from bench.report.types import Report
from engine.errors import StorageError

KEY = "synthetic@0123abcd 60 21"


def test_a_report_is_the_same_after_json(report: Report) -> None:
    again = from_json(to_json(report))
    assert again == report
    assert repr(again.verdict.settings) == repr(report.verdict.settings)  # true is not 1


def test_numbers_that_are_not_finite_survive(report: Report) -> None:
    odd = replace(report, baselines={"a": float("inf")})
    assert from_json(to_json(odd)).baselines == {"a": float("inf")}


def test_what_was_stored_is_loaded(report: Report, tmp_path: Path) -> None:
    store(tmp_path, KEY, report)
    assert load(tmp_path, KEY) == report


def test_another_key_is_no_hit(report: Report, tmp_path: Path) -> None:
    store(tmp_path, KEY, report)
    assert load(tmp_path, "synthetic@0123abcd 61 21") is None


def test_no_file_is_no_hit(tmp_path: Path) -> None:
    assert load(tmp_path, KEY) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: "[]",
        lambda _: "{}",
        lambda _: "\xff",
        lambda text: text.replace('"schema": ', '"schema": 9'),
        lambda text: text.replace('"insights"', '"insight"'),
        lambda text: text.replace('"kind": "better"', '"kind": "perfect"'),
        lambda text: json.dumps({**json.loads(text), "report": None}),
    ],
)
def test_a_damaged_or_older_file_is_no_hit(report: Report, tmp_path: Path, damage) -> None:
    store(tmp_path, KEY, report)
    file = tmp_path / FILE
    whole = file.read_text()
    broken = damage(whole)
    assert broken != whole
    file.write_text(broken, encoding="latin-1" if broken == "\xff" else "utf-8")

    assert load(tmp_path, KEY) is None


def test_a_folder_that_is_gone_is_a_sentence(report: Report, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the folder is gone"):
        store(tmp_path / "gone", KEY, report)
