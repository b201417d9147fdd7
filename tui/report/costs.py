"""What accuracy costs: the trials that no other beats without costing more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.report.types import ParetoPoint, Report
from tui import format as fmt
from tui.report.page import Cell, Column, Curve, Grid, Plot, Plots, Section, Strip, Words
from tui.report.words import RECOMMENDED, Axis, finite


@dataclass(frozen=True)
class _Cost:
    name: str
    points: Sequence[ParetoPoint]
    text: Callable[[float], str]

    def front(self) -> list[ParetoPoint]:
        """Return what nothing beats, the cheapest first."""
        front = (point for point in self.points if point.is_on_front)
        return sorted(front, key=lambda point: point.cost)


def pareto_section(report: Report) -> Section | None:
    """Return the fronts of accuracy against parameters and against training time."""
    both = (
        _Cost("parameters", report.pareto_parameters, _parameters),
        _Cost("training time", report.pareto_seconds, fmt.duration),
    )
    costs = [cost for cost in both if cost.front()]
    if not costs:
        return None
    axis = Axis([point.value for cost in costs for point in cost.front()])
    columns = [
        Column("cost"),
        Column("val", right=True),
        Column(""),
        Column("trial", right=True),
        Column(""),
        Column(""),
    ]
    rows: list[list[Cell]] = []
    for cost in costs:
        rows.append([Words(cost.name, "strong"), *[Words("")] * 5])
        width = max(len(cost.text(point.cost)) for point in cost.front())
        rows += [
            [Words("  " + cost.text(point.cost).rjust(width)), *_cells(report, point, axis)]
            for point in cost.front()
        ]
    plots = Plots([_plot(cost) for cost in costs], only_html=True)
    note = "the best there is for each cost"
    return Section("Accuracy against cost", [plots, Grid(columns, rows)], note=note)


def _cells(report: Report, point: ParetoPoint, axis: Axis) -> list[Cell]:
    best = report.verdict.recommended
    mark = RECOMMENDED if best is not None and best.trial == point.trial else ""
    value = fmt.percent(point.value)
    return [
        Words(value),
        Strip(has_track=True, dot=axis(point.value), least=16, most=40, about=value),
        Words(str(point.trial)),
        Words(mark, "good"),
        Words(point.baseline, "accent"),
    ]


def _parameters(cost: float) -> str:
    return fmt.short_count(round(cost)) if finite([cost]) else fmt.MISSING


def _plot(cost: _Cost) -> Plot:
    scale, unit = _scale(cost)
    points, front = cost.points, cost.front()
    curves = [
        Curve("trial", [p.cost / scale for p in points], [p.value for p in points], "dots"),
        Curve("front", [p.cost / scale for p in front], [p.value for p in front], "steps"),
    ]
    return Plot(f"against {cost.name}", unit, curves)


def _scale(cost: _Cost) -> tuple[float, str]:
    largest = max(finite(point.cost for point in cost.points), default=0.0)
    if cost.text is fmt.duration:
        return (60.0, "minutes") if largest >= 300 else (1.0, "seconds")
    return (1e6, "million parameters") if largest >= 3e6 else (1e3, "thousand parameters")
