"""The end of what a process printed, as a terminal would show it."""

import re
from pathlib import Path

_LIMIT = 64 << 10
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*([@-~])"  # CSI, of which K erases to the end of the line
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, like a title
    r"|\x1b[@-Z\\-_]?"
    r"|[\x00-\x1a\x1c-\x1f\x7f-\x9f]"
)


def read_tail(path: Path, limit: int = _LIMIT) -> list[str] | None:
    """Return the lines at the end of a file, or None where it cannot be read.

    Of a longer file, the line that the limit cuts is left out.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - limit))
            text = file.read(limit)
    except OSError:
        return None
    lines = text.decode("utf-8", "replace").split("\n")
    if size > limit:
        lines = lines[1:]
    return [shown(line) for line in (lines if lines[-1] else lines[:-1])]


def shown(line: str) -> str:
    """Return what is seen of a line in the end: control codes are gone, what was overwritten too.

    A carriage return goes back to the start of the line and a backspace by one; colours, titles
    and movements between lines are left out.
    """
    if line.isprintable():
        return line
    cells: list[str] = []
    place = 0
    last = 0
    for match in _CONTROL.finditer(line):
        place = _write(cells, place, line[last : match.start()])
        place = _obey(cells, place, match)
        last = match.end()
    _write(cells, place, line[last:])
    return "".join(cells).rstrip()


def _write(cells: list[str], place: int, text: str) -> int:
    cells[place : place + len(text)] = text
    return place + len(text)


def _obey(cells: list[str], place: int, match: re.Match[str]) -> int:
    """Do what a control code says, and return where the next character goes."""
    code = match[0]
    if code == "\r":
        return 0
    if code == "\b":
        return max(place - 1, 0)
    if code == "\t":
        return _write(cells, place, " " * (8 - place % 8))
    if match[1] == "K":
        del cells[0 if code == "\x1b[2K" else place :]
        return _write(cells, 0, " " * place) if code == "\x1b[2K" else place
    return place
