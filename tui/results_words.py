"""What the page of results says around its tables."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from bench.results.contrast import gap_of
from bench.results.standing import Standing
from tui import format as fmt
from tui.claims import distance

INTRO = """\
What the source of each reference system claims, and what its recipe reached here. This page is
made by `python docs/make_results.py` from the files in [studies/results](../studies/results) and
the claims in `studies/*.toml`; no result on it is typed, and every figure's file is named
[below](#commands-and-files). `dli results` shows the accuracies in the terminal."""

INTERVALS = """\
The claim's last word tells where it stands: *logged* by a run of the source, in its *readme*, in a
*course*, or *remembered*. A recipe's row is the recipe as it stands; a row "with" a setting is a
variant of the one above.

The 95 % interval is in brackets. With n = 2 seeds or more it is that of the mean, by Student's t
over the seeds, widened by what other test pictures would change; with n = 1 it is Wilson's binomial
interval, which covers chance in the test pictures, not in the seed. A claim inside the interval is
neither clearly missed nor clearly met. *val* marks what was not tested: the best epoch's accuracy
on val, which is a little flattered, as val chose that epoch."""

TIMES = """\
Training is from the first step to the end of the last, validation included, mean over the seeds;
set-up is what comes before (pictures, model, compiling). Images/s is the median epoch's. *≤* and
*≥* mark runs beside which the machine did other work: alone it is faster."""

SPEED = """\
Recipes of our own, as fast as we could make them on a plain CPU. Settings were chosen on val; the
record runs train on all of train with fixed epochs, keep the last weights, and read test once. Time
is from the first step to the last. *bare cnn* are the images/s that `dli bench` makes of a plain
loop in the same minute; the last column scales the time to the machine on which the targets were
set, where they are 1,700. The targets, so scaled: `mnist_fast` 99 % in 6 s and 99.5 % in 15 s,
`fashion_fast` 91 % in 30 s and 92 % in 75 s, `cifar_record` 90.5 % in 8 minutes. Each figure is the
mean over the seeds (with the lowest and the highest), and of one seed no spread is known; *≤* as
under [what it cost](#what-it-cost)."""

WHY = """\
What the last epoch tells of those that missed, and of those that are more than 4 points under on
JPEG pictures (the error on train is the epoch's mean, with dropout and augmentation on):"""

NO_RECORD = "{}: not yet run."

HOW_MEASURED = """\
- **Split**: val is cut from train, stratified by class, by a seed of its own: a run's seed never
  moves a picture. The sizes stand under [what it cost](#what-it-cost).
- **Choice**: the epoch with the best figure on val is kept; where a recipe has no val pictures, the
  last. Sources that took test for validation are run honestly instead; their figure stays the bar.
- **Test** is read once, by the finished run, with those weights. No seed is picked: all that ran
  are in the mean.
- **CIFAR-10 (JPEG)** is CIFAR-10's 60,000 pictures, each compressed as JPEG of quality 75, in
  `train/` and `test/` with a folder per class; `--dataset folder:` takes them, and a folder called
  `cifar10-jpeg` is told as this set. It is harder than the data that the claims are about, so it
  has a column of its own and meets or misses no claim.
- **Partly trained** runs are marked with their epochs done of those planned, and have no test
  figure; their schedules are those of the full length.
- **Claims** of one lucky run are bars all the same; a miss is shown with its size, not hidden."""

_MUCH = 0.04  # of accuracy
_WIDE = 1.25  # times the error on train
_ROUNDING = 1e-9
_OVER_FITS = "it over-fits."
_FITS_TOO_LITTLE = (
    "nearly alike, so over-fitting does not explain it; harder pictures, too few epochs or too "
    "small a net may."
)


def summary(claimed: Sequence[Standing]) -> str:
    """Return how many claims are met, missed and not yet measured, by the recipes as they stand."""
    by_id: dict[str, list[Standing]] = {}
    for standing in claimed:
        if standing.claim and not standing.variant:
            by_id.setdefault(standing.claim.id, []).append(standing)
    states = {claim_id: _state(group) for claim_id, group in by_id.items()}
    parts = []
    for state in _STATES:
        ids = [claim_id for claim_id, found in states.items() if found == state]
        if ids:
            listed = f" ({', '.join(ids)})" if state != "not yet run" else ""
            parts.append(f"{len(ids)} {state}{listed}")
    return f"**Of {len(by_id)} claims: {'; '.join(parts)}.**{_by_variants(claimed, states)}"


_STATES = ("met", "missed", "measured on CIFAR-10 (JPEG) only", "partly trained", "not yet run")


def _state(group: Sequence[Standing]) -> str:
    """Return what is known of a claim: its own data decide, if its recipe was tested on them."""
    own = [standing.is_met for standing in group if standing.is_own_data]
    if True in own:
        return "met"
    if False in own:
        return "missed"
    if any(standing.is_harder and standing.is_met is not None for standing in group):
        return "measured on CIFAR-10 (JPEG) only"
    return "partly trained" if any(standing.results for standing in group) else "not yet run"


def _by_variants(claimed: Sequence[Standing], states: Mapping[str, str]) -> str:
    """Return which missed claims a variant of the recipe meets."""
    met = [s for s in claimed if s.variant and s.is_own_data and s.is_met and s.claim]
    ids = dict.fromkeys(s.claim.id for s in met if s.claim and states.get(s.claim.id) == "missed")
    return f" A variant of the recipe meets {', '.join(ids)}." if ids else ""


def why_under(standing: Standing) -> str:
    """Return what a recipe's last epoch tells of why it is under its claim; empty if it is not.

    On harder pictures that is said from 4 points on, as some loss is the pictures' own.
    """
    least = _MUCH if standing.is_harder else _ROUNDING
    gap, lead = standing.gap, gap_of(standing)
    if standing.claim is None or gap is None or lead is None or gap > -least:
        return ""
    on_train = 1 - fmean(r.columns["train_accuracy"][-1] or 0.0 for r in standing.used)
    on_val = on_train + lead
    recipe = f"with `{standing.variant}`" if standing.variant else f"`{standing.study.name}`"
    under = f"{distance(standing.claim, standing.claim.accuracy + gap)} under on {standing.data}"
    return (
        f"- {standing.claim.id} {recipe}, {under}: in its last epoch it errs on "
        f"{fmt.percent(on_train)} of train and {fmt.percent(on_val)} of val: "
        f"{_OVER_FITS if on_val > _WIDE * on_train else _FITS_TOO_LITTLE}"
    )


def best_epoch(standing: Standing) -> str:
    """Return when a recipe's runs had their best epoch behind them."""
    used = [r for r in standing.used if r.seconds.until_best is not None]
    times = [r.seconds.until_best for r in used if r.seconds.until_best is not None]
    if not times:
        return ""
    bound = "at most " if any(result.shared for result in used) else ""
    best = ", ".join(str(result.ending.best_epoch) for result in used)
    known = standing.accuracy
    accuracy = f", {fmt.percent(known.value)} on {standing.split}" if known else ""
    return (
        f"Beside them, `{standing.study.name}` on {standing.data}: best epoch {best} of "
        f"{used[0].ending.planned}, {bound}{fmt.duration(fmean(times))} after the first step"
        f"{accuracy} (n = {len(used)})."
    )
