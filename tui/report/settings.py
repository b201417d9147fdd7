"""Which settings matter, and how: their importance, a slice of each, the top trials on rails."""

from collections.abc import Sequence

import numpy as np

from bench.report.types import Importance, Rail, Report, Slice, SliceBin
from tui import format as fmt
from tui.report.page import Block, Cell, Column, Grid, Section, Sentences, Strip, Tone, Words
from tui.report.words import Axis, finite, short_names

_RANKS: tuple[Tone, ...] = ("rank1", "rank2", "rank3", "rank4")
_RAIL_HEADING = 10  # columns, as of the rail below it


def importance_section(report: Report) -> Section | None:
    """Return the shares as bars, the largest first; what is noise stands last, grey, unranked."""
    if not report.importance:
        note = [Sentences([[Words(report.importance_note, "dim")]])]
        return Section("Importance", note) if report.importance_note else None
    names = short_names(report)
    real = [one for one in report.importance if not one.is_noise]
    noise = [one for one in report.importance if one.is_noise]
    ends = [end for one in report.importance for end in (one.high, one.share, one.noise_floor)]
    most = max([*finite(ends), 1e-9])
    order = [*sorted(real, key=lambda one: -one.share), *sorted(noise, key=lambda one: one.path)]
    rows = [_importance_row(one, names[one.path], most) for one in order]
    columns = [
        Column("setting"),
        Column("share", right=True),
        Column("95 %", right=True),
        Column(""),
    ]
    legend = "● share of the variation   ╍╌ its 95 % interval   ┊ what chance alone reaches"
    below = [legend, *[report.importance_note] * bool(report.importance_note)]
    blocks: list[Block] = [Grid(columns, rows), Sentences([[Words(line, "dim")] for line in below])]
    return Section("Importance", blocks)


def _importance_row(one: Importance, name: str, most: float) -> list[Cell]:
    tone: Tone = "dim" if one.is_noise else ""
    known = bool(finite([one.low, one.high]))
    span = f"{100 * one.low:.0f} to {100 * one.high:.0f}" if known else fmt.MISSING
    share = "noise" if one.is_noise else fmt.percent(one.share, 0)
    strip = Strip(
        tone="dim" if one.is_noise else "accent",
        bar=one.share / most,
        sure=one.low / most,
        reach=one.high / most,
        dot=one.share / most,
        mark=one.noise_floor / most,
        least=20,
        most=60,
        about=f"{fmt.percent(one.share, 0)}, 95 %: {span}, "
        f"noise up to {fmt.percent(one.noise_floor, 0)}",
    )
    return [Words(name, tone), Words(share, tone), Words(span, "dim"), strip]


def slices_section(report: Report) -> Section | None:
    """Return for each setting a line per part of its range, with the best and the median there."""
    if not report.slices:
        return None
    names = short_names(report)
    bins = [part for one in report.slices for part in one.bins]
    axis = _slices_axis(bins)
    rows: list[Sequence[Cell]] = []
    for one in report.slices:
        rows += _slice_rows(one, names[one.path], axis)
    columns = [
        Column("setting"),
        Column("trials", right=True),
        Column("others", right=True),
        Column("median", right=True),
        Column("best", right=True),
        Column(""),
    ]
    low, high = fmt.percent(axis.low), fmt.percent(axis.high)
    legend = f"○ median   ● best, {low} or less to {high}   others: pruned or failed"
    return Section("Slices", [Grid(columns, rows), Sentences([[Words(legend, "dim")]])])


def _slices_axis(bins: Sequence[SliceBin]) -> Axis:
    """Return an axis from the lowest tenth of the medians up: a few bad parts would crush it."""
    medians = finite(part.median for part in bins)
    low = [float(np.quantile(medians, 0.1))] if medians else []
    return Axis([*low, *(best for best in finite(part.best for part in bins) if [best] >= low)])


def _slice_rows(one: Slice, name: str, axis: Axis) -> list[list[Cell]]:
    blank = Words("")
    heading: list[Cell] = [Words(name, "strong"), *[blank] * 5]
    leader = max(finite(part.best for part in one.bins), default=None)
    return [heading, *[_bin_row(part, axis, leader) for part in one.bins]]


def _bin_row(part: SliceBin, axis: Axis, leader: float | None) -> list[Cell]:
    tone: Tone = "" if part.count else "dim"
    leads = part.best is not None and part.best == leader
    strip = Strip(
        has_track=True,
        span=axis.span(part.median, part.best),
        ring=axis(part.median),
        dot=axis(part.best),
        least=16,
        most=40,
        about=f"median {fmt.percent(part.median)}, best {fmt.percent(part.best)}",
    )
    return [
        Words(f"  {part.label}", tone),
        Words(str(part.count) if part.count else fmt.MISSING, tone),
        Words(str(part.not_complete) if part.not_complete else "", "dim"),
        Words(fmt.percent(part.median), tone),
        Words(fmt.percent(part.best), "strong" if leads else tone),
        strip,
    ]


def rails_section(report: Report) -> Section | None:
    """Return a row per top trial, with the place of each of its settings within its range."""
    if not report.rails:
        return None
    names = short_names(report)
    paths = list(dict.fromkeys(path for rail in report.rails for path in rail.positions))
    columns = [Column("trial", right=True), Column("val", right=True)]
    columns += [Column(names[path], most=_RAIL_HEADING) for path in paths]
    rows = [
        _rail_row(rail, paths, _RANKS[place * len(_RANKS) // len(report.rails)])
        for place, rail in enumerate(report.rails)
    ]
    note = "each setting from the first to the last of its range"
    return Section("Top trials on rails", [Grid(columns, rows, kept=2)], note=note)


def _rail_row(rail: Rail, paths: Sequence[str], tone: Tone) -> list[Cell]:
    cells: list[Cell] = [Words(str(rail.trial), tone), Words(fmt.percent(rail.value), tone)]
    for path in paths:
        place = rail.positions.get(path)
        text = rail.texts.get(path, "")
        strip = Strip(tone, has_track=True, dot=place, about=text)
        cells.append(Words("") if place is None else strip)
    return cells
