"""All studies: those of the storage, and those that are known but were never searched."""

from collections.abc import Sequence
from itertools import accumulate

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from bench.study import Study
from tui import clock
from tui import format as fmt
from tui.names import short_dataset
from tui.palette import Palette, palette_of
from tui.panels.rows import Rows
from tui.report.page import printable
from tui.study import baseline_words, confirm_words, pruner_words, sampler_words
from tui.study_panels.snapshot import ENDED, ListedStudy
from tui.study_panels.words import WHAT, activity_style, in_ascii

_GAP = "  "
_COLUMNS = (
    ("study", 24, True), ("state", 13, True), ("best", 8, False), ("trials", 9, False),
    ("searched", 10, False), ("data", 13, True), ("model", 8, True), ("settings", 8, False),
    ("about", 76, True),
)  # fmt: skip  # name, width, and whether it stands at the left
_EMPTY = "No studies yet. A study is a TOML file in ./studies; `dli studies` lists those shipped."


class Shelf(Vertical):
    """A row for each study; arrows and clicks choose one."""

    DEFAULT_CSS = """
    Shelf > .heading { height: 1; padding-left: 1; color: $foreground 60%; text-style: bold;
                       text-wrap: nowrap; }
    Shelf > .problem { height: auto; padding: 0 1; display: none; }
    Shelf > .about { height: auto; max-height: 60%; padding: 0 1; background: $surface;
                     text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class Picked(Message):
        """Another study was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._studies: Sequence[ListedStudy] = ()
        self._problem = ""
        self._wanted: str | None = None  # what to choose once it is listed

    def compose(self) -> ComposeResult:
        """Make heading, rows, and what the chosen study is for."""
        yield Static(classes="heading")
        yield Rows()
        yield Static(classes="problem")
        yield Static("reading the studies ...", classes="about")

    @property
    def rows(self) -> Rows:
        """The rows."""
        return self.query_one(Rows)

    @property
    def picked(self) -> ListedStudy | None:
        """The chosen study."""
        return self._studies[self.rows.chosen] if self._studies else None

    def show(self, studies: Sequence[ListedStudy], problem: str) -> None:
        """Show studies; the chosen one stays so, wherever it moves."""
        before, wanted = self.picked, self._wanted
        self._wanted = None
        self._studies = studies
        self.query_one(".heading", Static).update(self._heading())
        self.rows.fill(len(studies), self._row)
        keys = [_key(study) for study in studies]
        chosen = wanted if wanted in keys else _key(before) if before else ""
        if chosen in keys:
            self.rows.choose(keys.index(chosen))
        self._problem = problem
        self._tell()

    def come_back_to(self, study_id: str) -> None:
        """Choose a study at the next look at the storage, wherever it stands by then."""
        self._wanted = study_id

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        """Say what the chosen study is for."""
        message.stop()
        self._tell()
        self.post_message(self.Picked())

    def on_resize(self) -> None:
        """Fit the columns."""
        if self._studies:
            self.query_one(".heading", Static).update(self._heading())
            self.rows.fill(len(self._studies), self._row)

    def _tell(self) -> None:
        """Say below what is wrong with the storage, and what the chosen study is for."""
        palette, listed = palette_of(self.app.current_theme), self.picked
        problem = self.query_one(".problem", Static)
        problem.display = bool(self._problem)
        problem.update(self._plain(Text(self._problem, palette.bad)))
        if listed is None:
            about = Text(_EMPTY)
        else:
            about = Text(printable(listed.study.file.about)).append(f"\n{_how(listed)}", "dim")
            if not self.screen.has_class("-short"):
                about.append_text(_described(listed.study))
        self.query_one(".about", Static).update(self._plain(about))

    def _plain(self, text: Text) -> Text:
        return in_ascii(text) if self.app.has_class("-ascii") else text

    def _heading(self) -> Text:
        names = [name.ljust(width) if left else name.rjust(width)
                 for name, width, left in _COLUMNS[: self._fitting]]  # fmt: skip
        return Text(_GAP.join(names), no_wrap=True)

    @property
    def _fitting(self) -> int:
        """How many columns there is room for."""
        room = self.rows.scrollable_content_region.width - 1
        ends = accumulate(width + len(_GAP) for _, width, _ in _COLUMNS)
        return sum(end - len(_GAP) <= room for end in ends)

    def _row(self, index: int) -> Text:
        listed, palette = self._studies[index], palette_of(self.app.current_theme)
        cells = [
            (_cut(text, width).ljust(width) if left else _cut(text, width).rjust(width), style)
            for (text, style), (_, width, left) in zip(
                _cells(listed, palette), _COLUMNS[: self._fitting], strict=False
            )
        ]
        return self._plain(Text(_GAP).join(Text(text, style) for text, style in cells))


def _cells(listed: ListedStudy, palette: Palette) -> list[tuple[str, str]]:
    """Return the text and the style of each column."""
    study, summary, activity = listed.study, listed.summary, listed.activity
    config = study.config
    about = [
        (short_dataset(config.dataset), ""),
        (config.model.name, ""),
        (fmt.count(len(study.space)), "dim"),
        (printable(study.file.about), "dim"),
    ]
    if summary is None or activity is None:
        return [(study.name, ""), ("not searched", "dim"), *[(fmt.MISSING, "dim")] * 3, *about]
    ended = sum(summary.counts.get(state, 0) for state in ENDED)
    age = fmt.age(max(clock.now() - summary.opened, 0.0)) if summary.opened else fmt.MISSING
    return [
        (summary.id, "bold"),
        (WHAT[activity], activity_style(activity, palette)),
        (fmt.percent(summary.best), palette.good if summary.best else "dim"),
        (f"{fmt.count(ended)} of {fmt.count(summary.target)}", ""),
        (age, "dim"),
        *about,
    ]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _described(study: Study) -> Text:
    """Return what a study searches and how, a line each."""
    text = Text()
    names = [dimension.path for dimension in study.space]
    longest = max(map(len, names), default=0)
    for dimension in study.space:
        text.append(f"\n  {dimension.path:{longest}}  ", "dim").append(dimension.describe())
    for label, words in (
        ("sampler", sampler_words(study)),
        ("pruner", pruner_words(study)),
        ("confirm", confirm_words(study)),
        *((f"baseline {b.name}", baseline_words(b, study)) for b in study.baselines),
    ):
        text.append(f"\n{label}: ", "dim").append(printable(words))
    return text


def _key(listed: ListedStudy) -> str:
    return listed.summary.id if listed.summary else listed.study.name


def _how(listed: ListedStudy) -> str:
    """Return what can be done with a study."""
    if listed.summary is not None:
        return "enter opens it, t searches it as its file is now"
    return "enter or t starts a search"
