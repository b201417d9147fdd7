"""All studies: those of the storage, and those that are known but were never searched."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui import clock
from tui import format as fmt
from tui.palette import palette_of
from tui.panels.rows import Rows
from tui.report.page import printable
from tui.study_panels.snapshot import ENDED, ListedStudy
from tui.study_panels.words import WHAT, activity_style, in_ascii

_GAP = "  "
_NAME, _LEAST_NAME = 28, 20
_EMPTY = "No studies yet. A study is a TOML file in ./studies; `dli studies` lists those shipped."


class Shelf(Vertical):
    """A row for each study; arrows and clicks choose one."""

    DEFAULT_CSS = """
    Shelf > .heading { height: 1; padding-left: 1; color: $foreground 60%; text-style: bold;
                       text-wrap: nowrap; }
    Shelf > .about { height: 2; padding: 0 1; background: $surface; text-wrap: nowrap;
                     text-overflow: ellipsis; }
    """

    class Picked(Message):
        """Another study was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._studies: Sequence[ListedStudy] = ()

    def compose(self) -> ComposeResult:
        """Make heading, rows, and what the chosen study is for."""
        yield Static(classes="heading")
        yield Rows()
        yield Static(classes="about")

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
        before = self.picked
        self._studies = studies
        self.query_one(".heading", Static).update(self._heading())
        self.rows.fill(len(studies), self._row)
        keys = [_key(study) for study in studies]
        if before is not None and _key(before) in keys:
            self.rows.choose(keys.index(_key(before)))
        self._tell(problem)

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        """Say what the chosen study is for."""
        message.stop()
        self._tell("")
        self.post_message(self.Picked())

    def on_resize(self) -> None:
        """Fit the columns."""
        if self._studies:
            self.query_one(".heading", Static).update(self._heading())
            self.rows.fill(len(self._studies), self._row)

    def _tell(self, problem: str) -> None:
        palette, study = palette_of(self.app.current_theme), self.picked
        if problem:
            text = Text(problem, style=palette.bad)
        elif study is None:
            text = Text(_EMPTY)
        else:
            text = Text(printable(study.about)).append("\n").append(_how(study), "dim")
        self.query_one(".about", Static).update(self._plain(text))

    def _plain(self, text: Text) -> Text:
        return in_ascii(text) if self.app.has_class("-ascii") else text

    def _heading(self) -> Text:
        names = [
            f"{'study':{_NAME}}", f"{'state':13}", f"{'best':>8}", f"{'trials':>11}",
            f"{'searched':>11}",
        ]  # fmt: skip
        return Text(_GAP.join([*names, "about"]), no_wrap=True)

    def _row(self, index: int) -> Text:
        study = self._studies[index]
        return self._plain(_never(study) if study.summary is None else self._searched(study))

    def _searched(self, study: ListedStudy) -> Text:
        palette, summary = palette_of(self.app.current_theme), study.summary
        assert summary is not None
        activity = study.activity or "stopped"
        ended = sum(summary.counts.get(state, 0) for state in ENDED)
        age = fmt.age(max(clock.now() - summary.opened, 0.0)) if summary.opened else fmt.MISSING
        return Text.assemble(
            (f"{summary.id[:_NAME]:{_NAME}}", "bold"), _GAP,
            (f"{WHAT[activity]:13}", activity_style(activity, palette)), _GAP,
            (f"{fmt.percent(summary.best):>8}", palette.good if summary.best else "dim"),
            f"{_GAP}{f'{fmt.count(ended)} of {fmt.count(summary.target)}':>11}",
            (f"{_GAP}{age:>11}{_GAP}{printable(study.about)}", "dim"),
            no_wrap=True,
        )  # fmt: skip


def _never(study: ListedStudy) -> Text:
    facts = f"{fmt.count(study.settings)} settings"
    return Text.assemble(
        f"{study.name[:_NAME]:{_NAME}}", _GAP, (f"{'never':13}", "dim"), _GAP,
        (f"{fmt.MISSING:>8}{_GAP}{facts:>11}{_GAP}{study.data[:11]:>11}", "dim"),
        (f"{_GAP}{printable(study.about)}", "dim"),
        no_wrap=True,
    )  # fmt: skip


def _key(study: ListedStudy) -> str:
    return study.summary.id if study.summary else study.name


def _how(study: ListedStudy) -> str:
    """Return what can be done with a study."""
    if study.summary is not None:
        return "enter opens it, t searches it as its file is now"
    return f"{study.model} on {study.data}, {study.settings} settings; enter or t starts a search"
