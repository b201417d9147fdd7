import csv
import io
import json
import math
from types import MappingProxyType

import numpy as np
import pytest

from bench.report.types import Interval, Report
from tui.report import render, render_comparison
from tui.report.data import plain


def refuse(constant: str) -> None:
    pytest.fail(f"{constant} is no JSON")


@pytest.mark.parametrize("name", ["report", "nothing", "broken", "crowded"])
def test_json_holds_the_whole_report(name: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(name)

    data = json.loads(render(report, "json"), parse_constant=refuse)

    assert set(data) == set(vars(report))
    assert data["verdict"]["kind"] == report.verdict.kind
    assert len(data["insights"]) == len(report.insights)


def test_several_reports_are_a_list(report: Report, nothing: Report) -> None:
    data = json.loads(render_comparison([report, nothing], "json"))

    assert [len(one["top"]) for one in data] == [3, 0]


def test_what_is_not_finite_becomes_null_and_what_is_strange_a_text() -> None:
    value = {
        "a": (math.nan, -math.inf, np.float64(0.5)),
        2: MappingProxyType({"b": Interval(math.nan)}),
        "c": {1}.__class__,
    }

    assert plain(value) == {
        "a": [None, None, 0.5],
        "2": {"b": {"value": None, "low": None, "high": None}},
        "c": "<class 'set'>",
    }


def test_csv_has_a_row_per_top_configuration(report: Report) -> None:
    best, _, baseline = csv.DictReader(io.StringIO(render(report, "csv")))

    assert best["study"] == "digits_cnn@1a2b3c4d"
    assert (best["recommended"], baseline["recommended"]) == ("true", "false")
    assert [float(best[f"val_of_seed_{n}"]) for n in (1, 2, 3)] == [0.9742, 0.9755, 0.9729]
    assert (best["val_low"], best["val_high"]) == ("0.971", "0.9774")
    assert best["params.optimizer.lr"] == "0.03123456"
    assert baseline["params.model.batch_norm"] == "false"
    assert baseline["baseline"] == "no batch norm"


def test_csv_of_nothing_is_its_heading(nothing: Report) -> None:
    assert list(csv.DictReader(io.StringIO(render(nothing, "csv")))) == []
    assert render(nothing, "csv").startswith("study,recommended,trial,baseline,search_val,")


def test_csv_leaves_empty_what_is_not_known(broken: Report) -> None:
    odd, lost = csv.DictReader(io.StringIO(render(broken, "csv")))

    assert (odd["search_val"], odd["val_mean"], odd["seconds"]) == ("", "", "")
    assert (lost["val_of_seed_1"], lost["test_mean"]) == ("", "")


def test_csv_of_several_studies_has_the_settings_of_all(report: Report, crowded: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(render_comparison([report, crowded], "csv"))))

    assert len(rows) == 3 + 12
    assert rows[0]["params.section_0.a_rather_long_setting_0"] == ""
    assert rows[-1]["params.optimizer.lr"] == ""
