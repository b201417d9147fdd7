"""Draws the form's rows as text: name, value, what it is for, and what is wrong with it."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from tui.form.draft import Draft
from tui.form.fields import LABEL, SECTIONS, START, Field, as_text, in_section

_MARK, _GAP = 2, 2
_LONGEST_NAME = 17
_NONE_MEANS = re.compile(r"none is ([\w.]*\w)\.?$")
_MOST_LINES = 3  # that a sentence below a row may take


@dataclass(frozen=True)
class Row:
    """A field as it stands: what is typed, and what there is to say about it."""

    field: Field
    text: str
    section: str = ""
    is_changed: bool = False
    problem: str = ""
    note: str = ""


def rows_of(
    section: str, draft: Draft, problems: Mapping[str, str], notes: Mapping[str, str]
) -> list[Row]:
    """Return a section's rows as a draft has them.

    Args:
        section: one of the form's.
        draft: what stands in the form.
        problems: what is wrong, by the path of a setting or of its entry (`model.dense.2`).
        notes: what else there is to tell, by path.
    """
    return [
        Row(
            field, draft.text(path), section, draft.is_changed(path),
            next((told for at, told in problems.items() if f"{at}.".startswith(f"{path}.")), ""),
            notes.get(path, ""),
        )
        for field in in_section(section, draft.fields) for path in (field.path,)
    ]  # fmt: skip


@dataclass(frozen=True)
class Look:
    """The styles of the form, and whether it may use ASCII characters only."""

    value: Style
    cursor: Style
    changed: Style
    bad: Style
    warn: Style
    ascii_only: bool = False

    def sign(self, fancy: str, plain: str) -> str:
        """Return a sign that the terminal can show."""
        return plain if self.ascii_only else fancy


@dataclass(frozen=True)
class Sheet:
    """The drawn rows: all lines, and where values stand in a line.

    `tops` are the lines of the rows, `starts` the same with the heading above, where there is one.
    """

    lines: tuple[Text, ...]
    tops: tuple[int, ...]
    starts: tuple[int, ...]
    value_x: int
    value_width: int

    def row_at(self, line: int) -> int | None:
        """Return the row that a line belongs to."""
        found = [number for number, top in enumerate(self.tops) if top <= line]
        return found[-1] if found and line < len(self.lines) else None


def draw(rows: Sequence[Row], width: int, cursor: int, look: Look) -> Sheet:
    """Return the rows in `width` columns, the one at the cursor stressed."""
    name_width = min(max((len(row.field.name) for row in rows), default=0), _LONGEST_NAME)
    value_x = _MARK + name_width + 1
    value_width = 18 if width < 80 else 24 if width < 110 else 32
    lines: list[Text] = []
    tops, starts = [], []
    several = len({row.section for row in rows}) > 1
    for number, row in enumerate(rows):
        starts.append(len(lines))
        if several and (not number or row.section != rows[number - 1].section):
            lines += _heading(row.section, width, look)
        tops.append(len(lines))
        line = _line(row, (name_width, value_width, width), look)
        if number == cursor:
            line.stylize_before(look.cursor)
        lines += [line, *_below(row, width, look)]
    return Sheet(tuple(lines), tuple(tops), tuple(starts), value_x, value_width)


def _heading(section: str, width: int, look: Look) -> list[Text]:
    rule = look.sign("─", "-") * (width - len(section) - 5)
    heading = Text.assemble("  ", (section, "bold"), " ", (rule, "dim"), no_wrap=True)
    return [heading] if section == SECTIONS[0] else [Text(), heading]


def _line(row: Row, widths: tuple[int, int, int], look: Look) -> Text:
    name_width, value_width, width = widths
    name = _cut(row.field.name, name_width, look).ljust(name_width)
    mark = look.sign("✗ ", "x ") if row.problem else "* " if row.is_changed else "  "
    style = look.bad if row.problem else look.changed if row.is_changed else Style()
    rest = width - _MARK - name_width - 1 - value_width - _GAP
    about = _cut(row.field.description, rest, look) if rest >= 12 else ""
    line = Text.assemble((mark, style), (name, style), " ", no_wrap=True)
    line.append_text(_value(row, value_width, look))
    line.append(" " * _GAP)
    line.append(about.ljust(max(rest, 0)), Style(dim=True))
    return line


def _value(row: Row, width: int, look: Look) -> Text:
    """Return the value in a cell of its own; typed ones look like a field to type into."""
    field = row.field
    if field.kind == "switch":
        on = row.text == "true"
        box = look.sign("● on" if on else "○ off", "[x] on" if on else "[ ] off")
        return Text(box.ljust(width))
    if field.kind == "choice":
        left, right = look.sign("‹ ", "< "), look.sign(" ›", " >")
        text = _cut(row.text, width - 4, look)
        return Text.assemble((left, Style(dim=True)), text, (right, Style(dim=True)),
                             " " * (width - 4 - len(text)))  # fmt: skip
    text = _cut(row.text, width - 1, look)
    style = look.value if row.text else look.value + Style(dim=True)
    return Text((text or none_text(field)).ljust(width - 1)[: width - 1], style).append(
        " ", Style.null()
    )


def none_text(field: Field) -> str:
    """Return what stands where nothing is typed: `none`, and what that means if a default says."""
    said = _NONE_MEANS.search(field.description)
    return f"none: {said[1]}" if said else "none"


def _below(row: Row, width: int, look: Look) -> list[Text]:
    """Return the sentences below a row."""
    indent = " " * _MARK + look.sign("└ ", "` ")
    told = [(row.problem, look.bad), (row.note, look.warn)]
    return [
        Text(("" if number else indent).rjust(len(indent)) + part, style, no_wrap=True)
        for sentence, style in told
        if sentence
        for number, part in enumerate(_wrapped(sentence, width - len(indent) - 1, look))
    ]


def _wrapped(sentence: str, width: int, look: Look) -> list[str]:
    more = look.sign(" …", " ...")
    return textwrap.wrap(sentence, max(width, 20), max_lines=_MOST_LINES, placeholder=more)


def about(row: Row, changed_from: str, look: Look, size: tuple[int, int]) -> Text:
    """Return all there is to know of a field: its path, what it may be, and what it is for.

    It takes no more than `size`: columns and lines.
    """
    field = row.field
    text = Text().append("name" if field.path == LABEL else field.path, "bold")
    dot = look.sign(" · ", " - ")
    if field.kind == "choice" and field.choices and len(field.choices) <= 9:
        text.append(dot + ", ".join(map(str, field.choices)), Style(dim=True))
    elif field.allowed and field.kind == "text":
        text.append(dot + field.allowed, Style(dim=True))
    if changed_from:
        text.append(f"{dot}was {changed_from}", look.changed)
    elif field.path not in (START, LABEL):
        text.append(f"{dot}default {as_text(field.default) or 'none'}", Style(dim=True))
    width, height = max(size[0], 20), size[1]
    room = max(height - -(-len(text) // width), 1)
    more = look.sign(" …", " ...")
    told = textwrap.wrap(field.description, width, max_lines=room, placeholder=more)
    return text.append("\n").append("\n".join(told))


def _cut(text: str, width: int, look: Look) -> str:
    if len(text) <= width:
        return text
    dots = look.sign("…", "~")
    return text[: max(width - len(dots), 0)] + dots
