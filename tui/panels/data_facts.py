"""What is said of a data set in words: three lines of facts, and what to do where none is seen."""

from rich.text import Text

from engine.data.spec import Progress
from tui import format as fmt
from tui.data_sets import DataSet, Job
from tui.looking import PARTS, Looked
from tui.palette import Palette

_BAR = 24  # cells


def facts(shown: DataSet, found: Looked | None, width: int) -> list[Text]:
    """Return the name and what it is about, and how many pictures of which kind there are."""
    about = "" if shown.about.startswith(shown.title) else shown.about
    first = Text.assemble((shown.title, "bold"), "  ", about)
    return [first, Text(_joined(_numbers(shown, found), width), style="dim")]


def _numbers(shown: DataSet, found: Looked | None) -> list[str]:
    if found is not None:
        parts = ", ".join(f"{fmt.count(sum(found.counts(part)))} {part}" for part in PARTS)
        return [parts, f"{len(found.classes)} classes", shown.licence]
    if shown.num_train is None:
        return ["its pictures are counted when it is opened"]
    counts = f"{fmt.count(shown.num_train)} train, {fmt.count(shown.num_test or 0)} test"
    return [counts, f"{shown.num_classes} classes", shown.shape, shown.licence]


def _kind(found: Looked) -> str:
    height, width, channels = found.shape
    return f"{width} x {height} {'grey' if channels == 1 else 'colour'}"


def _joined(parts: list[str], width: int) -> str:
    """Return as many of the parts as fit whole."""
    line = ""
    for part in parts:
        longer = f"{line}   {part}" if line else part
        line = longer if len(longer) <= width else line
    return line


def standing(
    shown: DataSet, found: Looked | None, job: Job | None, palette: Palette, ascii_only: bool
) -> Text:
    """Return the line that tells where the pictures are, or how far a job is."""
    if job is not None and job.name == shown.name:
        return _progress(job, palette, ascii_only)
    where = f"   {shown.where}" if shown.where else "   comes with dli"
    if found is not None:
        size = f"   {fmt.size(shown.cached_bytes)} in the cache" if shown.cached_bytes else ""
        return Text.assemble(
            ("prepared", palette.good), f"   {_kind(found)}", (size + where, "dim")
        )
    if shown.is_here:
        return Text.assemble(("on this machine", palette.accent), (where, "dim"))
    return Text("not on this machine", palette.warn)


def _progress(job: Job, palette: Palette, ascii_only: bool) -> Text:
    done, total = job.progress.done, job.progress.total
    filled = round(_BAR * done / total) if total else 0
    full, empty = "=-" if ascii_only else "━─"
    line = Text.assemble((full * filled, palette.good), (empty * (_BAR - filled), "dim"))
    return line.append(f" {_amount(job.verb, job.progress)}  {job.progress.what}  (x cancels)")


def _amount(verb: str, progress: Progress) -> str:
    if verb == "get":
        return f"{fmt.size(progress.done)} of {fmt.size(progress.total)}"
    return fmt.percent(progress.done / progress.total if progress.total else 0.0, 0)


def advice(shown: DataSet, is_opening: bool, job: Job | None) -> str:
    """Return what to do where there is no picture to see, in a sentence or two."""
    if job is not None and job.name == shown.name:
        return "This goes on while you look at other sets, or do something else."
    if not shown.is_here and shown.is_folder:
        return f"There is no folder {shown.where}.\n\nf takes another one."
    if not shown.is_here:
        size = fmt.size(shown.download_bytes)
        return (
            f"{shown.title} is not on this machine.\n\n"
            f"g downloads {size} into {shown.where}, checks every file, and prepares it."
        )
    if is_opening:
        return f"Looking into {shown.title} ..."
    return (
        f"{shown.title} is on this machine, but not in the cache yet.\n\n"
        "p prepares it, once: every run on it starts at once from then on, and its pictures can "
        "be looked at here."
    )


def remedies(shown: DataSet) -> str:
    """Return what can be done after a set could not be got, prepared or opened."""
    if shown.is_folder and shown.is_here:
        return "p tries again; i sets a size to which all pictures are brought."
    if shown.is_folder:
        return "f takes another folder."
    return "p tries again." if shown.is_here else "g tries again."
