"""What to take away from a study, in sentences that claim no more than the evidence carries."""

import math
from collections.abc import Iterator, Sequence

from bench.records import StudyRecord
from bench.report.contest import Contest
from bench.report.finalists import ConfirmProgress, Finalist, candidates, confirm_progress
from bench.report.operations import failures
from bench.report.types import Candidate, Interval, Verdict, VerdictKind
from bench.report.words import accuracy, counted, listed, points, settings, span

_TOLD = 0.0005  # a remaining optimism below this is not worth a sentence


def verdict(study: StudyRecord, shown: Sequence[Finalist]) -> Verdict:
    """Return the verdict; `shown` are the finalists, the best first."""
    progress = confirm_progress(study)
    if study.confirms and progress.left:
        return _empty("not confirmed", tuple(_unfinished(study, shown, progress)))
    rows = {c.trial: c for c in candidates(study, shown)}
    most = max((len(finalist.values) for finalist in shown), default=0)
    if most:
        contest = Contest.of(study, [f for f in shown if len(f.values) == most])
        return _confirmed(contest, shown, rows)
    if study.ranked():
        return _unconfirmed(study, shown, rows)
    return _empty("nothing finished", tuple(_nothing(study)))


def _empty(kind: VerdictKind, sentences: tuple[str, ...]) -> Verdict:
    return Verdict(kind, sentences, None, None, None, None, None, (), None, {})


def _again(study: StudyRecord) -> str:
    """Return the command that opens this very study again."""
    return str(study.facts.get("command") or f"dli tune --study {study.name}")


def _nothing(study: StudyRecord) -> Iterator[str]:
    ended = [trial for trial in study.trials if trial.state in ("complete", "pruned", "failed")]
    if not ended:
        yield "Nothing has finished: no trial has ended yet."
        return
    yield f"Nothing has finished: none of {counted(len(ended), 'trial')} was trained to the end."
    for failure in failures(study):
        example = f": {failure.example}" if failure.example else "."
        yield f"{counted(failure.count, 'trial')} ended by {failure.cause}{example}"
    pruned = sum(trial.state == "pruned" and trial.feasible for trial in ended)
    if pruned:
        yield f"{counted(pruned, 'trial')} {'was' if pruned == 1 else 'were'} pruned."


def _unfinished(
    study: StudyRecord, shown: Sequence[Finalist], progress: ConfirmProgress
) -> Iterator[str]:
    """Say how far the confirm stage is, and nothing that its missing runs might overturn."""
    total = progress.ended + progress.left
    yield f"Confirm stage unfinished ({progress.ended:,} of {total:,}): no verdict yet."
    yield (
        "Until every candidate has all its fresh seeds, their means do not compare and nobody is"
        " ahead."
    )
    yield from _failed_sentences(shown)
    yield f"Should nobody train the rest, go on with {_again(study)} --confirm-only"


def _unconfirmed(
    study: StudyRecord, shown: Sequence[Finalist], rows: dict[int, Candidate]
) -> Verdict:
    ranked = study.ranked()
    best = ranked[0]
    baseline = next((rows[trial.number] for trial in ranked if trial.baseline), None)
    return Verdict(
        kind="not confirmed",
        sentences=tuple(_unconfirmed_sentences(study, sum(f.failed for f in shown))),
        recommended=rows[best.number],
        best_baseline=baseline,
        gap_to_baseline=None,
        runner_up=rows[ranked[1].number] if len(ranked) > 1 and ranked[1].number in rows else None,
        probability_better=None,
        tied=(),
        shrinkage=None,
        settings=dict(best.params),
    )


def _unconfirmed_sentences(study: StudyRecord, failed: int) -> Iterator[str]:
    ranked = study.ranked()
    best, value = ranked[0], ranked[0].value or 0.0
    name = f'baseline "{best.baseline}"' if best.baseline else f"trial {best.number}"
    yield (
        f"Not confirmed: the search saw the best value, {accuracy(value)}, once, at {name}"
        f" ({settings(best.params, study.space)})."
    )
    if len(ranked) > 1:
        yield (
            f"The best of {len(ranked):,} noisy values is a lucky one: expect less than that of it."
        )
    if study.num_val:
        chance = 1.96 * math.sqrt(value * (1 - value) / study.num_val)
        yield (
            f"The choice of {study.num_val:,} validation pictures alone moves an accuracy by up to"
            f" ±{points(chance, signed=False)}; seeds come on top."
        )
    if failed:
        yield f"All {counted(failed, 'confirm run')} so far failed."
    yield (
        "To train the best and the baselines again with fresh seeds:"
        f" {_again(study)} --confirm-only"
    )


def _confirmed(contest: Contest, shown: Sequence[Finalist], rows: dict[int, Candidate]) -> Verdict:
    best, race_ = contest.best, contest.race
    baseline = contest.best_baseline()
    search = best.trial.value
    return Verdict(
        kind="better" if contest.is_better() else "not enough evidence",
        sentences=tuple(_confirmed_sentences(contest, rows[best.trial.number], shown)),
        recommended=rows[best.trial.number],
        best_baseline=(
            rows[contest.rivals[baseline].trial.number] if baseline is not None else None
        ),
        gap_to_baseline=contest.gap(),
        runner_up=rows[contest.rivals[1].trial.number] if len(contest.rivals) > 1 else None,
        probability_better=contest.probability(),
        tied=tuple(contest.rivals[row].trial.number for row in contest.tied if row),
        shrinkage=float(search - race_.means[0]) if search is not None else None,
        settings=dict(best.trial.params),
    )


def _confirmed_sentences(
    contest: Contest, row: Candidate, shown: Sequence[Finalist]
) -> Iterator[str]:
    yield _headline(contest)
    yield _mean_sentence(contest, row)
    yield from _baseline_sentences(contest)
    yield from _rival_sentences(contest)
    yield from _luck_sentences(contest)
    if row.test is not None:
        seeds = counted(len(row.test_values), "seed")
        yield f"Test accuracy {accuracy(row.test.value)} ({span(row.test)}; {seeds})."
    yield from _seed_sentences(contest, shown)


def _headline(contest: Contest) -> str:
    best = contest.best
    what = f"{best.name}: {settings(best.trial.params, contest.study.space)}"
    if contest.is_better():
        return f"Take {what}."
    if best.trial.baseline:
        return f"Not enough evidence that anything beats the {best.name}, which is ahead itself."
    if contest.best_baseline() is None:
        reason = "that any configuration beats the others"
    else:
        reason = "that anything beats every baseline"
    return f"Not enough evidence {reason}; ahead is {what}."


def _mean_sentence(contest: Contest, row: Candidate) -> str:
    assert row.confirm is not None
    pictures = f"{contest.study.num_val:,} pictures"
    if contest.seeds == 1:
        return (
            f"Validation accuracy {accuracy(row.confirm.value)} with one fresh seed: how much"
            " another seed would change cannot be told."
        )
    return (
        f"Validation accuracy {accuracy(row.confirm.value)} ({span(row.confirm)};"
        f" {contest.seeds} fresh seeds, {pictures})."
    )


def _baseline_sentences(contest: Contest) -> Iterator[str]:
    baseline = contest.best_baseline()
    if baseline is None:
        yield "No baseline was confirmed: what the search gained cannot be told."
        return
    gap = contest.gap()
    if gap is None:
        return
    against = f'Against the best baseline, "{contest.rivals[baseline].trial.baseline}"'
    if gap.low is None:
        yield f"{against}: {points(gap.value)}, of which one seed cannot tell how much is luck."
        return
    yield f"{against}: {points(gap.value)} ({span(gap)}; paired by seed)."
    if baseline in contest.tied:
        yield from _shortfall(contest, baseline, gap)


def _shortfall(contest: Contest, baseline: int, gap: Interval) -> Iterator[str]:
    """Say why the lead is not enough, and what would be."""
    if gap.low is not None and gap.low > 0:
        yield (
            f"Alone that would do, but it is the lead of the best of {len(contest.rivals)},"
            " which needs more."
        )
    needed = contest.race.seeds_to_tell(0, baseline)
    if needed is None:
        yield "More than 30 seeds would be needed to tell so small a difference."
    elif needed > contest.seeds:
        yield (
            f"If the difference is as it seems, about {needed} seeds tell it: set"
            f" confirm.seeds = {needed} and run"
            f" {_again(contest.study)} --confirm-only"
        )


def _rival_sentences(contest: Contest) -> Iterator[str]:
    chance = contest.probability()
    if chance is not None:
        second = contest.rivals[1].name
        yield f"It really beats the runner-up, {second}, with a probability of {_percent(chance)}."
    tied = [contest.rivals[row].name for row in contest.tied if row]
    if tied and contest.seeds > 1:
        count = len(contest.rivals)
        together = f", with all {count} compared at once" if count > 2 else ""
        yield f"Not told apart from it{together}: {listed(tied)}."
    elif contest.seeds > 1 and len(contest.rivals) > 2:
        yield f"All {len(contest.rivals) - 1} others are told apart from it."


def _percent(probability: float) -> str:
    """Return a probability without pretending to certainty."""
    if probability > 0.995:
        return "over 99 %"
    return f"{100 * probability:.0f} %"


def _luck_sentences(contest: Contest) -> Iterator[str]:
    search = contest.best.trial.value
    if search is not None and not contest.best.trial.baseline:
        change = float(contest.race.means[0]) - search
        pictures = contest.study.num_val
        chance = 1.96 * math.sqrt(search * (1 - search) / pictures) if pictures else 0.0
        lucky = ": its value was a lucky one" if change < -chance else ""
        yield f"The search saw {accuracy(search)}; fresh seeds gave {points(change)}{lucky}."
    optimism = contest.optimism()
    if optimism is not None and optimism >= _TOLD:
        yield (
            f"Being the best of {len(contest.population())} confirmed means, its mean is probably"
            f" still {points(optimism, signed=False)} too high."
        )


def _seed_sentences(contest: Contest, shown: Sequence[Finalist]) -> Iterator[str]:
    if contest.seeds == 1:
        yield "One seed is too few to compare: set confirm.seeds = 3 or more."
    yield from _failed_sentences(shown)
    waiting = [f.name for f in shown if not f.values and not f.failed]
    if waiting:
        yield f"Not confirmed, and so not compared: {listed(waiting)}."
    short = [f.name for f in shown if 0 < len(f.values) < contest.seeds]
    if short:
        yield f"With fewer seeds than the others, and so not compared: {listed(short)}."


def _failed_sentences(shown: Sequence[Finalist]) -> Iterator[str]:
    failed = [f"{f.failed} of {f.name}" for f in shown if f.failed]
    if failed:
        yield f"Confirm runs that failed: {listed(failed)}."
