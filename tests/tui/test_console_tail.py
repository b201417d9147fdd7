from pathlib import Path

import pytest

from tui.console_tail import read_tail, shown


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("plain", "plain"),
        ("\x1b[1;31mred\x1b[0m text", "red text"),
        ("\x1b]0;a title\x07words", "words"),
        (" 10 %\r 20 %\r100 %", "100 %"),
        ("a longer line\rshort", "shortger line"),
        ("a longer line\r\x1b[Kshort", "short"),
        ("a longer line\x1b[2K\rshort", "short"),
        ("windows\r", "windows"),
        ("12\b\b345", "345"),
        ("a\tb", "a       b"),
        ("bell\x07, cut \x1b[3", "bell, cut [3"),
        ("schön · 日本", "schön · 日本"),
        ("", ""),
    ],
)
def test_a_line_is_shown_as_a_terminal_would_leave_it(line: str, seen: str) -> None:
    assert shown(line) == seen


def test_only_whole_lines_at_the_end_of_a_long_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "console.log"
    path.write_bytes(b"".join(b"line %05d\n" % number for number in range(20_000)) + b"not yet")

    lines = read_tail(path)

    assert lines is not None
    assert lines[0].startswith("line ")
    assert len(lines[0]) == 10
    assert lines[-2:] == ["line 19999", "not yet"]
    assert 5_000 < len(lines) < 6_000


def test_bytes_that_are_no_text_and_files_that_are_not_there_are_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "console.log"
    assert read_tail(path) is None
    path.write_bytes(b"")
    assert read_tail(path) == []
    path.write_bytes(b"\xff\xfe ok\n")
    assert read_tail(path) == ["�� ok"]
