"""The schedules' section: the curves are those of the engine, of the recipes as they stand."""

from pathlib import Path

import pytest

from tui.experiments.schedules import chart, section


def test_each_curve_is_a_part_of_its_peak_over_the_whole_run() -> None:
    for line in chart().lines:
        assert line.points[0][0] == 0
        assert line.points[-1][0] == 1
        assert max(y for _, y in line.points) == pytest.approx(1, abs=0.02)


def test_a_step_falls_at_once_and_a_constant_never() -> None:
    by_name = {line.name: line.points for line in chart().lines}

    assert [y for _, y in by_name["constant (cifar_bn)"]] == [1, 1]
    before, after = by_name["step (mnist_mlp)"][1:3]
    assert (before[1], after[1]) == pytest.approx((1, 0.2))
    assert after[0] - before[0] < 0.001
    assert after[0] == pytest.approx(0.5, abs=0.001)


def test_the_table_has_the_rates_and_who_else_uses_them() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for part in section(Path("nowhere"), "reports", "curves")
        for line in part.splitlines()
        if line.startswith("|")
    ]

    (cycle,) = [row for row in rows if row[1] == "`cifar_resnet9`"]
    assert cycle[:6] == ["one_cycle", "`cifar_resnet9`", "8", "4.0e-04", "0.0100", "4.0e-08"]
    assert "`cifar_resnet18`" in cycle[6]
    (plateau,) = [row for row in rows if row[0] == "plateau"]
    assert plateau[5] == "as val decides"
