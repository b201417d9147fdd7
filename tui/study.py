"""A study as text and as plain data: base, space, baselines, pruner, confirm stage."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import typer

from bench.dimensions import flat
from bench.estimate import Estimate
from bench.space import Dimension, Value, size, written
from bench.study import BaselinePoint, Study
from tui import format as fmt
from tui.claims import claimed
from tui.output import Column, print_table

_SPACE = (Column("setting"), Column("range"), Column("base"), Column("only when"))


def print_study(study: Study) -> None:
    """Print everything that is known of a study without computing."""
    file = study.file
    typer.echo(f"{file.name}: {file.about}")
    told = [("file", file.path), ("source", file.source), ("claim", _claim_words(study))]
    _print_facts(None, [(name, text) for name, text in told if text])
    _print_facts("base, beside the defaults", [(k, _toml(v)) for k, v in flat(study.base)])
    if not study.space:
        return typer.echo("\nNothing is searched: the study is its base.")
    _print_space(study)
    limits = [(k, f"{v:,}") for k, v in file.limits.model_dump().items() if v is not None]
    _print_facts("limits", limits)
    _print_facts("baselines", [(b.name, baseline_words(b, study)) for b in study.baselines])
    _print_facts("search", [("sampler", sampler_words(study)), ("pruner", pruner_words(study))])
    _print_facts("confirm", [("stage", confirm_words(study))])
    return None


def _claim_words(study: Study) -> str:
    claim = study.file.claim
    return claimed(claim) if claim else ""


def _print_facts(title: str | None, facts: Sequence[tuple[str, str]]) -> None:
    if not facts:
        return
    if title is not None:
        typer.echo(f"\n{title}")
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        typer.echo(f"  {name:<{width}}  {value}")


def _print_space(study: Study) -> None:
    points = size(study.space)
    many = "a continuum" if points is None else f"{fmt.count(points)} points"
    typer.echo(f"\nspace: {len(study.space)} settings, {many}")
    rows = [
        (
            f"  {d.path}",
            d.describe(),
            fmt.setting(study.base_values.get(d.path)),
            _conditions(d.when),
        )
        for d in study.space
    ]
    print_table((Column("  setting"), *_SPACE[1:]), rows)


def _conditions(when: Mapping[str, tuple[Value, ...]]) -> str:
    return " and ".join(
        f"{path} is {' or '.join(map(fmt.setting, values))}" for path, values in when.items()
    )


def baseline_words(baseline: BaselinePoint, study: Study) -> str:
    """Return what a baseline changes of the base."""
    changed = {k: v for k, v in baseline.params.items() if study.base_values.get(k) != v}
    return ", ".join(f"{k}={fmt.setting(v)}" for k, v in changed.items()) or "the base"


def sampler_words(study: Study) -> str:
    """Return how the space is sampled."""
    search = study.file.search
    return f"{search.sampler}, {search.trials} trials, the first {search.startup} at random"


def pruner_words(study: Study) -> str:
    """Return what stops poor trials early."""
    name = study.pruner()
    if name == "none":
        return "none: every trial is trained to the end"
    return f"{name}, after epoch {study.warmup()} of {study.config.epochs} at the earliest"


def confirm_words(study: Study) -> str:
    """Return how the best are trained again."""
    confirm, known = study.file.confirm, len(study.baselines)
    return (
        f"the best {confirm.top} and {known} baseline{'s' * (known != 1)}, "
        f"{confirm.seeds} fresh seeds each"
    )


def _toml(value: Any) -> str:
    return value if isinstance(value, str) else written(value)


def as_dict(study: Study, expected: Estimate | None, problem: str) -> dict[str, object]:
    """Return a study as plain data; `problem` tells why no time is expected."""
    file = study.file
    return {
        "name": file.name,
        "about": file.about,
        "source": file.source,
        "claim": file.claim.model_dump() if file.claim else None,
        "path": file.path,
        "shadows_shipped": file.shadows_shipped,
        "base": study.base,
        "config": study.config.model_dump(mode="json"),
        "space": [_dimension(dimension, study) for dimension in study.space],
        "points": size(study.space) if study.space else 0,
        "limits": file.limits.model_dump(),
        "baselines": [{"name": b.name, "params": dict(b.params)} for b in study.baselines],
        "search": file.search.model_dump() | {"pruner": study.pruner(), "warmup": study.warmup()},
        "confirm": file.confirm.model_dump(),
        "warnings": list(study.warnings),
        "expected": None if expected is None else _expected(study, expected),
        "expected_problem": problem,
    }


def _dimension(dimension: Dimension, study: Study) -> dict[str, object]:
    about: dict[str, object] = {"path": dimension.path, "kind": dimension.kind}
    if dimension.kind == "choice":
        about |= {"choices": list(dimension.choices)}
    else:
        low, high = dimension.extremes()
        about |= {"low": low, "high": high, "step": dimension.step, "log": dimension.log}
    when = {path: list(values) for path, values in dimension.when.items()}
    return about | {"when": when, "base": study.base_values.get(dimension.path)}


def _expected(study: Study, found: Estimate) -> dict[str, object]:
    confirm = study.file.confirm
    spans = {
        "search": found.search_seconds(study.file.search.trials),
        "confirm": found.confirm_seconds(confirm.top, confirm.seeds, len(study.baselines)),
    }
    return asdict(found) | {name: asdict(span) for name, span in spans.items()}
