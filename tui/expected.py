"""How long a study is expected to take on this machine, in words."""

from bench.estimate import Estimate, Span
from bench.study import Study
from tui.format import duration


def expected_lines(study: Study, found: Estimate, trials: int) -> list[str]:
    """Return a line each for a trial, for the search, and for the confirm stage."""
    trial = Span(found.fastest_seconds, found.typical_seconds, found.slowest_seconds)
    if not study.space:
        return [f"one training: {span(trial)}"]
    confirm, baselines = study.file.confirm, len(study.baselines)
    spared = f", the pruner sparing {found.saved:.0%} of the epochs" if found.saved else ""
    return [
        f"one full trial: {span(trial)}",
        f"search, {trials} trials by {found.workers} workers{spared}: "
        f"{span(found.search_seconds(trials))}",
        f"confirm, {confirm.top + baselines} configurations with {confirm.seeds} seeds: "
        f"{span(found.confirm_seconds(confirm.top, confirm.seeds, baselines))}",
    ]


def span(seconds: Span) -> str:
    """Return a span in words: `about 12 m 30 s (8 m 10 s to 25 m 00 s)`."""
    low, likely, high = map(duration, (seconds.low, seconds.likely, seconds.high))
    return f"about {likely}" if low == high else f"about {likely} ({low} to {high})"
