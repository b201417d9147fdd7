"""A report as a page of plain blocks, so that each section is said once and drawn in three ways.

Sections make blocks; `screen`, `markdown` and `html` draw them. Texts are as they came: whoever
draws one escapes it, and takes `printable` of it first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tui.ticks import percent_text

Tone = Literal[
    "", "strong", "dim", "accent", "good", "warn", "bad", "rank1", "rank2", "rank3", "rank4"
]


JOINT = "\u00a0"  # a space at which no line is broken


def printable(text: str) -> str:
    """Return a text in one line without control codes, whatever a name or an error holds."""
    return "".join(char if char.isprintable() or char == JOINT else " " for char in text)


@dataclass(frozen=True)
class Words:
    """A piece of text with what it means to the eye."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Strip:
    """A picture of one line; every place on it lies between 0, its left end, and 1, its right end.

    `bar` is filled from the left, solid up to `sure` and shaded behind it up to `bar` and, lighter,
    up to `reach`. `span` is a line between two dots or the whiskers of one.
    """

    tone: Tone = "accent"
    has_track: bool = False
    bar: float | None = None
    sure: float | None = None
    reach: float | None = None
    span: tuple[float, float] | None = None
    ring: float | None = None  # an open dot
    dot: float | None = None  # a full one
    mark: float | None = None  # a thin upright line
    least: int = 10  # columns
    most: int = 10
    about: str = ""  # what it says, for those who cannot see it


Cell = Words | Strip


@dataclass(frozen=True)
class Column:
    """A column of a grid. One that is `spare` is left out where there is no room for it."""

    heading: str
    right: bool = False
    most: int = 32  # columns on a screen, of heading and text
    wraps: bool = False  # its texts go on in further lines; at most the last column does
    spare: bool = False


@dataclass(frozen=True)
class Grid:
    """A table. `below` has a line under each row; `under` names it where it is a column.

    Where the columns do not fit, those after the first `kept` are shown in several blocks.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    below: Sequence[Sequence[Words]] = ()
    under: str = ""
    kept: int = 0


@dataclass(frozen=True)
class Sentences:
    """Sentences, each in a line of its own."""

    lines: Sequence[Sequence[Words]]
    bullets: Sequence[Words] = ()  # one for each line, or none


@dataclass(frozen=True)
class Facts:
    """Names and what they stand for; where `whole`, a text is never broken, since it is copied."""

    rows: Sequence[tuple[str, Sequence[Words]]]
    whole: Sequence[str] = ()


@dataclass(frozen=True)
class Curve:
    """Points of a plot, joined by a line or not."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    kind: Literal["line", "steps", "level", "dots"] = "line"


@dataclass(frozen=True)
class Plot:
    """Curves on shared axes; y is an accuracy, and what lies below `floor` is drawn at its end."""

    title: str
    x_label: str
    curves: Sequence[Curve]
    floor: float = 0.0
    y_text: Callable[[float, int], str] = percent_text


@dataclass(frozen=True)
class Plots:
    """Plots side by side; one that is `only_html` repeats what a table says where text must do."""

    plots: Sequence[Plot]
    only_html: bool = False


@dataclass(frozen=True)
class Code:
    """Lines to copy, said to be what `about` says."""

    about: str
    lines: Sequence[str]


Block = Grid | Sentences | Facts | Plots | Code


@dataclass(frozen=True)
class Section:
    """A heading with its blocks; `note` says beside it what is seen."""

    title: str
    blocks: Sequence[Block]
    note: str = ""
    frame: Tone = ""  # the tone of a frame around it


@dataclass(frozen=True)
class Page:
    """A whole report."""

    title: str
    about: Sequence[Sequence[Words]]
    sections: Sequence[Section]
    id: str = ""
