"""Claims of the sources, and how near their recipes come, in words."""

from bench.results.standing import Standing
from bench.spec import Claim
from tui import format as fmt

NOT_RUN = "not yet run"
_KINDS = {
    "logged": "logged by the source",
    "readme": "stated in a README",
    "course": "stated by a course",
    "remembered": "remembered",
}


def claimed(claim: Claim) -> str:
    """Return a claim in full: `90.22 % test accuracy, logged by the source (R2)`."""
    return f"{fmt.percent(claim.accuracy)} test accuracy, {_KINDS[claim.kind]} ({claim.id})"


def beside(claim: Claim, accuracy: float) -> str:
    """Return how a test accuracy stands to a claim: `met`, `missed by 0.31 points`."""
    met = accuracy - claim.accuracy >= -1e-9
    return "met" if met else f"missed by {distance(claim, accuracy)}"


def distance(claim: Claim, accuracy: float) -> str:
    """Return how far apart they are, as a reader who subtracts what is printed gets it."""
    printed = [float(f"{100 * value:.2f}") for value in (accuracy, claim.accuracy)]
    return fmt.points(abs(printed[0] - printed[1]))


def reached(standing: Standing) -> str:
    """Return the accuracy with its 95 % interval; it is on val where that is said."""
    known = standing.accuracy
    if known is None or known.low is None or known.high is None:
        return fmt.MISSING if known is None else fmt.percent(known.value)
    text = fmt.short_interval(known.value, known.low, known.high)
    return text if standing.split == "test" else f"val {text}"


def verdict(standing: Standing) -> str:
    """Return how near the claim the recipe came, or why that is not to be told.

    JPEG pictures are harder than those of the claim, so on them it is neither met nor missed.
    """
    words = _verdict(standing)
    return f"JPEG: {words}" if standing.is_harder and standing.claim else words


def _verdict(standing: Standing) -> str:
    if not standing.results:
        return NOT_RUN
    if standing.claim is None:
        return fmt.MISSING
    if standing.split == "val":
        return "not tested" if all(r.is_complete for r in standing.used) else "partly trained"
    gap = standing.gap
    if gap is None:
        return "other data"
    if standing.is_own_data:
        return beside(standing.claim, standing.claim.accuracy + gap)
    far = distance(standing.claim, standing.claim.accuracy + gap)
    return f"{far} {'over' if gap >= 0 else 'under'}"


def epochs(standing: Standing) -> str:
    """Return the epochs done of those planned, from the shortest run to the longest."""
    if not standing.used:
        return fmt.MISSING
    done = [result.ending.epochs for result in standing.used]
    span = f"{min(done)} to {max(done)}" if len(set(done)) > 1 else str(done[0])
    return f"{span} of {standing.used[0].ending.planned}"
