"""A report as data for other programs: JSON with all of it, CSV with the top configurations."""

import csv
import dataclasses
import io
import json
import math
from collections.abc import Mapping, Sequence

from bench.report.types import Candidate, Interval, Report

_Row = dict[str, object]


def as_json(reports: Report | Sequence[Report]) -> str:
    """Return a report, or a list of them, as JSON; numbers that are not finite become null."""
    return json.dumps(plain(reports), indent=2, ensure_ascii=False) + "\n"


def plain(value: object) -> object:
    """Return a value made of dicts, lists, texts and finite numbers only."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [plain(inner) for inner in value]
    if dataclasses.is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in dataclasses.fields(value)}
    return str(value)


def as_csv(reports: Sequence[Report]) -> str:
    """Return a row per top configuration: what was measured, then what was set.

    Accuracies are fractions; what is not known is empty.
    """
    rows = [_row(report, candidate) for report in reports for candidate in report.top]
    columns = dict.fromkeys([*_columns(reports), *(name for row in rows for name in row)])
    file = io.StringIO()
    writer = csv.DictWriter(file, list(columns), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return file.getvalue()


def _columns(reports: Sequence[Report]) -> list[str]:
    """Return the columns that each row has, and those of the fresh seeds."""
    most = max((len(c.confirm_values) for report in reports for c in report.top), default=0)
    nobody = Candidate(0, "", {}, None, (), None, (), None, 0, 0.0, 0, {})
    fixed = list(_measured(nobody))
    return ["study", "recommended", *fixed, *(f"val_of_seed_{n}" for n in range(1, most + 1))]


def _row(report: Report, candidate: Candidate) -> _Row:
    best = report.verdict.recommended
    is_best = best is not None and best.trial == candidate.trial
    row: _Row = {"study": report.id, "recommended": is_best}
    row |= _measured(candidate)
    row |= {f"val_of_seed_{n}": value for n, value in enumerate(candidate.confirm_values, 1)}
    return row | {f"params.{path}": value for path, value in candidate.params.items()}


def _measured(candidate: Candidate) -> _Row:
    return {
        "trial": candidate.trial,
        "baseline": candidate.baseline,
        "search_val": candidate.search_value,
        **_ends("val", candidate.confirm),
        **_ends("test", candidate.test),
        "seeds": len(candidate.confirm_values),
        "epochs": candidate.epochs,
        "seconds": candidate.seconds,
        "num_parameters": candidate.num_parameters,
    }


def _ends(name: str, interval: Interval | None) -> _Row:
    known = interval or Interval(math.nan)
    return {f"{name}_mean": known.value, f"{name}_low": known.low, f"{name}_high": known.high}


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or (isinstance(value, float) and not math.isfinite(value)) else value
