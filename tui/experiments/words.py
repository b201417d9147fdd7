"""What the figures of a comparison say, in sentences that hold for whatever figures come."""

from collections.abc import Sequence
from statistics import fmean

from bench.report.words import counted, listed, points, span
from bench.results.contrast import Contrast, Difference, gap_of
from bench.results.differing import Change
from bench.results.standing import Standing
from tui import format as fmt

_FEW = 8  # settings that fit a sentence
_SAME_TIME = 0.05
_LITTLE = 0.005  # of a difference of two gaps, which is called none
_WIDE = 0.05  # a gap of train and val accuracy that calls for restraint
_BLUNT = ("augment.", "model.conv_dropout", "model.flatten_dropout", "model.head_dropout")

# By what happens to accuracy (worse, not to be told, better), then to the gap, from -1 to 1.
_MEANINGS = (
    (
        "The gap is smaller and the accuracy too: here it restrains more than it helps.",
        "Train and val fall together: it learns less.",
        "It fits train closer and new pictures worse: over-fitting.",
    ),
    (
        "It closes some of the gap, with no gain on new pictures that could be told.",
        "What it changes, if anything, is too small to be seen here.",
        "It fits train closer, with no gain on new pictures that could be told.",
    ),
    (
        "What it learns carries over to new pictures better.",
        "Train and val rise together: it learns more, and over-fits no more.",
        "It learns more of what carries over, and memorises more as well.",
    ),
)


def differing(before: str, after: str, changes: Sequence[Change]) -> str:
    """Return what two recipes do differently; many settings are folded away."""
    names = f"`{before}` and `{after}`"
    if not changes:
        return f"{names} do not differ."
    texts = [_changed(change) for change in changes]
    if len(changes) == 1:
        return f"{names} differ in one setting: {texts[0]}."
    where = listed(
        [f"*{part}*" for part in dict.fromkeys(c.path.split(".")[0] for c in changes)], 12
    )
    head = f"{names} differ in {counted(len(changes), 'setting')}, under {where}"
    together = "so they are measured together"
    if len(changes) <= _FEW:
        return f"{head}, {together}: {'; '.join(texts)}."
    summary = f"<details><summary>The {len(changes)} settings</summary>"
    return f"{head}, {together}.\n\n  {summary}\n\n  {'; '.join(texts)}\n\n  </details>\n"


def _changed(change: Change) -> str:
    if change.after is None:
        return f"`{change.path}` ({_value(change.before)}) falls away"
    if change.before is None:
        return f"`{change.path}` {_value(change.after)} is new"
    return f"`{change.path}` {_value(change.before)} → {_value(change.after)}"


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def verdict(what: str, found: Contrast) -> str:
    """Return whether the second is better, by how much, and how sure that is."""
    known = found.accuracy
    value, side = known.interval.value, known.side
    if side == 0:
        said = f"no clear difference ({points(value)})"
    elif known.knows_seeds:
        said = f"{'better' if side > 0 else 'worse'} by {points(abs(value), signed=False)}"
    else:
        word = "ahead" if side > 0 else "behind"
        said = f"{word} by {points(abs(value), signed=False)} so far"
    return f"**{what}: {said}** {_where(found)}: {_evidence(found)}."


def _where(found: Contrast) -> str:
    if found.epoch is None:
        return "on test"
    return f"on val after epoch {found.epoch} of {_planned(found)}"


def _planned(found: Contrast) -> str:
    ends = [side.used[0].ending.planned for side in (found.before, found.after)]
    return " and ".join(map(str, dict.fromkeys(ends)))


def _evidence(found: Contrast) -> str:
    known = found.accuracy
    if known.knows_seeds:
        return f"{span(known.interval)}, {_seeds(known)}"
    counts = [len(side.used) for side in (found.before, found.after)]
    seeds = "one seed each" if counts == [1, 1] else f"{counts[0]} and {counts[1]} seeds"
    return (
        f"{seeds}, so what another seed would change is unknown; other pictures alone "
        f"would leave it at {_span_alone(known)}"
    )


def _seeds(known: Difference) -> str:
    return f"n = {len(known.seeds)} seeds that both have"


def _span_alone(known: Difference) -> str:
    return f"{span(known.interval).removeprefix('95 %: ')} points (95 %)"


def over_fitting(found: Contrast, changes: Sequence[Change]) -> str:
    """Return how the gap of train and val accuracy differs; nothing where there is no val.

    Where what changed lowers train accuracy itself, as dropout does, that is said.
    """
    if found.gap is None:
        return ""
    ends = [gap_of(side, found.epoch) for side in (found.before, found.after)]
    before, after = (points(end) for end in ends if end is not None)
    when = "after the last epoch" if found.epoch is None else "then"
    sure = span(found.gap.interval)
    known = "" if found.gap.knows_seeds else ", of the pictures' chance alone"
    change = f"{points(found.gap.interval.value)}, {sure}{known}"
    side = _gap_side(found.gap)
    said = ("it over-fits less", "which over-fits more cannot be told", "it over-fits more")
    word = "the gap hardly differs" if found.gap.side and not side else said[side + 1]
    text = f"{before} before, {after} with it; {word} ({change})"
    note = ""
    if side and any(change.path.startswith(_BLUNT) for change in changes):
        note = " Part of that is how it is measured: dropout and augmentation lower train's figure."
    return f"Train − val {when}: {text}.{note}"


def _gap_side(gap: Difference) -> int:
    """Return whether a gap is wider (1) or narrower (-1) by enough to speak of, for sure."""
    return gap.side if abs(gap.interval.value) >= _LITTLE else 0


def meaning(found: Contrast) -> str:
    """Return what follows from both."""
    if found.gap is None:
        return ""
    side = _gap_side(found.gap)
    text = _MEANINGS[found.accuracy.side + 1][side + 1]
    if side > 0 and (gap_of(found.after, found.epoch) or 0.0) > _WIDE:
        text += " The gap has room for restraint (dropout, L2, augmentation)."
    if found.accuracy.knows_seeds:
        return text
    return f"If more seeds agree: {text[0].lower()}{text[1:]}"


def times(found: Contrast) -> str:
    """Return how long both trained, if to their end and on the same kind of machine.

    Times of runs that shared their machine are upper bounds, so of them no ratio is told.
    """
    ran = [result for side in (found.before, found.after) for result in side.used]
    machines = {(r.machine.processor, r.machine.cores, r.machine.gpu) for r in ran}
    if found.epoch is not None or len(machines) > 1:
        return ""
    seconds = [fmean(r.seconds.training for r in side.used) for side in (found.before, found.after)]
    shared = [any(r.shared for r in side.used) for side in (found.before, found.after)]
    old, new = (
        f"at most {fmt.duration(value)}" if bound else fmt.duration(value)
        for value, bound in zip(seconds, shared, strict=True)
    )
    if any(shared):
        return f"Training took {new}, and {old} without it; *at most*: other work ran beside."
    ratio = seconds[0] / seconds[1]
    told = f"{ratio:.1f} times as fast" if ratio > 1 else f"{1 / ratio:.1f} times as long"
    if abs(ratio - 1) < _SAME_TIME:
        told = "about as fast"
    return f"Training took {new} instead of {old}: {told}."


def in_short(found: Contrast) -> tuple[str, str, str]:
    """Return the difference in accuracy and in the gap, and both in a word or two each."""
    accuracy = ("worse", "cannot be told", "better")[found.accuracy.side + 1]
    if not found.accuracy.knows_seeds and found.accuracy.side:
        accuracy = f"{'ahead' if found.accuracy.side > 0 else 'behind'}, seeds unknown"
    if found.epoch is not None:
        accuracy += f" (val, epoch {found.epoch} of {_planned(found)})"
    gain = points(found.accuracy.interval.value)
    if found.gap is None:
        return gain, fmt.MISSING, accuracy
    fits = ("over-fits less", "", "over-fits more")[_gap_side(found.gap) + 1]
    said = "; ".join(part for part in (accuracy, fits) if part)
    return gain, points(found.gap.interval.value), said


def unfinished(standing: Standing) -> str:
    """Return how far a recipe is that was not trained to its end; nothing of others."""
    if standing.split == "test":
        return ""
    ends = [result.ending for result in standing.used]
    if all(result.is_complete for result in standing.used):
        return ""
    done = listed([str(end.epochs) for end in ends])
    return f"trained for {done} of {ends[0].planned} epochs"
